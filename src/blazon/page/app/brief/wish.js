// @ts-check
import { effect, signal } from "../../vendor/signals.js";
import { load, ofTab, save } from "../storage.js";

/**
 * The brief that is being written. Empty texts and lists say nothing.
 *
 * @typedef {object} Wish
 * @property {string} prompt
 * @property {string} brand_name
 * @property {string} slogan
 * @property {string} style
 * @property {string} palette
 * @property {string} layout
 * @property {string} mark
 * @property {string} type
 * @property {string} case
 * @property {string[]} show
 * @property {string[]} avoid
 * @property {string} letters
 * @property {string} established
 * @property {string} engine
 * @property {string} model
 * @property {string} seed
 * @property {number} n
 * @property {string} own_font as `POST /v1/fonts` named it
 * @property {Record<string, unknown> | null} own_mark outlines of `POST /v1/marks`
 */

/** How many logos are drawn where nobody says. */
export const USUAL_COUNT = 6;

/** @type {Wish} */
const EMPTY = {
  prompt: "",
  brand_name: "",
  slogan: "",
  style: "",
  palette: "",
  layout: "",
  mark: "",
  type: "",
  case: "",
  show: [],
  avoid: [],
  letters: "",
  established: "",
  engine: "",
  model: "",
  seed: "",
  n: USUAL_COUNT,
  own_font: "",
  own_mark: null,
};

/** What is written in the brief now; kept for the tab, so that a reload takes nothing of it. */
export const wish = signal(readDraft(load(ofTab, "wish", {})));

effect(() => {
  save(ofTab, "wish", wish.value);
});

/**
 * @param {Record<string, unknown>} stored what an earlier version of the page may have written
 * @returns {Wish}
 */
function readDraft(stored) {
  const isUsable = (/** @type {[string, unknown]} */ [name, empty]) =>
    typeof stored?.[name] === typeof empty && Array.isArray(stored[name]) === Array.isArray(empty);
  const used = Object.entries(EMPTY).filter(isUsable);
  return { ...EMPTY, ...Object.fromEntries(used.map(([name]) => [name, stored[name]])) };
}

/** @param {Partial<Wish>} change */
export function change(change) {
  wish.value = { ...wish.value, ...change };
}

export function clear() {
  wish.value = { ...EMPTY };
}

/**
 * Return the body of `POST /v1/logos`: what says something.
 *
 * @param {Wish} wish
 * @returns {Record<string, unknown>}
 */
export function toBody({ seed, ...rest }) {
  const said = Object.entries(rest).filter(([, value]) => (Array.isArray(value) ? value.length : value));
  const body = Object.fromEntries(said);
  return { ...body, ...(seed === "" ? {} : { seed: Number(seed) }), previews: true };
}

/**
 * Return the wish that a generation was drawn from.
 *
 * @param {import("../types.js").Generation} generation
 * @returns {Wish}
 */
export function fromGeneration({ brief, candidates }) {
  const texts = Object.fromEntries(
    Object.entries(EMPTY).map(([name, empty]) => [name, /** @type {any} */ (brief)[name] ?? empty]),
  );
  const engine = brief.engine === "auto" ? "" : brief.engine;
  return { .../** @type {Wish} */ (texts), engine, seed: "", n: brief.n, own_mark: findOwnMark(candidates) };
}

/**
 * Return the mark that a user brought along, as it stands in the designs.
 *
 * @param {import("../types.js").Candidate[]} candidates
 * @returns {Wish["own_mark"]}
 */
function findOwnMark(candidates) {
  const mark = candidates[0]?.design?.mark;
  return mark?.kind === "outline" && !mark.painted_by ? { kind: mark.kind, parts: mark.parts } : null;
}
