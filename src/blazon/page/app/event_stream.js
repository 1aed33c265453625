// @ts-check
import { RequestFailed, request } from "./api.js";

/**
 * @typedef {{name: string, data: any}} ServerEvent
 */

const FIRST_PAUSE = 500; // milliseconds before coming back; doubled up to the longest
const LONGEST_PAUSE = 8000;
const SILENCE = 45_000; // the server says something every fifteen seconds; after three the line is dead

/**
 * Follow the events of a generation until it ends, over lost connections and restarts of the server.
 *
 * @param {string} id
 * @param {object} listener
 * @param {(event: ServerEvent) => void} listener.onEvent
 * @param {(connected: boolean) => void} listener.onConnection
 * @param {AbortSignal} cancelled
 * @returns {Promise<void>} when nothing follows
 * @throws {RequestFailed} the generation cannot be watched, however often it is tried
 */
export async function follow(id, { onEvent, onConnection }, cancelled) {
  let last = "";
  let pause = FIRST_PAUSE;
  while (!cancelled.aborted) {
    try {
      const headers = last ? { "Last-Event-ID": last } : undefined;
      const answer = await request(`/v1/logos/${id}/events`, { headers, signal: cancelled });
      onConnection(true);
      pause = FIRST_PAUSE;
      if (answer.status === 204 || !answer.body) return;
      for await (const block of readBlocks(answer.body)) {
        const event = parseBlock(block);
        if (event.id) last = event.id;
        if (!event.data) continue;
        const data = JSON.parse(event.data);
        if (event.name === "interrupted") break;
        onEvent({ name: event.name, data });
        if (["succeeded", "failed", "cancelled", "expired"].includes(event.name)) return;
      }
    } catch (error) {
      if (cancelled.aborted) return;
      if (error instanceof RequestFailed && !comesBack(error.status)) throw error;
    }
    onConnection(false);
    await sleep(pause, cancelled);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
  }
}

/** @param {number} status */
function comesBack(status) {
  return status === 0 || status === 429 || status >= 500;
}

/**
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<string>}
 */
async function* readBlocks(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    while (true) {
      const { done, value } = await readSoon(reader);
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split(/\r?\n\r?\n/);
      rest = blocks.pop() ?? "";
      yield* blocks;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * @param {ReadableStreamDefaultReader<Uint8Array>} reader
 * @returns {Promise<ReadableStreamReadResult<Uint8Array>>}
 * @throws {Error} nothing came for long
 */
function readSoon(reader) {
  return new Promise((answer, refuse) => {
    const timer = setTimeout(() => refuse(new Error("silence")), SILENCE);
    reader
      .read()
      .then(answer, refuse)
      .finally(() => clearTimeout(timer));
  });
}

/** @param {string} block the lines of one event, see https://html.spec.whatwg.org/#event-stream-interpretation */
function parseBlock(block) {
  const event = { name: "message", id: "", data: "" };
  for (const line of block.split(/\r?\n/)) {
    const [, field, value] = /^(\w*):? ?(.*)$/.exec(line) ?? [];
    if (field === "event") event.name = value;
    if (field === "id") event.id = value;
    if (field === "data") event.data += event.data ? `\n${value}` : value;
  }
  return event;
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} cancelled
 */
function sleep(milliseconds, cancelled) {
  return new Promise((done) => {
    const over = new AbortController(); // takes the listeners away: a line may be dead for days
    const end = () => {
      clearTimeout(timer);
      over.abort();
      done(undefined);
    };
    const timer = setTimeout(end, milliseconds);
    cancelled.addEventListener("abort", end, { signal: over.signal });
    addEventListener("online", end, { signal: over.signal });
  });
}
