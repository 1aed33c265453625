// @ts-check
import { batch, effect, signal } from "../vendor/signals.js";
import { key, RequestFailed, requestJson } from "./api.js";
import { follow } from "./event_stream.js";
import { remember } from "./history/shelf.js";
import { go, route } from "./route.js";
import { generation } from "./state.js";

/** @typedef {import("./types.js").Generation} Generation */

/**
 * How far a candidate is that is being painted.
 *
 * @typedef {object} Step
 * @property {number} step
 * @property {number} steps
 * @property {string} [picture] the unfinished picture as a `data:` address
 * @property {number} first the step that was told first
 * @property {number} began when that was, in milliseconds since the epoch
 */

/** Whether the server tells what happens; false while the connection is lost. */
export const connected = signal(true);

/** When the generation is probably begun, in milliseconds since the epoch; 0 if nothing is known. */
export const beginsAt = signal(0);

/** How many logos are begun before the first of the generation; null if that is not known. */
export const ahead = signal(/** @type {number | null} */ (null));

/** @type {import("../vendor/signals.js").Signal<Record<number, Step>>} by the number of the candidate */
export const steps = signal({});

/** Why what is shown cannot be shown, or null. */
export const failure = signal(/** @type {RequestFailed | null} */ (null));

/** Whether a request for logos is on its way. */
export const sending = signal(false);

const SOON = 2; // seconds; a server that is loading says so, a full queue says more
const ATTEMPTS = 15;

let following = new AbortController();

/** @param {Generation["status"]} status */
export function hasEnded(status) {
  return status !== "queued" && status !== "running";
}

/**
 * Ask for logos, and go to their board.
 *
 * @param {Record<string, unknown>} wish the body of `POST /v1/logos`
 * @param {string} [path] of what draws
 * @returns {Promise<boolean>} whether it was accepted; if not, `failure` says why
 */
export async function draw(wish, path = "/v1/logos") {
  sending.value = true;
  failure.value = null;
  const headers = { Prefer: "respond-async", "Idempotency-Key": keyOf(path, wish) };
  try {
    const accepted = await post(path, { method: "POST", body: wish, headers });
    unanswered = { request: "", key: "" };
    show(accepted);
    go(`/logos/${accepted.id}`);
    return true;
  } catch (error) {
    failure.value = asFailure(error);
    return false;
  } finally {
    sending.value = false;
  }
}

/** The request that was sent last, as long as nobody has said what became of it. */
let unanswered = { request: "", key: "" };

/**
 * Return the `Idempotency-Key` of a request: whoever repeats one that had no answer does not draw twice.
 *
 * @param {string} path
 * @param {Record<string, unknown>} wish
 */
function keyOf(path, wish) {
  const request = `${path} ${JSON.stringify(wish)}`;
  if (unanswered.request !== request)
    unanswered = { request, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` };
  return unanswered.key;
}

/**
 * Send a request, again while the server is only about to be ready; its `Idempotency-Key` keeps that one request.
 *
 * @param {string} path
 * @param {import("./api.js").RequestOptions} options
 */
async function post(path, options) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await requestJson(path, options);
    } catch (error) {
      const soon = error instanceof RequestFailed && error.status === 503 && error.retryAfter <= SOON;
      if (!soon || attempt === ATTEMPTS) throw error;
      await new Promise((done) => setTimeout(done, 1000 * Math.max(1, error.retryAfter)));
    }
  }
}

/** End what is being drawn; what is finished of it stays. */
export async function cancel() {
  const shown = generation.value;
  if (!shown || hasEnded(shown.status)) return;
  try {
    const ended = await requestJson(`/v1/logos/${shown.id}`, { method: "DELETE" });
    if (ended && generation.value?.id === ended.id) generation.value = ended;
  } catch (error) {
    failure.value = asFailure(error);
  }
}

/** Keep what is shown in step with the address, from now on. */
export function startFollowing() {
  effect(() => {
    const { generation: id } = route.value;
    void key.value; // with another key it may be found
    if (id && (generation.peek()?.id !== id || failure.peek())) open(id);
  });
}

/** @param {string} id */
async function open(id) {
  following.abort();
  batch(() => {
    generation.value = null;
    failure.value = null;
  });
  try {
    const found = await requestJson(`/v1/logos/${id}`);
    if (route.value.generation === id) show(found);
  } catch (error) {
    if (route.value.generation === id) failure.value = asFailure(error);
  }
}

/** @param {Generation} found */
function show(found) {
  following.abort();
  following = new AbortController();
  batch(() => {
    generation.value = found;
    failure.value = null;
    steps.value = {};
    connected.value = true;
    takePlace(found);
  });
  remember(found);
  if (hasEnded(found.status)) return;
  const cancelled = following.signal;
  const listener = {
    onEvent: (/** @type {import("./event_stream.js").ServerEvent} */ event) => take(found.id, event),
    onConnection: (/** @type {boolean} */ now) => {
      connected.value = now;
    },
  };
  follow(found.id, listener, cancelled).then(
    () => finish(found.id),
    (error) => {
      failure.value = asFailure(error);
    },
  );
}

/** @param {Generation} found */
function takePlace({ status, estimated_wait: wait, queue_ahead: place }) {
  const waits = status === "queued";
  beginsAt.value = waits && wait && wait > 1 ? Date.now() + 1000 * wait : 0;
  ahead.value = waits ? (place ?? null) : null;
}

/** Ask where in the queue the generation is that is shown. */
export async function findPlace() {
  const id = generation.value?.id;
  const found = await requestJson(`/v1/logos/${id}`).catch(() => null); // asked again soon
  const shown = generation.value;
  if (found && shown?.id === found.id && shown?.status === "queued") batch(() => takePlace(found));
}

/**
 * The stream has ended: whatever was told, what the server has is what counts.
 *
 * @param {string} id
 */
async function finish(id) {
  if (generation.value?.id !== id || hasEnded(generation.value.status)) return;
  const found = await requestJson(`/v1/logos/${id}`).catch(() => null);
  if (found && generation.value?.id === id) generation.value = found;
}

/**
 * @param {string} id
 * @param {import("./event_stream.js").ServerEvent} event
 */
function take(id, { name, data }) {
  const shown = generation.value;
  if (shown?.id !== id) return;
  switch (name) {
    case "queued":
    case "started":
      generation.value = { ...shown, status: data.status };
      break;
    case "progress":
    case "preview":
      steps.value = { ...steps.value, [data.candidate]: nextStep(steps.value[data.candidate], data) };
      break;
    case "candidate": {
      const others = shown.candidates.filter((one) => one.number !== data.number);
      const all = [...others, data].sort((one, other) => one.number - other.number);
      generation.value = { ...shown, candidates: all, progress: all.length / shown.brief.n };
      if (all.length === 1) remember(generation.value); // now there is a picture of it
      break;
    }
    default:
      if (data.status) {
        generation.value = data;
        remember(data);
      }
  }
}

/**
 * @param {Step | undefined} before
 * @param {{step: number, steps: number, png?: string}} told
 * @returns {Step}
 */
function nextStep(before, { step, steps: all, png }) {
  const picture = png ? `data:image/png;base64,${png}` : before?.picture;
  return { step, steps: all, picture, first: before?.first ?? step, began: before?.began ?? Date.now() };
}

/** @param {unknown} error */
function asFailure(error) {
  return error instanceof RequestFailed ? error : new RequestFailed(0, String(error));
}
