// @ts-check
import { useRef } from "../../vendor/hooks.js";
import { html } from "../html.js";
import { draw, failure, sending } from "../live.js";
import { FailureNotice } from "../notice.js";
import { t } from "../texts.js";
import { closeOption, Options } from "./options.js";
import { TextField } from "./text_field.js";
import { change, toBody, wish } from "./wish.js";

/**
 * The brief: one field and Enter. `compact` is the one above a board.
 *
 * @param {{compact?: boolean}} props
 */
export function BriefForm({ compact = false }) {
  const prompt = useRef(/** @type {HTMLInputElement | null} */ (null));
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (sending.value) return;
    const accepted = await draw(toBody(wish.value));
    if (accepted) closeOption();
    else prompt.current?.focus();
  };
  const faulty = new Set(failure.value?.faults.map(({ field }) => field));
  const label = html`<label for="prompt">${t("brief.prompt")}</label>`;
  const field = html`<input
    id="prompt"
    ref=${prompt}
    required
    minlength="3"
    maxlength="500"
    autocomplete="off"
    enterkeyhint="go"
    placeholder=${t("brief.placeholder")}
    aria-invalid=${faulty.has("prompt") ? "true" : undefined}
    value=${wish.value.prompt}
    onInput=${(/** @type {any} */ event) => change({ prompt: event.target.value })}
  />`;
  const button = html`<button class="primary" aria-disabled=${sending.value ? "true" : undefined}>${t(compact ? "brief.again" : "brief.draw")}</button>`;
  return html`<form class=${compact ? "brief compact" : "brief"} onSubmit=${submit}>
    ${
      compact
        ? html`<div class="ask">
          <div class="field">${label}${field}</div>
          <${TextField} name="brand_name" most=${80} />
          ${button}
        </div>`
        : html`<div>
          <h1>${label}</h1>
          <p class="lead">${t("brief.lead")}</p>
          <div class="ask">${field}${button}</div>
        </div>
        <div class="names">
          <${TextField} name="brand_name" most=${80} />
          <${TextField} name="slogan" most=${60} />
        </div>`
    }
    <${Options} compact=${compact} />
    <${FailureNotice} failed=${failure.value} />
  </form>`;
}
