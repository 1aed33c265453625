// @ts-check
import { signal } from "../vendor/signals.js";
import { load, save } from "./storage.js";

/** The key that requests carry; kept for the tab only. */
export const key = signal(/** @type {string} */ (load(sessionStorage, "key", "")));

/** Why a key is asked for: null where none is wanted, else the server's words. */
export const keyAsked = signal(/** @type {string | null} */ (null));

/** A request that was not served. `status` is 0 where no answer came at all. */
export class RequestFailed extends Error {
  /**
   * @param {number} status
   * @param {string} message in plain words
   * @param {{field: string, message: string}[]} [faults] of single fields
   * @param {number} [retryAfter] seconds after which it may go better
   */
  constructor(status, message, faults = [], retryAfter = 0) {
    super(message);
    this.status = status;
    this.faults = faults;
    this.retryAfter = retryAfter;
  }
}

/** @param {string} text */
export function setKey(text) {
  key.value = text.trim();
  save(sessionStorage, "key", key.value || null);
  keyAsked.value = null;
}

/**
 * Return an address below that of the page, so that a proxy may serve it under any path.
 *
 * @param {string} path as the API gives it, such as `/v1/logos`
 */
export function resolve(path) {
  return new URL(path.replace(/^\/+/, ""), document.baseURI.replace(/[?#].*/, "")).href;
}

/**
 * Ask the server and return its answer.
 *
 * @param {string} path
 * @param {{method?: string, body?: unknown, headers?: Record<string, string>, signal?: AbortSignal}} [options] a `body`
 *   that is no Blob is sent as JSON
 * @returns {Promise<Response>}
 * @throws {RequestFailed} it was refused, or the server cannot be reached
 */
export async function request(path, { method = "GET", body, headers = {}, signal: cancelled } = {}) {
  /** @type {Record<string, string>} */
  const all = { ...headers };
  if (key.value) all.Authorization = `Bearer ${key.value}`;
  const file = body instanceof Blob;
  if (body !== undefined && !file) all["Content-Type"] ??= "application/json";
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(resolve(path), {
      method,
      headers: all,
      body: file ? body : body === undefined ? undefined : JSON.stringify(body),
      signal: cancelled,
    });
  } catch (error) {
    if (cancelled?.aborted) throw error;
    throw new RequestFailed(0, "");
  }
  if (!answer.ok) throw await readFailure(answer);
  return answer;
}

/**
 * Ask for JSON.
 *
 * @param {string} path
 * @param {Parameters<typeof request>[1]} [options]
 * @returns {Promise<any>} null for an answer without a body
 */
export async function requestJson(path, options) {
  const answer = await request(path, options);
  return answer.status === 204 ? null : answer.json();
}

/**
 * @param {Response} answer
 * @returns {Promise<RequestFailed>}
 */
async function readFailure(answer) {
  const content = await answer.json().catch(() => ({}));
  const { detail } = content;
  const retryAfter = Number(answer.headers.get("Retry-After")) || 0;
  const faults = Array.isArray(detail) ? detail.map(readFault) : [];
  const message =
    typeof detail === "string"
      ? detail
      : faults.map(({ field, message: text }) => (field ? `${field}: ${text}` : text)).join("; ") ||
        content.error?.message ||
        content.message ||
        "";
  if (answer.status === 401) keyAsked.value = key.value ? message : "";
  return new RequestFailed(answer.status, message, faults, retryAfter);
}

/** @param {{loc?: (string | number)[], msg?: string}} fault */
function readFault({ loc = [], msg = "" }) {
  return { field: loc.filter((part) => part !== "body").join("."), message: msg };
}
