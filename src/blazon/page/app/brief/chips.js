// @ts-check
import { useState } from "../../vendor/hooks.js";
import { html } from "../html.js";
import { draw } from "../live.js";
import { generation } from "../state.js";
import { t } from "../texts.js";
import { LAYOUTS, MARKS, nameOf, STYLES, TYPES } from "./choices.js";
import { correct, parse, without } from "./understood.js";
import { toBody, wish } from "./wish.js";

/** @typedef {import("./understood.js").Understood} Understood */

/** @type {Record<string, string[]>} */
const VALUES = { style: STYLES, layout: LAYOUTS, mark: MARKS, type: TYPES };

/** What was understood of the brief; each wish can be corrected or taken back, which draws anew from the same seed. */
export function Chips() {
  const [edited, setEdited] = useState(/** @type {Understood | null} */ (null));
  const shown = generation.value;
  if (!shown) return null;
  const { understood, ignored, unmet, seed } = shown;
  if (understood.length + ignored.length + unmet.length === 0) return null;
  const redraw = async (/** @type {import("./wish.js").Wish} */ changed) => {
    const before = wish.value;
    wish.value = changed;
    setEdited(null);
    const accepted = await draw({ ...toBody(changed), seed });
    if (!accepted) wish.value = before;
  };
  return html`<div>
    <ul class="understood" aria-label=${t("chips.title")}>
      ${understood.map(parse).map(
        (one) =>
          html`<li class="chip" key=${one.line}>
            <button
              aria-label=${t("chips.correct", { wish: one.line })}
              aria-expanded=${String(edited?.line === one.line)}
              disabled=${one.field === null}
              onClick=${() => setEdited(edited?.line === one.line ? null : one)}
            >
              ${one.kind && html`<em>${t(/** @type {any} */ (`chip.${one.kind}`))}</em>`} ${shortText(one)}
            </button>
            ${
              one.kind !== "about" &&
              html`<button aria-label=${t("chips.remove", { wish: one.line })} onClick=${() => redraw(without(wish.value, one))}>×</button>`
            }
          </li>`,
      )}
      ${unmet.map(
        (one) =>
          html`<li class="chip unmet" key=${`unmet ${one.wish}`}><span><em>${t("chip.unmet")}</em> ${one.wish}: ${one.instead}</span></li>`,
      )}
      ${ignored.length > 0 && html`<li class="chip ignored"><span><em>${t("chip.ignored")}</em> ${ignored.join(", ")}</span></li>`}
    </ul>
    ${edited && html`<${ChipEditor} key=${edited.line} understood=${edited} onDone=${redraw} onCancel=${() => setEdited(null)} />`}
  </div>`;
}

/** @param {Understood} understood */
function shortText({ kind, text }) {
  return kind in VALUES && VALUES[kind].includes(text) ? nameOf(kind, text) : text;
}

/** @param {HTMLElement | null} element as a `ref` that never changes, it is called once */
function focus(element) {
  element?.focus();
}

/**
 * @param {{understood: Understood, onDone: (wish: import("./wish.js").Wish) => void, onCancel: () => void}} props
 */
function ChipEditor({ understood, onDone, onCancel }) {
  const [text, setText] = useState(understood.kind === "about" ? wish.value.prompt : understood.text);
  const values = VALUES[understood.kind];
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (text.trim()) onDone(correct(wish.value, understood, text.trim()));
  };
  const read = (/** @type {any} */ event) => setText(event.target.value);
  return html`<form class="chip-editor" onSubmit=${submit} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && onCancel()}>
    <div class="field">
      <label for="correction">${t(/** @type {any} */ (`chip.${understood.kind}`))}</label>
      ${
        values
          ? html`<select id="correction" ref=${focus} onChange=${read}>
            ${values.map((value) => html`<option value=${value} selected=${value === text}>${nameOf(understood.kind, value)}</option>`)}
          </select>`
          : html`<input id="correction" ref=${focus} value=${text} onInput=${read} />`
      }
    </div>
    <button class="primary">${t("chips.redraw")}</button>
    <button type="button" onClick=${onCancel}>${t("cancel")}</button>
  </form>`;
}
