// @ts-check
import { useState } from "../../vendor/hooks.js";
import { html } from "../html.js";

/**
 * A part of the panel that can be folded. What is in it is there only while it is open.
 *
 * @param {{id: string, title: string, now?: string, open?: boolean, children?: any}} props `now` says what is chosen
 */
export function Section({ id, title, now = "", open = false, children }) {
  const [opened, setOpened] = useState(open);
  return html`<details class="section" id=${id} open=${opened} onToggle=${(/** @type {Event & {currentTarget: HTMLDetailsElement}} */ event) => setOpened(event.currentTarget.open)}>
    <summary><span class="section-title">${title}</span> <span class="section-now">${now}</span></summary>
    <div class="section-body">${opened && children}</div>
  </details>`;
}

/**
 * A choice of one among few, as buttons side by side.
 *
 * @param {{label: string, value: string, options: {value: string, label: any, name?: string}[], onChoose: (value: string) => void, class?: string}} props
 */
export function Choice({ label, value, options, onChoose, class: name = "" }) {
  return html`<fieldset class=${`pick ${name}`}>
    <legend>${label}</legend>
    <div class="pick-row">
      ${options.map(
        (one) =>
          html`<button
            type="button"
            key=${one.value}
            class="pick-one"
            aria-pressed=${one.value === value}
            aria-label=${one.name}
            title=${one.name}
            onClick=${() => onChoose(one.value)}
          >
            ${one.label}
          </button>`,
      )}
    </div>
  </fieldset>`;
}
