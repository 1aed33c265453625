// @ts-check
import { useState } from "../../vendor/hooks.js";
import { RequestFailed, requestJson } from "../api.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { FailureNotice } from "../notice.js";
import { t } from "../texts.js";
import { Choice } from "./choices.js";
import { MOODS } from "./moods.js";
import { change, wish } from "./wish.js";

const MOST = 5;
const FIRST = "#a3211b";

/**
 * Return the single colours that a palette names; none where it is a mood, or names one by a word.
 *
 * @param {string} palette
 */
export function listColours(palette) {
  const words = palette.split(/[\s,;]+/).filter(Boolean);
  return words.every((word) => /^#[0-9a-f]{6}$/i.test(word)) ? words : [];
}

/** Colours by mood, one by one, or from a picture. */
export function Colours() {
  const own = listColours(wish.value.palette);
  const strip = (/** @type {string[]} */ colours) =>
    html`<span class="face"><span class="strip">${colours.map((colour) => html`<i style=${{ background: colour }}></i>`)}</span></span>`;
  return html`<fieldset>
      <legend class="unseen">${t("brief.palette")}</legend>
      <div class="choices">
        <${Choice} field="palette" value="" low=${true} face=${html`<span class="face any"><${Icon} name="any" /></span>`} />
        ${Object.entries(MOODS).map(([mood, colours]) => html`<${Choice} key=${mood} field="palette" value=${mood} low=${true} face=${strip(colours)} />`)}
      </div>
    </fieldset>
    <${OwnColours} colours=${own} />
    <${FromPicture} />`;
}

/** @param {{colours: string[]}} props */
function OwnColours({ colours }) {
  const set = (/** @type {string[]} */ all) => change({ palette: all.join(", ") });
  return html`<fieldset>
    <legend>${t("colours.own")}</legend>
    <div class="row">
      ${colours.map(
        (colour, at) =>
          html`<span class="chip" key=${at}>
            <input
              type="color"
              value=${colour}
              aria-label=${t("colours.number", { number: at + 1 })}
              onInput=${(/** @type {any} */ event) => set(colours.with(at, event.target.value))}
            />
            <button type="button" aria-label=${t("colours.remove", { number: at + 1 })} onClick=${() => set(colours.toSpliced(at, 1))}>×</button>
          </span>`,
      )}
      ${
        colours.length < MOST &&
        html`<button type="button" onClick=${() => set([...colours, colours.at(-1) ?? FIRST])}>${t("colours.add")}</button>`
      }
    </div>
  </fieldset>`;
}

/** The colours of a picture, which the server counts. */
function FromPicture() {
  const [failed, setFailed] = useState(/** @type {RequestFailed | null} */ (null));
  const read = async (/** @type {any} */ event) => {
    const [file] = event.target.files;
    if (!file) return;
    setFailed(null);
    try {
      const found = await requestJson("/v1/palettes", { method: "POST", body: file });
      change({ palette: found.palette });
    } catch (error) {
      setFailed(error instanceof RequestFailed ? error : new RequestFailed(0, ""));
    }
    event.target.value = "";
  };
  return html`<div class="field">
    <label for="palette-file">${t("colours.picture")}</label>
    <input id="palette-file" type="file" accept="image/png,image/jpeg,image/webp" onChange=${read} />
    <${FailureNotice} failed=${failed} />
  </div>`;
}
