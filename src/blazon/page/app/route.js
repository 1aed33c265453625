// @ts-check
import { signal } from "../vendor/signals.js";

/**
 * Where the page is. It lives behind the `#` of the address, so that each state has one and no server needs to know.
 *
 * - `#/` make, `#/kept`, `#/admin`
 * - `#/logos/{generation}` its board, `#/logos/{generation}/{number}` one logo
 *
 * Anything else that a state consists of is a parameter: `#/logos/gen_x/2?panel=take&revision=3`.
 *
 * @typedef {object} Route
 * @property {"make" | "board" | "logo" | "kept" | "admin"} view
 * @property {string} generation its id, or empty
 * @property {number} number of the candidate; 0 where none is meant
 * @property {Record<string, string>} params
 */

/** @type {import("../vendor/signals.js").Signal<Route>} */
export const route = signal(parse(location.hash));

addEventListener("hashchange", () => {
  route.value = parse(location.hash);
});

/**
 * @param {string} hash
 * @returns {Route}
 */
export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const params = Object.fromEntries(new URLSearchParams(query));
  const [view, generation = "", number = ""] = path.split("/");
  if (view === "kept" || view === "admin") return { view, generation: "", number: 0, params };
  if (view === "logos" && /^gen_\w+$/.test(generation)) {
    const one = /^\d+$/.test(number);
    return { view: one ? "logo" : "board", generation, number: one ? Number(number) : 0, params };
  }
  return { view: "make", generation: "", number: 0, params };
}

/**
 * Return the address of a state, for links.
 *
 * @param {string} path such as `/logos/gen_x/2`
 * @param {Record<string, string | number | null | undefined>} [params] those that are null or empty are left out
 */
export function link(path, params = {}) {
  const given = Object.entries(params).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `#${path}${query ? `?${query}` : ""}`;
}

/**
 * Go to a state; the one before is in the history of the browser.
 *
 * @param {string} path
 * @param {Parameters<typeof link>[1]} [params]
 */
export function go(path, params) {
  location.hash = link(path, params);
}

/**
 * Change parameters of the state that is shown.
 *
 * @param {Record<string, string | number | null>} params null takes one away
 * @param {{replace?: boolean}} [options] whether the state before is forgotten
 */
export function setParams(params, { replace = false } = {}) {
  const [path] = location.hash.replace(/^#/, "").split("?");
  const address = link(path || "/", { ...route.value.params, ...params });
  if (!replace) {
    location.hash = address;
    return;
  }
  history.replaceState(null, "", address);
  route.value = parse(address);
}
