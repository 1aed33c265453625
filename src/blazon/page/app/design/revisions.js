// @ts-check
import { html } from "../html.js";
import { filePath, Picture } from "../pictures.js";
import { link } from "../route.js";
import { language, t } from "../texts.js";
import { restore, session, shown } from "./session.js";

/**
 * All that the logo was, the newest first.
 *
 * @param {{logo: import("../types.js").Logo}} props
 */
export function Revisions({ logo }) {
  const { revisions, current } = /** @type {import("./session.js").Session} */ (session.value);
  const clock = new Intl.DateTimeFormat(language.value, { timeStyle: "short" });
  const at = `/logos/${logo.generation.id}/${logo.number}`;
  return html`<ol class="revisions">
    ${revisions.map(
      (one) =>
        html`<li key=${one.revision} class="revision">
          <a href=${link(at, { panel: "change", revision: String(one.revision) })} aria-current=${one.revision === shown.value?.revision ? "true" : undefined}>
            <${Picture} path=${filePath(logo, { revision: one.revision, metadata: "none" })} alt="" />
            <span>
              ${one.revision ? describe(one.changes) : t("design.as_drawn")}
              <small>${clock.format(new Date(one.created_at))}</small>
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

const GROUPS = /** @type {const} */ ([
  "colours",
  "name_type",
  "slogan_type",
  "mark",
  "layout",
  "treatment",
  "frame",
  "brand_name",
  "slogan",
  "established",
  "place",
]);

/** @param {string[]} changes fields by their paths */
function describe(changes) {
  const named = changes.map((path) => path.split(".")[0]);
  const known = GROUPS.filter((group) => named.includes(group)).slice(0, 3);
  return (
    known.map((group) => t(/** @type {any} */ (`design.changed_${group}`))).join(", ") || t("design.changed_other")
  );
}
