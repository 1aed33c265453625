// @ts-check
import { useEffect } from "../../vendor/hooks.js";
import { computed, signal } from "../../vendor/signals.js";
import { RequestFailed, request, requestJson } from "../api.js";
import { filePath } from "../pictures.js";
import { route, setParams } from "../route.js";
import { say } from "../sentences.js";
import { announce, revision as named } from "../state.js";
import { t } from "../texts.js";
import { loadDrawing } from "./drawing.js";

/** @typedef {import("./types.js").Revision} Revision */
/** @typedef {import("./types.js").Patch} Patch */

/**
 * The design that is changed: what the server holds of it.
 *
 * @typedef {object} Session
 * @property {string} place the address of its logo
 * @property {number} current the revision that counts
 * @property {string} tag the entity tag of that
 * @property {Revision[]} revisions the newest first
 */

export const session = signal(/** @type {Session | null} */ (null));

/** How many changes are on their way. */
export const pending = signal(0);

/** What went wrong or had to follow, in words; empty for nothing. */
export const notice = signal({
  said: /** @type {string[]} */ ([]),
  kind: /** @type {"problem" | "adapted"} */ ("adapted"),
});

/** Why there is no design to be changed; null as long as there may be one. */
export const unavailable = signal(/** @type {string | null} */ (null));

/** The session of the logo that the address names: that of the one before ends once all changes of it are sent. */
const opened = computed(() => (session.value && isNamed(session.value.place) ? session.value : null));

/** The revision that the address names, or else the current one. */
export const shown = computed(() => {
  const { value } = opened;
  if (!value) return null;
  const wanted = route.value.params.revision === undefined ? value.current : named.value;
  return value.revisions.find(({ revision }) => revision === wanted) ?? null;
});

export const isEarlier = computed(() => shown.value !== null && shown.value.revision !== opened.value?.current);

const current = computed(() => opened.value?.revisions.find(({ revision }) => revision === opened.value?.current));

export const canUndo = computed(() => (current.value?.parent ?? null) !== null);

export const canRedo = computed(() => !!opened.value?.revisions.some(({ parent }) => parent === opened.value?.current));

/** What is asked of the server, one after the other. @type {Promise<unknown>} */
let queue = Promise.resolve();

/**
 * Load the design of a logo, when a panel needs it, and again for another logo.
 *
 * @param {import("../types.js").Logo} logo
 */
export function useSession({ generation, number }) {
  const place = placeOf(generation.id, number);
  const wanted = route.value.params.revision;
  useEffect(() => {
    // Whatever was changed of the logo before is sent to that one first.
    queue = queue.then(() => open(place)).catch(reportError);
  }, [place]);
  useEffect(() => {
    if (session.value?.place === place && wanted !== undefined && !shown.value) fetchRevision(place, Number(wanted));
  }, [place, wanted, session.value]);
}

/**
 * @param {string} id of the generation
 * @param {number} number
 */
function placeOf(id, number) {
  return `/v1/logos/${id}/${number}`;
}

/** @param {string} place whether the address of the page names its logo */
function isNamed(place) {
  const { view, generation, number } = route.value;
  return view === "logo" && place === placeOf(generation, number);
}

/** @param {string} place */
async function open(place) {
  if (session.peek()?.place === place || !isNamed(place)) return;
  session.value = null;
  unavailable.value = null;
  notice.value = { said: [], kind: "adapted" };
  try {
    await reload(place);
  } catch (error) {
    unavailable.value = explain(error);
    return;
  }
  const now = session.peek()?.current;
  if (now && isNamed(place) && route.value.params.revision === undefined)
    setParams({ revision: now }, { replace: true });
}

/** @param {string} place */
async function reload(place) {
  const [design, list] = await Promise.all([
    request(`${place}/design`),
    requestJson(`${place}/design/revisions?limit=100`),
  ]);
  session.value = { place, current: list.current, tag: design.headers.get("ETag") ?? "*", revisions: list.data };
}

/**
 * Take an older revision, which the list does not reach, into the session.
 *
 * @param {string} place
 * @param {number} number
 */
async function fetchRevision(place, number) {
  const before = session.peek();
  if (!before) return;
  try {
    const found = await requestJson(`${place}/design/revisions/${number}`);
    if (session.peek() === before) session.value = { ...before, revisions: [...before.revisions, found] };
  } catch (error) {
    if (session.peek() !== before || !isNamed(place)) return;
    report(explain(error));
    setParams({ revision: before.current }, { replace: true });
  }
}

