// @ts-check
import { signal } from "../../vendor/signals.js";
import { titleOfFamily } from "../fonts/own_fonts.js";
import { html } from "../html.js";
import { lazy } from "../lazy.js";
import { t } from "../texts.js";
import { LAYOUTS, nameOf, PictureChoice, STYLES, TYPES } from "./choices.js";
import { Colours, listColours } from "./colours.js";
import { Mark } from "./mark.js";
import { MOODS } from "./moods.js";
import { More } from "./more.js";
import { TextField } from "./text_field.js";
import { change, USUAL_COUNT, wish } from "./wish.js";

/** @typedef {"style" | "palette" | "mark" | "layout" | "type" | "more" | "slogan"} OptionName */

const OwnFontChoice = lazy(() => import("../fonts/choice.js").then((module) => module.OwnFontChoice));

/** Which option is open. */
const open = signal(/** @type {OptionName | null} */ (null));

/** Close the option that is open: once logos are drawn, they are looked at. */
export function closeOption() {
  open.value = null;
}

const BODIES = {
  style: () => html`<${PictureChoice} field="style" values=${STYLES} />`,
  palette: Colours,
  mark: Mark,
  layout: () => html`<${PictureChoice} field="layout" values=${LAYOUTS} />`,
  type: Lettering,
  slogan: () => html`<${TextField} name="slogan" most=${60} />`,
  more: More,
};

/**
 * What else can be said, as a row of buttons that each open a part.
 *
 * @param {{compact?: boolean}} props
 */
export function Options({ compact = false }) {
  const names = /** @type {OptionName[]} */ ([
    "style",
    "palette",
    "mark",
    "layout",
    "type",
    ...(compact ? ["slogan"] : []),
    "more",
  ]);
  const shown = open.value !== null && names.includes(open.value) ? open.value : null;
  return html`<div class="options">
      ${names.map(
        (name) =>
          html`<button
            key=${name}
            type="button"
            aria-expanded=${String(shown === name)}
            aria-controls=${shown === name ? "option" : undefined}
            onClick=${() => {
              open.value = shown === name ? null : name;
            }}
          >
            ${t(`brief.${name}`)}<${Chosen} name=${name} />
          </button>`,
      )}
    </div>
    ${shown && html`<div class="option" id="option"><${BODIES[shown]} /></div>`}`;
}

/** @param {{name: OptionName}} props what of an option is said, if anything */
function Chosen({ name }) {
  const said = wish.value;
  if (name === "palette") {
    const colours = Object.hasOwn(MOODS, said.palette) ? MOODS[said.palette] : listColours(said.palette);
    if (colours.length > 0)
      return html`<span class="dots">${colours.map((colour) => html`<i style=${{ background: colour }}></i>`)}</span>`;
    return said.palette ? html`<b>${said.palette}</b>` : null;
  }
  if (name === "more") {
    const count = [said.established, said.seed, said.model || said.engine === "flux", said.n !== USUAL_COUNT].filter(
      Boolean,
    ).length;
    return count > 0 ? html`<b>${count}</b>` : null;
  }
  if (name === "slogan") return said.slogan ? html`<b>${said.slogan}</b>` : null;
  if (name === "mark" && said.own_mark) return html`<b>${t("brief.own_mark.taken")}</b>`;
  if (name === "type" && said.own_font) return html`<b>${titleOfFamily(said.own_font)}</b>`;
  return said[name] ? html`<b>${nameOf(name, said[name])}</b>` : null;
}

function Lettering() {
  return html`<${PictureChoice} field="type" values=${TYPES} low=${true} />
    <div class="field">
      <label for="case">${t("brief.case")}</label>
      <select id="case" onChange=${(/** @type {any} */ event) => change({ case: event.target.value })}>
        ${["", "as_given", "upper", "lower"].map(
          (value) =>
            html`<option value=${value} selected=${wish.value.case === value}>${value ? nameOf("case", value) : t("brief.any")}</option>`,
        )}
      </select>
    </div>
    <${OwnFontChoice} />`;
}
