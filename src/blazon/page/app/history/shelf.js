// @ts-check
import { signal } from "../../vendor/signals.js";
import { nameOnLogo } from "../state.js";
import { load, local, save } from "../storage.js";

/**
 * What this browser knows of a generation beyond what the server keeps.
 *
 * @typedef {object} Entry
 * @property {string} id
 * @property {string} prompt
 * @property {string} name given by the user, or that of the brand
 * @property {string} created_at
 * @property {boolean} [favourite]
 * @property {boolean} [painted] whether that one has a picture only
 * @property {number} [first] the number of the candidate that stands for all
 */

const MOST = 1000;

/** @type {import("../../vendor/signals.js").Signal<Entry[]>} the newest first */
export const shelf = signal(readStored([]));

/** Whether the newest is in the storage, and not in memory only. */
let saved = true;

addEventListener("storage", ({ key }) => {
  if (key === "blazon.shelf" && saved) shelf.value = readStored([]); // another tab has changed it
});

/** @param {import("../types.js").Generation} generation */
export function remember(generation) {
  rememberAll([generation]);
}

/** @param {import("../types.js").Generation[]} generations as they are now */
export function rememberAll(generations) {
  const entries = new Map(stored().map((entry) => [entry.id, entry]));
  for (const fresh of generations.map(toEntry)) {
    const entry = entries.get(fresh.id);
    if (!entry) entries.set(fresh.id, fresh);
    else if (entry.first === undefined)
      entries.set(fresh.id, { ...entry, name: entry.name || fresh.name, first: fresh.first, painted: fresh.painted });
  }
  write([...entries.values()].sort((one, other) => other.created_at.localeCompare(one.created_at)));
}

/**
 * @param {import("../types.js").Generation} generation
 * @returns {Entry}
 */
function toEntry(generation) {
  const { id, brief, created_at, candidates } = generation;
  const [first] = candidates;
  const name = nameOnLogo(generation);
  return { id, prompt: brief.prompt, name, created_at, first: first?.number, painted: first && first.design === null };
}

/**
 * @param {string} id
 * @param {Partial<Entry>} change
 */
export function update(id, change) {
  write(stored().map((entry) => (entry.id === id ? { ...entry, ...change } : entry)));
}

/** @param {string} id */
export function forget(id) {
  write(stored().filter((entry) => entry.id !== id));
}

/** @returns {Entry[]} what is stored now, by any tab */
function stored() {
  return saved ? readStored(shelf.value) : shelf.value;
}

/**
 * @param {Entry[]} otherwise
 * @returns {Entry[]} what can be shown of what is stored
 */
function readStored(otherwise) {
  const isUsable = (/** @type {any} */ entry) =>
    entry && ["id", "prompt", "created_at"].every((name) => typeof entry[name] === "string");
  return load(local, "shelf", otherwise).filter(isUsable);
}

/** @param {Entry[]} entries */
function write(entries) {
  const kept = entries.slice(0, MOST);
  shelf.value = kept;
  saved = save(local, "shelf", kept);
}
