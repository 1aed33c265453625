// @ts-check
import { html } from "../html.js";
import { draw, sending } from "../live.js";
import { t } from "../texts.js";
import { change, toBody, wish } from "./wish.js";

/** The brief: one field and Enter. */
export function BriefForm() {
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    draw(toBody(wish.value));
  };
  return html`<form class="brief" onSubmit=${submit}>
    <label for="prompt">${t("brief.prompt")}</label>
    <input
      id="prompt"
      required
      minlength="3"
      maxlength="500"
      value=${wish.value.prompt}
      onInput=${(/** @type {any} */ event) => change({ prompt: event.target.value })}
    />
    <button class="primary" disabled=${sending.value}>${t("brief.draw")}</button>
  </form>`;
}
