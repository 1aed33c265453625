// @ts-check
import { computed, signal } from "../vendor/signals.js";
import { route } from "./route.js";

/** @typedef {import("./types.js").Generation} Generation */
/** @typedef {import("./types.js").Candidate} Candidate */
/** @typedef {import("./types.js").Logo} Logo */

/** The generation that is shown, as far as it is known. */
export const generation = signal(/** @type {Generation | null} */ (null));

/** Its finished candidates by number. */
export const candidates = computed(() => generation.value?.candidates ?? []);

/** The logo that the address names, once it is drawn; what the panels are about. */
export const logo = computed(() => {
  const { view, number } = route.value;
  const shown = generation.value;
  if (view !== "logo" || shown === null) return null;
  const candidate = shown.candidates.find((one) => one.number === number);
  return candidate ? /** @type {Logo} */ ({ generation: shown, number, candidate }) : null;
});

/** The revision of its design that the address names; 0 is the logo as it was drawn. */
export const revision = computed(() => Number(route.value.params.revision) || 0);

/** What the large picture shows instead of the file, while a change is tried: the address of an SVG, or null. */
export const trial = signal(/** @type {string | null} */ (null));

/**
 * Return by what name people know a generation: that of the brand, or else what was asked for.
 *
 * @param {Generation} generation
 */
export function titleOf(generation) {
  return nameOnLogo(generation) || generation.brief.prompt;
}

/**
 * Return the name on the logos of a generation, told by a field or by the prompt; empty where there is none.
 *
 * @param {Generation} generation
 */
export function nameOnLogo({ brief, candidates: drawn, wishes = [] }) {
  const told = wishes.find(({ kind }) => kind === "name")?.text;
  return brief.brand_name || drawn[0]?.design?.brand_name || told || "";
}

/** What was last said to people who do not see the page; see `announce`. */
export const announcement = signal("");

/**
 * Say something through the live region; it is said again where it was the last that was said.
 *
 * @param {string} text
 */
export function announce(text) {
  announcement.value = announcement.peek() === text ? `${text}\u00a0` : text; // only what differs is read out
}
