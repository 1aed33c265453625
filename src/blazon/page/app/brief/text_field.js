// @ts-check
import { html } from "../html.js";
import { failure } from "../live.js";
import { t } from "../texts.js";
import { change, wish } from "./wish.js";

/**
 * A field of the brief that holds one text.
 *
 * @param {{name: "brand_name" | "slogan" | "letters" | "established" | "seed", most: number, hint?: string}} props
 */
export function TextField({ name, most, hint }) {
  const fault = failure.value?.faults.some(({ field }) => field === name);
  return html`<div class="field">
    <label for=${name}>${t(`brief.${name}`)}</label>
    <input
      id=${name}
      maxlength=${most}
      autocomplete="off"
      inputmode=${name === "seed" ? "numeric" : undefined}
      pattern=${name === "seed" ? "[0-9]*" : undefined}
      aria-invalid=${fault ? "true" : undefined}
      aria-describedby=${hint ? `${name}-hint` : undefined}
      value=${wish.value[name]}
      onInput=${(/** @type {any} */ event) => change({ [name]: event.target.value })}
    />
    ${hint && html`<span class="hint" id=${`${name}-hint`}>${hint}</span>`}
  </div>`;
}
