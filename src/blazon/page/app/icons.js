// @ts-check
import { html } from "./html.js";

const PATHS = {
  pin: "M9 3h6l-1 6 3 3v2H7v-2l3-3-1-6zM12 14v7",
  compare: "M4 5h7v14H4zM13 5h7v14h-7z",
  more: "M4 4h7v7H4zM13 13h7v7h-7zM16.500 4v6M13.500 7h6M7 13.500v6M4 16.500h6",
  close: "M6 6l12 12M18 6L6 18",
  star: "M12 3.500l2.600 5.500 6 .8-4.400 4.200 1.100 6L12 17.100 6.700 20l1.100-6L3.400 9.800l6-.8z",
  bin: "M4 7h16M9 7V4h6v3M6.500 7l1 13h9l1-13",
  pen: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  back: "M14 5l-7 7 7 7",
  next: "M10 5l7 7-7 7",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z",
  key: "M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM11 12l9-9M16 7l3 3",
  again: "M19 12a7 7 0 1 1-2-5M17 3v4h-4",
  down: "M12 4v11M7 10.500l5 5 5-5M4 20h16",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  any: "M7.500 4a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM14 4h6v6h-6zM7.500 14l3.500 6H4zM17 13.500l3.500 3.500-3.500 3.500-3.500-3.500z",
  undo: "M9 5L4 10l5 5M4 10h10a5 5 0 0 1 0 10h-3",
  redo: "M15 5l5 5-5 5M20 10H10a5 5 0 0 0 0 10h3",
  auto: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 3v18",
};

/** @typedef {keyof typeof PATHS} IconName */

/**
 * A drawing of 24 units beside a text that says the same, or in a button that has a label.
 *
 * @param {{name: IconName}} props
 */
export function Icon({ name }) {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true"><path d=${PATHS[name]} /></svg>`;
}

/** The shield of Blazon. */
export function Shield() {
  return html`<svg viewBox="0 0 14 16" aria-hidden="true"><path d="M0 0h14v7c0 5-3.500 7.500-7 9-3.500-1.500-7-4-7-9z" /></svg>`;
}
