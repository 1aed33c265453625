// @ts-check
import { html } from "../html.js";
import { filePath, Picture } from "../pictures.js";
import { link } from "../route.js";
import { locale, t } from "../texts.js";
import { restore, session, shown } from "./session.js";

/**
 * All that the logo was, the newest first.
 *
 * @param {{logo: import("../types.js").Logo}} props
 */
export function Revisions({ logo }) {
  const { revisions, current } = /** @type {import("./session.js").Session} */ (session.value);
  const at = `/logos/${logo.generation.id}/${logo.number}`;
  return html`<ol class="revisions">
    ${revisions.map(
      (one) =>
        html`<li key=${one.revision} class="revision">
          <a href=${link(at, { panel: "change", revision: String(one.revision) })} aria-current=${one.revision === shown.value?.revision ? "true" : undefined}>
            <${Picture} path=${filePath(logo, { revision: one.revision, metadata: "none" })} alt="" />
            <span>
              ${one.revision ? describe(one.changes) : t("design.as_drawn")}
              <small>${showMoment(new Date(one.created_at))}</small>
            </span>
          </a>
          ${
            one.revision === current
              ? html`<span class="tag">${t("design.current")}</span>`
              : html`<button type="button" class="quiet" aria-label=${t("design.restore_this", { number: one.revision })} onClick=${() => restore(one.revision)}>${t("design.restore")}</button>`
          }
        </li>`,
    )}
  </ol>`;
}

/** @param {Date} moment of today by its time alone */
function showMoment(moment) {
  const today = moment.toDateString() === new Date().toDateString();
  return moment.toLocaleString(locale.value, { timeStyle: "short", ...(today ? {} : { dateStyle: "medium" }) });
}

/** Parts of a design that people know, and what the page calls them. */
const GROUPS = /** @type {const} */ ({
  colours: "brief.palette",
  name_type: "brief.type",
  slogan_type: "design.changed_slogan_type",
  mark: "brief.mark",
  layout: "brief.layout",
  treatment: "design.treatment",
  frame: "design.frame",
  brand_name: "design.word_brand_name",
  slogan: "brief.slogan",
  established: "design.changed_established",
  place: "design.word_place",
});

/** @param {string[]} changes fields by their paths */
function describe(changes) {
  const named = changes.map((path) => path.split(".")[0]);
  const known = Object.entries(GROUPS).filter(([group]) => named.includes(group));
  return (
    known
      .slice(0, 3)
      .map(([, text]) => t(text))
      .join(", ") || t("design.changed_other")
  );
}
