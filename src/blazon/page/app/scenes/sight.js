// @ts-check
import { html } from "../html.js";

/**
 * How people see colours who lack one kind of cone, as matrices over linear RGB: Machado, Oliveira and Fernandes, "A
 * Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE Transactions on Visualization and Computer
 * Graphics 15 (6), 2009, table 1, severity 1.0. `achromatopsia` is the relative luminance of ITU-R BT.709.
 */
export const SIGHTS = /** @type {const} */ ({
  protanopia:
    "0.152286 1.052583 -0.204868 0 0 0.114503 0.786281 0.099216 0 0 -0.003882 -0.048116 1.051998 0 0 0 0 0 1 0",
  deuteranopia:
    "0.367322 0.860646 -0.227968 0 0 0.280085 0.672501 0.047413 0 0 -0.011820 0.042940 0.968881 0 0 0 0 0 1 0",
  tritanopia:
    "1.255528 -0.076749 -0.178779 0 0 -0.078411 0.930809 0.147602 0 0 0.004733 0.691367 0.303900 0 0 0 0 0 1 0",
  achromatopsia: "0.2126 0.7152 0.0722 0 0 0.2126 0.7152 0.0722 0 0 0.2126 0.7152 0.0722 0 0 0 0 0 1 0",
});

/** The filters, once in the page: `soft` makes shadows, and scenes name the others by `filterOf`. */
export function SightFilters() {
  return html`<svg class="unseen" width="0" height="0" aria-hidden="true">
    <filter id="soft" x="-0.300" y="-0.300" width="1.600" height="1.600"><feGaussianBlur stdDeviation="8" /></filter>
    ${Object.entries(SIGHTS).map(
      ([name, values]) =>
        html`<filter key=${name} id=${`sight-${name}`} x="0" y="0" width="1" height="1" color-interpolation-filters="linearRGB">
          <feColorMatrix type="matrix" values=${values} />
        </filter>`,
    )}
  </svg>`;
}

/**
 * Return the `filter` of a scene.
 *
 * @param {string} sight a name of `SIGHTS`; any other is that of most people
 */
export function filterOf(sight) {
  return sight in SIGHTS ? `url(#sight-${sight})` : undefined;
}
