// @ts-check
import { useId, useState } from "../../vendor/hooks.js";
import { RequestFailed } from "../api.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { announce } from "../state.js";
import { t } from "../texts.js";

/**
 * A button that copies a text, which is made when it is pressed. Where the browser forbids it, the text is shown.
 *
 * @param {{what: string, read: () => Promise<string>}} props
 */
export function CopyButton({ what, read }) {
  const [said, setSaid] = useState("");
  const [left, setLeft] = useState("");
  async function copy() {
    try {
      const text = await read();
      const done = await write(text);
      setLeft(done ? "" : text);
      tell(t(done ? "take.copied" : "take.not_copied", { what }), setSaid);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      tell(t("take.failed", { reason: error.message }), setSaid);
    }
  }
  return html`<div class="copy">
    <button type="button" aria-label=${t("take.copy_what", { what })} onClick=${copy}><${Icon} name="copy" />${what}</button>
    ${said && html`<span class="hint">${said}</span>`}
    ${left && html`<textarea readonly rows="4" aria-label=${what}>${left}</textarea>`}
  </div>`;
}

/**
 * A text to be copied, in full sight.
 *
 * @param {{label: string, text: string, lines?: number}} props
 */
export function CopyField({ label, text, lines = 1 }) {
  const [said, setSaid] = useState("");
  const id = useId();
  const copy = async () => tell(t((await write(text)) ? "take.copied" : "take.not_copied", { what: label }), setSaid);
  return html`<div class="copy-field">
    <div class="copy-head">
      <label for=${id}>${label}</label>
      <button type="button" class="quiet" aria-label=${t("take.copy_what", { what: label })} onClick=${copy}><${Icon} name="copy" />${t("take.copy")}</button>
    </div>
    ${lines > 1 ? html`<textarea id=${id} readonly rows=${lines} spellcheck="false" value=${text}></textarea>` : html`<input id=${id} type="text" readonly value=${text} />`}
    ${said && html`<span class="hint">${said}</span>`}
  </div>`;
}

/**
 * @param {string} text
 * @param {(text: string) => void} show
 */
function tell(text, show) {
  show(text);
  announce(text);
}

/**
 * Put a text on the clipboard, which pages without TLS may only do as the answer to a key or a click.
 *
 * @param {string} text
 * @returns {Promise<boolean>} whether it is there
 */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
