// @ts-check
import { useEffect, useRef } from "../vendor/hooks.js";
import { html } from "./html.js";
import { Said } from "./sentences.js";
import { t } from "./texts.js";

/** @typedef {import("./api.js").RequestFailed} RequestFailed */

/**
 * Return what the server said: of a field of the brief, by the name that the page has for it.
 *
 * @param {RequestFailed} failed
 */
function readMessage({ message, faults }) {
  const named = faults.map(({ field, message: text }) => {
    const name = t(/** @type {any} */ (`brief.${field}`));
    return name.startsWith("brief.") ? "" : `${name}: ${text}`;
  });
  return named.every(Boolean) && named.length > 0 ? named.join("; ") : message;
}

/**
 * Return in plain words why a request failed: what the server said of it, if that tells more, and what the page says.
 *
 * @param {RequestFailed} failed
 * @returns {{said: string, text: string}} one of them may be empty
 */
function explain(failed) {
  const { status, faults, retryAfter } = failed;
  const message = readMessage(failed);
  if (status === 0) return { said: "", text: t("failure.unreachable") };
  if (status === 404 || faults[0]?.field.startsWith("path.")) return { said: "", text: t("failure.missing") };
  if (status === 429 || status === 503) {
    const when = retryAfter > 0 ? t("failure.later", { seconds: Math.ceil(retryAfter) }) : t("failure.soon");
    return { said: message && `${message}.`, text: when };
  }
  if (message) return { said: message, text: "" };
  return { said: "", text: status >= 500 ? t("failure.server") : t("failure.refused", { status }) };
}

/**
 * Says why a request failed, and comes into sight: what was pressed may be far below.
 *
 * @param {{failed: RequestFailed | null}} props
 */
export function FailureNotice({ failed }) {
  const notice = useRef(/** @type {HTMLElement | null} */ (null));
  const { said, text } = failed ? explain(failed) : { said: "", text: "" };
  useEffect(() => notice.current?.scrollIntoView({ block: "nearest" }), [said, text]);
  if (!failed) return null;
  return html`<div class="notice" role="alert" ref=${notice}><span>${said && html`<${Said} text=${said} />`} ${text}</span></div>`;
}
