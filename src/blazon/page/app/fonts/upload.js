// @ts-check
import { useState } from "../../vendor/hooks.js";
import { html } from "../html.js";
import { FailureNotice } from "../notice.js";
import { announce } from "../state.js";
import { t } from "../texts.js";
import { addFont, fontFailure } from "./own_fonts.js";

/**
 * A field that brings a font along.
 *
 * @param {{id: string, text: string, onAdd: (font: import("./own_fonts.js").OwnFont) => void}} props `text` is set in it
 */
export function FontUpload({ id, text, onAdd }) {
  const [busy, setBusy] = useState(false);
  const [warnings, setWarnings] = useState(/** @type {string[]} */ ([]));
  const read = async (/** @type {any} */ event) => {
    const field = event.target;
    const [file] = field.files;
    if (!file) return;
    setBusy(true);
    const added = await addFont(file, text);
    setBusy(false);
    setWarnings(added?.warnings ?? []);
    field.value = "";
    if (!added) return;
    announce(t("fonts.added", { family: added.family }));
    onAdd(added);
  };
  return html`<div class="field">
    <label for=${id}>${t("fonts.add")}</label>
    <input id=${id} type="file" accept=".ttf,.otf,.woff2,font/ttf,font/otf,font/woff2" aria-busy=${busy} onChange=${read} />
    ${warnings.length > 0 && html`<ul class="hint">${warnings.map((one) => html`<li>${one}</li>`)}</ul>`}
    <${FailureNotice} failed=${fontFailure.value} />
  </div>`;
}
