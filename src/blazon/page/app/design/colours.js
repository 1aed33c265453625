// @ts-check
import { MOODS } from "../brief/moods.js";
import { html } from "../html.js";
import { filePath } from "../pictures.js";
import { t } from "../texts.js";
import { useDrawing } from "./drawing.js";
import { findRoles } from "./parts.js";
import { change, shown } from "./session.js";
import { chosenRole, triedColour } from "./stage.js";

/** @typedef {import("./parts.js").Role} Role */

const ROLES = /** @type {Role[]} */ (["mark", "accent", "tint", "name", "slogan", "paper"]);

/**
 * Colours: of one part, or all by a mood.
 *
 * @param {{logo: import("../types.js").Logo}} props
 */
export function Colours({ logo }) {
  const revision = /** @type {import("./types.js").Revision} */ (shown.value);
  const { drawing } = useDrawing(filePath(logo, { revision: revision.revision, metadata: "none" }));
  const seen = new Set(drawing ? findRoles(drawing.nodes, revision.design) : ROLES);
  if (revision.design.treatment === "gradient") seen.add("accent");
  return html`<p class="hint">${t("design.click_part")}</p>
    <ul class="swatches">
      ${ROLES.filter((role) => seen.has(role)).map(
        (role) => html`<${Swatch} key=${role} role=${role} colour=${revision.design.colours[role]} />`,
      )}
    </ul>
    <fieldset class="pick">
      <legend>${t("design.moods")}</legend>
      <div class="moods">
        ${Object.entries(MOODS).map(
          ([mood, [first, second]]) =>
            html`<button type="button" key=${mood} class="mood" onClick=${() => change({ palette: mood })}>
              <svg viewBox="0 0 32 16" aria-hidden="true">
                <path fill=${first} d="M0 0H16V16H0Z" />
                <path fill=${second} d="M16 0H32V16H16Z" />
              </svg>
              ${t(/** @type {any} */ (`palette.${mood}`))}
            </button>`,
        )}
      </div>
    </fieldset>`;
}

/** @param {{role: Role, colour: string}} props */
function Swatch({ role, colour }) {
  const name = t(/** @type {any} */ (`design.role_${role}`));
  /** @param {string} text */
  function send(text) {
    const another = text.toLowerCase() !== colour;
    triedColour.value = another && /^#[0-9a-f]{6}$/i.test(text) ? { role, colour: text } : null;
    if (another) change({ colours: { [role]: text } });
  }
  const now = triedColour.value?.role === role ? triedColour.value.colour : colour;
  return html`<li class=${role === chosenRole.value ? "swatch chosen" : "swatch"}>
    <input
      type="color"
      id=${`colour-${role}`}
      value=${now}
      aria-label=${t("design.colour_of", { part: name })}
      onFocus=${() => (chosenRole.value = role)}
      onInput=${(/** @type {any} */ event) => (triedColour.value = { role, colour: event.currentTarget.value })}
      onChange=${(/** @type {any} */ event) => send(event.currentTarget.value)}
    />
    <span class="swatch-name" aria-hidden="true">${name}</span>
    <input
      type="text"
      class="swatch-code"
      value=${now}
      spellcheck="false"
      autocomplete="off"
      aria-label=${t("design.code_of", { part: name })}
      onChange=${(/** @type {any} */ event) => send(event.currentTarget.value.trim())}
    />
  </li>`;
}
