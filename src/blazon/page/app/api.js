// @ts-check
import { signal } from "../vendor/signals.js";
import { load, ofTab, save } from "./storage.js";

/** The key that requests carry; kept for the tab only. */
export const key = signal(/** @type {string} */ (load(ofTab, "key", "")));

/** Why a key is asked for: null where none is wanted; empty where none was sent, else why it was refused. */
export const keyAsked = signal(/** @type {string | null} */ (null));

const PATIENCE = 120_000; // milliseconds in which the head of an answer comes, whatever the server has to do first

/** @type {((given: boolean) => void)[]} requests that wait for a key */
let waiting = [];

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
  save(ofTab, "key", key.value || null);
  goOn(true);
}

/** Give no key: what waits for one fails. */
export function refuseKey() {
  goOn(false);
}

/** @param {boolean} given */
function goOn(given) {
  const all = waiting;
  waiting = [];
  keyAsked.value = null;
  for (const one of all) one(given);
}

/**
 * Wait until the user has given a key.
 *
 * @param {string} used the key that was refused
 * @param {string} reason
 * @returns {Promise<boolean>} whether one was given
 */
function askForKey(used, reason) {
  if (used !== key.value) return Promise.resolve(true); // meanwhile there is another
  return new Promise((answer) => {
    waiting.push(answer);
    keyAsked.value = used ? reason : "";
  });
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
 * @typedef {object} RequestOptions
 * @property {string} [method]
 * @property {unknown} [body] what is no Blob is sent as JSON
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 * @property {number} [patience] milliseconds until the head of the answer must have come
 */

/**
 * Ask the server and return its answer. Where it wants a key, the user is asked for one, and the request sent again.
 *
 * @param {string} path
 * @param {RequestOptions} [options]
 * @returns {Promise<Response>}
 * @throws {RequestFailed} it was refused, or the server cannot be reached
 */
export async function request(path, options = {}) {
  while (true) {
    const used = key.value;
    const answer = await send(path, options, used);
    if (answer.ok) return answer;
    const failed = await readFailure(answer);
    if (answer.status !== 401 || !(await askForKey(used, failed.message))) throw failed;
  }
}

/**
 * @param {string} path
 * @param {RequestOptions} options
 * @param {string} used
 */
async function send(path, { method = "GET", body, headers = {}, signal: cancelled, patience = PATIENCE }, used) {
  const file = body instanceof Blob;
  const all = {
    ...(body === undefined || file ? {} : { "Content-Type": "application/json" }),
    ...(used ? { Authorization: `Bearer ${used}` } : {}),
    ...headers,
  };
  const content = file ? body : body === undefined ? undefined : JSON.stringify(body);
  const given = new AbortController();
  const giveUp = () => given.abort();
  cancelled?.addEventListener("abort", giveUp);
  if (cancelled?.aborted) giveUp();
  const timer = setTimeout(giveUp, patience);
  try {
    return await fetch(resolve(path), { method, headers: all, body: content, signal: given.signal });
  } catch (error) {
    if (cancelled?.aborted) throw error;
    throw new RequestFailed(0, "");
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Ask for JSON.
 *
 * @param {string} path
 * @param {RequestOptions} [options]
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
  return new RequestFailed(answer.status, message, faults, retryAfter);
}

/** @param {{loc?: (string | number)[], msg?: string}} fault */
function readFault({ loc = [], msg = "" }) {
  return { field: loc.filter((part) => part !== "body").join("."), message: msg };
}
