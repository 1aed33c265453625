// @ts-check
/** @typedef {import("./types.js").Design} Design */
/** @typedef {import("./drawing.js").DrawnNode} DrawnNode */
/** @typedef {"paper" | "tint" | "mark" | "accent" | "name" | "slogan"} Role */

// From back to front, as the server writes them. `mix` lies between two inks and has no colour of its own.
const ORDER = /** @type {const} */ (["tint", "mix", "mark", "accent", "name", "slogan"]);

/**
 * Return which role of the design each outline of its picture has, the same length as `nodes`; null for what is none.
 *
 * An outline tells its role by its colour and by its place. Where colours are equal, that reading is taken in which
 * what the design must show is there.
 *
 * @param {DrawnNode[]} nodes
 * @param {Design} design
 * @returns {(Role | null)[]}
 */
export function findRoles(nodes, design) {
  const outlines = nodes.filter((node) => node.tag === "path");
  const papered = outlines[0]?.attributes.fill === design.colours.paper && isRectangle(outlines[0].attributes.d);
  const inks = papered ? outlines.slice(1) : outlines;
  const best = align(inks, design);
  let place = 0;
  return nodes.map((node) => {
    if (node.tag !== "path") return null;
    if (papered && node === outlines[0]) return "paper";
    const role = best[place++] ?? null;
    return role === "mix" ? "mark" : role;
  });
}

/**
 * @param {DrawnNode[]} inks
 * @param {Design} design
 */
function align(inks, design) {
  const expected = listExpected(design);
  /** @type {(typeof ORDER)[number][]} */
  let best = [];
  let most = -1;
  for (let chosen = 0; chosen < 2 ** ORDER.length; chosen++) {
    const roles = ORDER.filter((_, place) => chosen & (1 << place));
    if (roles.length !== inks.length || !roles.every((role, place) => fits(role, inks[place], design))) continue;
    const met = roles.reduce((sum, role) => sum + (expected.has(role) ? 2 : role === "mix" ? 0 : 1), 0);
    if (met > most) [best, most] = [roles, met];
  }
  return best;
}

/**
 * @param {(typeof ORDER)[number]} role
 * @param {DrawnNode} ink
 * @param {Design} design
 */
function fits(role, ink, design) {
  const fill = ink.attributes.fill ?? "";
  if (fill.startsWith("url(")) return role === "mark";
  return role === "mix" ? !Object.values(design.colours).includes(fill) : fill === design.colours[role];
}

/**
 * Return the roles that a design must show.
 *
 * @param {Design} design
 */
export function listExpected(design) {
  const roles = new Set();
  if (design.mark && design.layout !== "wordmark") roles.add("mark");
  if (design.brand_name && design.layout !== "symbol") {
    roles.add("name");
    if (design.slogan || design.established || design.place) roles.add("slogan");
  }
  return roles;
}

/**
 * Say whether an outline is the ground of a picture.
 *
 * @param {string} [outline]
 */
export function isRectangle(outline = "") {
  return /^M0 0L\d+ 0L\d+ \d+L0 \d+Z$/.test(outline);
}
