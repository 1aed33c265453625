// @ts-check
import { signal } from "../../vendor/signals.js";
import { load, ofTab, save } from "../storage.js";

/** @typedef {import("../types.js").Logo} Logo */

/** Logos that stay on the board whatever is drawn next; kept for the tab. */
export const pins = signal(
  load(ofTab, "pins", /** @type {Logo[]} */ ([])).filter((one) => one?.generation?.id && one.candidate),
);

/**
 * Return what tells a logo from all others.
 *
 * @param {Logo} logo
 */
export function nameLogo({ generation, number }) {
  return `${generation.id}.${number}`;
}

/** @param {Logo} logo */
export function isPinned(logo) {
  return pins.value.some((one) => nameLogo(one) === nameLogo(logo));
}

/** @param {Logo} logo */
export function togglePin(logo) {
  const others = pins.value.filter((one) => nameLogo(one) !== nameLogo(logo));
  pins.value = others.length < pins.value.length ? others : [...pins.value, strip(logo)];
  save(ofTab, "pins", pins.value);
}

/**
 * Return a logo without its siblings, which need not be kept.
 *
 * @param {Logo} logo
 * @returns {Logo}
 */
function strip({ generation, number, candidate }) {
  return { generation: { ...generation, candidates: [candidate] }, number, candidate };
}
