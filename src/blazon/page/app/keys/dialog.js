// @ts-check
import { useState } from "../../vendor/hooks.js";
import { key, keyAsked, refuseKey, setKey } from "../api.js";
import { Dialog } from "../dialog.js";
import { html } from "../html.js";
import { t } from "../texts.js";

/** Asks for a key when the server wants one. */
export function KeyDialog() {
  const reason = keyAsked.value;
  return reason === null ? null : html`<${KeyForm} reason=${reason} />`;
}

/** @param {{reason: string}} props */
function KeyForm({ reason }) {
  const [text, setText] = useState("");
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (text.trim()) setKey(text);
  };
  return html`<${Dialog} label=${t("key.title")} onClose=${refuseKey}>
    <form onSubmit=${submit}>
      <h2>${t("key.title")}</h2>
      <p>${t("key.why")}</p>
      ${reason && html`<p class="notice" role="alert">${t("key.refused", { reason })}</p>`}
      <div class="field">
        <label for="key">${t("key.label")}</label>
        <input
          id="key"
          type="password"
          autocomplete="off"
          required
          value=${text}
          aria-invalid=${reason ? "true" : undefined}
          onInput=${(/** @type {any} */ event) => setText(event.target.value)}
        />
        <span class="hint">${t("key.kept")}</span>
      </div>
      <div class="row">
        <button class="primary">${t("key.use")}</button>
        <button type="button" onClick=${refuseKey}>${t("cancel")}</button>
      </div>
    </form>
  <//>`;
}

/** Forgets the key of this tab; not there where none is used. */
export function ForgetKey() {
  if (!key.value) return null;
  return html`<button class="plain" onClick=${() => setKey("")}>${t("key.forget")}</button>`;
}
