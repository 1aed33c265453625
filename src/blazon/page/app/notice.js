// @ts-check
import { html } from "./html.js";
import { t } from "./texts.js";

/** @typedef {import("./api.js").RequestFailed} RequestFailed */

/**
 * Return in plain words why a request failed.
 *
 * @param {RequestFailed} failed
 */
export function explain({ status, message, faults, retryAfter }) {
  if (status === 0) return t("failure.unreachable");
  if (status === 404 || faults[0]?.field.startsWith("path.")) return t("failure.missing");
  if (status === 429 || status === 503) {
    const when = retryAfter > 0 ? t("failure.later", { seconds: Math.ceil(retryAfter) }) : t("failure.soon");
    return `${message ? `${message}. ` : ""}${when}`;
  }
  if (status >= 500 && !message) return t("failure.server");
  return message || t("failure.refused", { status });
}

/**
 * @param {{failed: RequestFailed | null, children?: any}} props
 */
export function FailureNotice({ failed, children }) {
  return failed ? html`<div class="notice" role="alert"><span>${explain(failed)}</span>${children}</div>` : null;
}
