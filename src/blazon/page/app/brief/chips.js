// @ts-check
import { useRef, useState } from "../../vendor/hooks.js";
import { focus } from "../focus.js";
import { html } from "../html.js";
import { draw } from "../live.js";
import { generation } from "../state.js";
import { t } from "../texts.js";
import { LAYOUTS, MARKS, nameOf, STYLES, TYPES } from "./choices.js";
import { correct, editedField, findUnmet, without } from "./understood.js";
import { toBody, wish } from "./wish.js";

/** @typedef {import("./understood.js").Understood} Understood */

/** @type {Record<string, string[]>} */
const VALUES = { style: STYLES, layout: LAYOUTS, mark: MARKS, type: TYPES, case: ["as_given", "upper", "lower"] };

/** @type {Record<string, string>} kinds that are told by the word of another */
const LABELS = {
  colours: "palette",
  mood: "palette",
  no_colour: "avoid",
  no_mark: "avoid",
  no_type: "avoid",
  no_family: "avoid",
  family: "type",
  technique: "mark",
  name_parts: "name",
  case: "name",
};

/** What was understood of the brief; each wish can be corrected or taken back, which draws anew from the same seed. */
export function Chips() {
  const [edited, setEdited] = useState(/** @type {Understood | null} */ (null));
  const list = useRef(/** @type {HTMLElement | null} */ (null));
  const shown = generation.value;
  if (!shown) return null;
  const { ignored, unmet, seed } = shown;
  const understood = shown.wishes?.length ? shown.wishes : shown.understood.map(asWish);
  if (understood.length + ignored.length + unmet.length === 0) return null;
  const redraw = async (/** @type {import("./wish.js").Wish} */ changed) => {
    const before = wish.value;
    wish.value = changed;
    setEdited(null);
    const accepted = await draw({ ...toBody(changed), seed });
    if (!accepted) wish.value = before;
  };
  const takeBack = (/** @type {Understood} */ one) => {
    const rest = without(wish.value, one);
    if (rest === wish.value)
      setEdited({ ...one, field: "prompt" }); // only who wrote it knows which words say it
    else redraw(rest);
  };
  const giveUp = () => {
    focus(list.current?.querySelector('[aria-expanded="true"]') ?? null);
    setEdited(null);
  };
  return html`<div>
    <ul class="understood" ref=${list} aria-label=${t("chips.title")}>
      ${understood.map(
        (one) =>
          html`<li class="chip" key=${one.line}>
            <button
              aria-label=${t("chips.correct", { wish: one.line })}
              aria-expanded=${String(edited?.line === one.line)}
              onClick=${() => setEdited(edited?.line === one.line ? null : one)}
            >
              ${one.kind && html`<em>${labelOf(one)}</em>`} ${shortText(one)}
            </button>
            ${
              one.kind !== "about" &&
              html`<button aria-label=${t("chips.remove", { wish: one.line })} onClick=${() => takeBack(one)}>×</button>`
            }
          </li>`,
      )}
      ${unmet.map(
        (one) =>
          html`<li class="chip unmet" key=${`unmet ${one.wish}`}>
            <button
              aria-label=${t("chips.correct", { wish: `${t("chip.unmet")} ${one.wish}` })}
              aria-expanded=${String(edited?.line === `unmet ${one.wish}`)}
              onClick=${() => setEdited({ ...findUnmet(one.wish, understood), line: `unmet ${one.wish}` })}
            >
              <em>${t("chip.unmet")}</em> ${one.wish}: ${one.instead}
            </button>
            <button
              aria-label=${t("chips.remove", { wish: `${t("chip.unmet")} ${one.wish}` })}
              onClick=${() => takeBack(findUnmet(one.wish, understood))}
            >
              ×
            </button>
          </li>`,
      )}
      ${ignored.length > 0 && html`<li class="chip ignored"><span><em>${t("chip.ignored")}</em> ${ignored.join(", ")}</span></li>`}
    </ul>
    ${edited && html`<${ChipEditor} key=${`${edited.line} ${edited.field}`} understood=${edited} onDone=${redraw} onCancel=${giveUp} />`}
  </div>`;
}

/**
 * @param {string} line
 * @returns {Understood} of a server that does not tell the parts
 */
function asWish(line) {
  return { kind: "", line, text: line, field: null, values: [] };
}

/** @param {Understood} understood */
function labelOf({ kind }) {
  return t(/** @type {any} */ (`chip.${LABELS[kind] ?? kind}`));
}

/** @param {Understood} understood */
function shortText({ kind, text, values: [value] }) {
  return kind in VALUES && VALUES[kind].includes(value) ? nameOf(kind, value) : text;
}

/**
 * @param {{understood: Understood, onDone: (wish: import("./wish.js").Wish) => void, onCancel: () => void}} props
 */
function ChipEditor({ understood, onDone, onCancel }) {
  const field = editedField(understood);
  const inPrompt = field === "prompt";
  const [value = ""] = understood.values;
  const [text, setText] = useState(inPrompt ? wish.value.prompt : field in VALUES ? value : understood.text);
  const values = inPrompt ? undefined : VALUES[field];
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    const written = text.trim();
    if (written) onDone(correct(wish.value, inPrompt ? { ...understood, field } : understood, written));
  };
  const read = (/** @type {any} */ event) => setText(event.target.value);
  return html`<form class="chip-editor" onSubmit=${submit} onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && onCancel()}>
    <div class="field">
      <label for="correction">${inPrompt ? t("chips.words") : labelOf(understood)}</label>
      ${
        values
          ? html`<select id="correction" ref=${focus} onChange=${read}>
            ${values.map((one) => html`<option value=${one} selected=${one === text}>${nameOf(field, one)}</option>`)}
          </select>`
          : html`<input id="correction" ref=${focus} value=${text} onInput=${read} />`
      }
    </div>
    <button class="primary">${t("chips.redraw")}</button>
    <button type="button" onClick=${onCancel}>${t("cancel")}</button>
  </form>`;
}