/** @type {Patch | null} */
let waiting = null;

/**
 * Change the design by a merge patch. Changes go one after the other; those that wait go together.
 *
 * @param {Patch} patch
 */
export function change(patch) {
  if (waiting) {
    mergePatch(waiting, patch);
    return;
  }
  waiting = structuredClone(patch);
  enqueue(async () => {
    const whole = waiting;
    waiting = null;
    await returnToShown();
    return send("PATCH", "", whole);
  });
}

export function undo() {
  if (canUndo.value) enqueue(() => send("POST", "/undo"));
}

export function redo() {
  if (canRedo.value) enqueue(() => send("POST", "/redo"));
}

/** @param {number} number */
export function restore(number) {
  enqueue(() => send("POST", `/revisions/${number}/restore`));
}

/**
 * Return where a revision is as SVG.
 *
 * @param {string} place of the logo in the API
 * @param {number} revision
 */
export function drawingPath(place, revision) {
  const [id, number] = place.split("/").slice(-2);
  return filePath({ generation: { id }, number: Number(number) }, { revision, metadata: "none" });
}

/** Who changes an earlier revision goes on from it. */
async function returnToShown() {
  if (isEarlier.value && shown.value) take(await send("POST", `/revisions/${shown.value.revision}/restore`));
}

/** @param {() => Promise<{made: Revision, tag: string}>} work */
function enqueue(work) {
  pending.value += 1;
  queue = queue
    .then(work)
    .then(async (done) => {
      // First its picture; the alternatives, which are asked for once it is taken, would keep the server busy.
      const { place } = /** @type {Session} */ (session.value);
      await loadDrawing(drawingPath(place, done.made.revision)).catch(() => {});
      take(done);
      if (isNamed(place)) setParams({ revision: done.made.revision });
    }, recover)
    .catch(reportError) // what comes next is sent all the same
    .finally(() => {
      pending.value -= 1;
    });
}

/**
 * @param {string} method
 * @param {string} path below the design
 * @param {Patch | null} [body]
 */
async function send(method, path, body) {
  const { place, tag } = /** @type {Session} */ (session.value);
  const headers = { "If-Match": tag, ...(body ? { "Content-Type": "application/merge-patch+json" } : {}) };
  const answer = await request(`${place}/design${path}`, { method, headers, body: body ?? undefined });
  return { made: /** @type {Revision} */ (await answer.json()), tag: answer.headers.get("ETag") ?? "*" };
}

/** @param {{made: Revision, tag: string}} done */
function take({ made, tag }) {
  const before = /** @type {Session} */ (session.value);
  const others = before.revisions.filter(({ revision }) => revision !== made.revision);
  const revisions = [made, ...others].sort((one, other) => other.revision - one.revision);
  session.value = { ...before, current: made.revision, tag, revisions };
  notice.value = { said: made.adapted, kind: "adapted" };
  announce([t("design.changed"), ...made.adapted.map(say)].join(" "));
}

/** @param {unknown} error */
async function recover(error) {
  waiting = null;
  const place = session.peek()?.place;
  const conflict = error instanceof RequestFailed && (error.status === 412 || error.status === 409);
  if (!place || !conflict) return report(explain(error));
  try {
    await reload(place);
    if (isNamed(place)) setParams({ revision: session.peek()?.current ?? null }, { replace: true });
    report(t(error.status === 412 ? "design.conflict" : "design.moved"));
  } catch (second) {
    report(explain(second));
  }
}

/** @param {string} text */
function report(text) {
  notice.value = { said: [text], kind: "problem" };
  announce(text);
}

/** @param {unknown} error */
function explain(error) {
  if (!(error instanceof RequestFailed)) throw error;
  return error.message || t(error.status ? "design.refused" : "design.unreachable");
}

/**
 * Put a patch onto another one that has not been sent.
 *
 * @param {Patch} target
 * @param {Patch} patch
 */
function mergePatch(target, patch) {
  for (const [name, value] of Object.entries(patch)) {
    const both = [target[name], value].every((one) => one !== null && typeof one === "object" && !Array.isArray(one));
    if (both && name !== "mark") mergePatch(target[name], value);
    else target[name] = value;
  }
}
