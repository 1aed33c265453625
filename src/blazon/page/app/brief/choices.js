// @ts-check
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { t } from "../texts.js";
import { change, wish } from "./wish.js";

export const STYLES = ["minimal", "modern", "classic", "elegant", "playful", "bold", "tech", "handmade"];
export const LAYOUTS = ["horizontal", "stacked", "emblem", "wordmark", "symbol"];
export const MARKS = ["pictorial", "abstract", "letters", "wordmark", "badge", "mascot"];
export const TYPES = [
  "sans",
  "serif",
  "slab",
  "script",
  "rounded",
  "condensed",
  "wide",
  "thin",
  "heavy",
  "display",
  "retro",
  "stencil",
  "mono",
  "blackletter",
];

/** @param {string} name of a picture that the engine drew for the page */
export function sample(name) {
  return new URL(`../../samples/${name}.svg`, import.meta.url).href;
}

/**
 * One of several values of a field, each shown as a picture; the first leaves it open.
 *
 * @param {{field: "style" | "layout" | "mark" | "type", values: string[], low?: boolean}} props
 */
export function PictureChoice({ field, values, low = false }) {
  return html`<fieldset>
    <legend class="unseen">${t(`brief.${field}`)}</legend>
    <div class=${low ? "choices wide" : "choices"}>
      <${Choice} field=${field} value="" low=${low} face=${html`<span class="face any"><${Icon} name="any" /></span>`} />
      ${values.map((value) => {
        const inset = field !== "style";
        const face = html`<span class=${inset ? "face inset" : "face"}><img src=${sample(`${field}-${value}`)} alt="" loading="lazy" /></span>`;
        return html`<${Choice} key=${value} field=${field} value=${value} low=${low} face=${face} />`;
      })}
    </div>
  </fieldset>`;
}

/**
 * @param {{field: "style" | "layout" | "mark" | "type" | "palette", value: string, face: any, low?: boolean}} props
 */
export function Choice({ field, value, face, low = false }) {
  return html`<label class=${low ? "choice low" : "choice"}>
    <input
      type="radio"
      name=${field}
      value=${value}
      checked=${wish.value[field] === value}
      onChange=${() => change({ [field]: value })}
    />
    ${face}
    <span>${value ? nameOf(field, value) : t("brief.any")}</span>
  </label>`;
}

/**
 * Return how people call a value of a field.
 *
 * @param {string} field
 * @param {string} value
 */
export function nameOf(field, value) {
  return t(/** @type {any} */ (`${field}.${value}`));
}
