// @ts-check
import htm from "../vendor/htm.js";
import { h } from "../vendor/preact.js";

/** Markup as a tagged template; what is put in as a value is text or an element, never markup. */
export const html = htm.bind(h);
