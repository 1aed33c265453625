// @ts-check
import { signal } from "../../vendor/signals.js";

/** What logos are looked at on. */
export const GROUNDS = /** @type {const} */ (["own", "light", "dark", "colour", "mono"]);

/** @typedef {(typeof GROUNDS)[number]} GroundName */

/** The ground of all logos on the page. */
export const ground = signal(/** @type {GroundName} */ ("own"));

/**
 * Return how a logo is shown on a ground: the query of its file, and the colour under it where the file brings none.
 *
 * @param {GroundName} name
 * @param {import("../types.js").Candidate["design"]} design null for a painted logo, which has no colourings
 * @returns {{query: Record<string, string>, under: string}}
 */
export function showOn(name, design) {
  if (design === null) return { query: {}, under: "" };
  const { paper, mark, name: ink } = design.colours;
  const own = luminance(paper);
  switch (name) {
    case "light":
      return own > 0.4 ? { query: {}, under: paper } : { query: { variant: "inverse" }, under: "" };
    case "dark":
      return own > 0.4 ? { query: { variant: "inverse" }, under: "" } : { query: {}, under: paper };
    case "colour":
      return onColour([mark, paper, ink]);
    case "mono":
      return { query: { variant: "black", background: "transparent" }, under: "#ffffff" };
    default:
      return { query: {}, under: paper };
  }
}

/** @param {string[]} colours of the logo; the first that is one, and not near black or white, is the ground */
function onColour(colours) {
  const under = colours.find((colour) => luminance(colour) > 0.03 && luminance(colour) < 0.75) ?? "#44546a";
  const variant = luminance(under) > 0.3 ? "black" : "white";
  return { query: { variant, background: "transparent" }, under };
}

/**
 * Return how light a colour is, 0 to 1, as https://www.w3.org/TR/WCAG22/#dfn-relative-luminance defines it.
 *
 * @param {string} colour as `#rrggbb`
 */
export function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
