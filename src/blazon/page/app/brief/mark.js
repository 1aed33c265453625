// @ts-check
import { useState } from "../../vendor/hooks.js";
import { RequestFailed, requestJson } from "../api.js";
import { html } from "../html.js";
import { FailureNotice } from "../notice.js";
import { Said } from "../sentences.js";
import { t } from "../texts.js";
import { MARKS, PictureChoice } from "./choices.js";
import { TextField } from "./text_field.js";
import { change, wish } from "./wish.js";

/** What the mark is: its kind, what it shows, or one of the user's own. */
export function Mark() {
  return html`<${PictureChoice} field="mark" values=${MARKS} />
    <div class="pairs">
      <${ThingsField} name="show" />
      <${ThingsField} name="avoid" />
      <${TextField} name="letters" most=${12} hint=${t("brief.letters.hint")} />
    </div>
    <${OwnMark} />`;
}

/**
 * Things in plain words, with commas between them.
 *
 * @param {{name: "show" | "avoid"}} props
 */
function ThingsField({ name }) {
  const read = (/** @type {any} */ event) => {
    const things = event.target.value.split(",").map((/** @type {string} */ thing) => thing.trim());
    change({ [name]: things.filter(Boolean) });
  };
  return html`<div class="field">
    <label for=${name}>${t(`brief.${name}`)}</label>
    <input id=${name} value=${wish.value[name].join(", ")} placeholder=${t(`brief.${name}.hint`)} onChange=${read} />
  </div>`;
}

/**
 * The outlines of a mark, as the server understood them.
 *
 * @param {{parts: unknown}} props
 */
function MarkPicture({ parts }) {
  if (!Array.isArray(parts)) return null;
  return html`<svg class="own-mark" viewBox="-100 -100 1200 1200" aria-hidden="true">
    ${parts.map(({ colour, data }, at) => html`<path key=${at} fill=${colour} d=${data} />`)}
  </svg>`;
}

function OwnMark() {
  const [failed, setFailed] = useState(/** @type {RequestFailed | null} */ (null));
  const [warnings, setWarnings] = useState(/** @type {string[]} */ ([]));
  const read = async (/** @type {any} */ event) => {
    const [file] = event.target.files;
    if (!file) return;
    setFailed(null);
    try {
      const found = await requestJson("/v1/marks", { method: "POST", body: file });
      change({ own_mark: found.mark });
      setWarnings(found.warnings);
    } catch (error) {
      setFailed(error instanceof RequestFailed ? error : new RequestFailed(0, ""));
    }
    event.target.value = "";
  };
  return html`<div class="field">
    <label for="mark-file">${t("brief.own_mark")}</label>
    <div class="row">
      <input id="mark-file" type="file" accept="image/svg+xml,image/png,image/jpeg,image/webp" onChange=${read} />
      ${
        wish.value.own_mark &&
        html`<div class="row">
          <${MarkPicture} parts=${wish.value.own_mark.parts} />
          <span role="status">${t("brief.own_mark.taken")}</span>
          <button type="button" onClick=${() => change({ own_mark: null })}>${t("remove")}</button>
        </div>`
      }
    </div>
    ${warnings.length > 0 && wish.value.own_mark && html`<ul class="hint">${warnings.map((one) => html`<li><${Said} text=${one} /></li>`)}</ul>`}
    <${FailureNotice} failed=${failed} />
  </div>`;
}
