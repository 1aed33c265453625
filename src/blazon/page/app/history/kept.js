// @ts-check
import { useEffect, useState } from "../../vendor/hooks.js";
import { RequestFailed, requestJson } from "../api.js";
import { html } from "../html.js";
import { FailureNotice } from "../notice.js";
import { link } from "../route.js";
import { announce } from "../state.js";
import { t } from "../texts.js";
import { Entry } from "./entry.js";
import { rememberAll, shelf } from "./shelf.js";

const PAGE = 50; // generations that are asked for at once
const SHOWN = 60; // entries that are shown before more are asked for

/** Everything that was drawn: with names, favourites and a search. */
export function Kept() {
  const [search, setSearch] = useState("");
  const [favourites, setFavourites] = useState(false);
  const [most, setMost] = useState(SHOWN);
  const { failed, loading } = useServerList();
  const found = shelf.value.filter((entry) => (!favourites || entry.favourite) && matches(entry, search));
  useEffect(() => announce(t("kept.found", { count: found.length })), [found.length]);
  const type = (/** @type {any} */ event) => {
    setSearch(event.target.value);
    setMost(SHOWN);
  };
  return html`<div class="kept-head">
      <h1>${t("nav.kept")}</h1>
      <button aria-pressed=${String(favourites)} onClick=${() => setFavourites(!favourites)}>${t("kept.favourites")}</button>
      <div class="field">
        <label for="search">${t("kept.search")}</label>
        <input id="search" type="search" value=${search} onInput=${type} />
      </div>
    </div>
    <${FailureNotice} failed=${failed} />
    ${
      found.length > 0
        ? html`<ul class="kept" aria-label=${t("nav.kept")}>
            ${found.slice(0, most).map((entry) => html`<li key=${entry.id}><${Entry} entry=${entry} /></li>`)}
          </ul>
          ${found.length > most && html`<p class="row"><button onClick=${() => setMost(most + SHOWN)}>${t("kept.more", { count: found.length - most })}</button></p>`}`
        : html`<${Nothing} filtered=${shelf.value.length > 0} loading=${loading} />`
    }`;
}

/** @param {{filtered: boolean, loading: boolean}} props */
function Nothing({ filtered, loading }) {
  if (loading) return html`<p class="empty">${t("loading")}</p>`;
  if (filtered) return html`<p class="empty">${t("kept.none")}</p>`;
  return html`<div class="empty">
    <p>${t("kept.empty")}</p>
    <a class="button primary" href=${link("/")}>${t("nav.make")}</a>
  </div>`;
}

/** Bring what the server has onto the shelf, page by page; another browser may have drawn it. */
function useServerList() {
  const [state, setState] = useState({ failed: /** @type {RequestFailed | null} */ (null), loading: true });
  useEffect(() => {
    let wanted = true;
    const read = async () => {
      let after = "";
      do {
        const page = await requestJson(`/v1/logos?limit=${PAGE}${after && `&after=${after}`}`);
        rememberAll(page.data);
        after = page.next ?? "";
      } while (after && wanted);
    };
    read().then(
      () => wanted && setState({ failed: null, loading: false }),
      (error) =>
        wanted &&
        setState({ failed: error instanceof RequestFailed ? error : new RequestFailed(0, ""), loading: false }),
    );
    return () => {
      wanted = false;
    };
  }, []);
  return state;
}

/**
 * Whether an entry has all words of a search.
 *
 * @param {import("./shelf.js").Entry} entry
 * @param {string} search
 */
function matches({ name, prompt }, search) {
  const text = `${name} ${prompt}`.toLocaleLowerCase();
  return search
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
