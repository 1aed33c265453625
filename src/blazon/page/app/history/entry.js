// @ts-check
import { useEffect, useRef, useState } from "../../vendor/hooks.js";
import { RequestFailed, requestJson } from "../api.js";
import { focus } from "../focus.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { FailureNotice } from "../notice.js";
import { filePath, Picture } from "../pictures.js";
import { link } from "../route.js";
import { announce } from "../state.js";
import { locale, t } from "../texts.js";
import { forget, update } from "./shelf.js";

/** @typedef {"" | "naming" | "deleting"} Mode what is asked for; what was left gets the focus back */

/**
 * One generation of the history.
 *
 * @param {{entry: import("./shelf.js").Entry}} props
 */
export function Entry({ entry }) {
  const [{ mode, left }, setModes] = useState({ mode: /** @type {Mode} */ (""), left: /** @type {Mode} */ ("") });
  const setMode = (/** @type {Mode} */ next) => setModes({ mode: next, left: mode });
  const [failed, setFailed] = useState(/** @type {RequestFailed | null} */ (null));
  const title = entry.name || entry.prompt;
  const remove = async () => {
    try {
      const path = `/v1/logos/${entry.id}`;
      const cancelled = await requestJson(path, { method: "DELETE" });
      if (cancelled) await requestJson(path, { method: "DELETE" }); // it was being drawn
    } catch (error) {
      const gone = error instanceof RequestFailed && error.status === 404;
      if (!gone) {
        setFailed(error instanceof RequestFailed ? error : new RequestFailed(0, ""));
        return;
      }
    }
    forget(entry.id);
    announce(t("kept.deleted", { name: title }));
    document.getElementById("main")?.focus();
  };
  return html`<${Thumb} entry=${entry} />
    <div class="words">
      ${
        mode === "naming"
          ? html`<${NameForm} entry=${entry} onDone=${() => setMode("")} />`
          : html`<a href=${link(`/logos/${entry.id}`)}><b>${title}</b></a>`
      }
      ${entry.name && html`<span class="hint">${entry.prompt}</span>`}
      <span class="hint">${new Date(entry.created_at).toLocaleString(locale.value, { dateStyle: "medium", timeStyle: "short" })}</span>
    </div>
    ${
      mode === "deleting"
        ? html`<div class="row" role="group" aria-label=${t("kept.delete.sure")}>
          <span>${t("kept.delete.sure")}</span>
          <button ref=${focus} onClick=${remove}>${t("kept.delete.yes")}</button>
          <button class="plain" onClick=${() => setMode("")}>${t("cancel")}</button>
        </div>`
        : html`<${Actions} entry=${entry} title=${title} left=${left} onMode=${setMode} />`
    }
    <${FailureNotice} failed=${failed} />`;
}

/**
 * @param {{entry: import("./shelf.js").Entry, title: string, left: Mode, onMode: (mode: Mode) => void}} props
 */
function Actions({ entry, title, left, onMode }) {
  const returnTo = (/** @type {Mode} */ mode) => (left === mode ? focus : undefined);
  const what = { name: title };
  return html`<div class="row">
    <button
      class="plain icon"
      aria-pressed=${String(entry.favourite ?? false)}
      aria-label=${t("kept.favourite", what)}
      onClick=${() => update(entry.id, { favourite: !entry.favourite })}
    >
      <${Icon} name="star" />
    </button>
    <button class="plain icon" ref=${returnTo("naming")} aria-label=${t("kept.rename", what)} onClick=${() => onMode("naming")}><${Icon} name="pen" /></button>
    <button class="plain icon" ref=${returnTo("deleting")} aria-label=${t("kept.delete", what)} onClick=${() => onMode("deleting")}><${Icon} name="bin" /></button>
  </div>`;
}

/** @param {{entry: import("./shelf.js").Entry, onDone: () => void}} props */
function NameForm({ entry, onDone }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useEffect(() => field.current?.select(), []);
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    update(entry.id, { name: field.current?.value.trim() ?? "" });
    onDone();
  };
  return html`<form class="row" onSubmit=${submit} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && onDone()}>
    <input ref=${field} aria-label=${t("kept.name")} maxlength="80" defaultValue=${entry.name || entry.prompt} />
    <button>${t("kept.save")}</button>
  </form>`;
}

/**
 * The first logo of a generation, fetched once it comes into sight.
 *
 * @param {{entry: import("./shelf.js").Entry}} props
 */
function Thumb({ entry }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!place.current) return undefined;
    const watcher = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && setNear(true), {
      rootMargin: "300px",
    });
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, []);
  const logo = { generation: entry, number: entry.first ?? 0 };
  const path = entry.painted
    ? filePath(logo, { metadata: "none", size: 256 }, "png")
    : filePath(logo, { metadata: "none" });
  return html`<a class="thumb" ref=${place} href=${link(`/logos/${entry.id}`)} tabindex="-1" aria-hidden="true">
    ${near && entry.first !== undefined && html`<${Picture} path=${path} alt="" />`}
  </a>`;
}
