// @ts-check
/**
 * Small values that outlive the page. A browser that stores nothing (private mode, full disk) costs the memory, no more.
 */

/** Of all tabs; null where the browser forbids it: then even to name it throws. */
export const local = open("localStorage");

/** Of this tab. */
export const ofTab = open("sessionStorage");

/** @param {"localStorage" | "sessionStorage"} name */
function open(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

/**
 * @param {Storage | null} storage
 * @param {string} name
 * @template T
 * @param {T} otherwise also where something of another kind is stored
 * @returns {T}
 */
export function load(storage, name, otherwise) {
  try {
    const text = storage?.getItem(`blazon.${name}`) ?? null;
    const value = text === null ? otherwise : JSON.parse(text);
    const fits =
      typeof value === typeof otherwise && Array.isArray(value) === Array.isArray(otherwise) && value !== null;
    return fits ? value : otherwise;
  } catch {
    return otherwise;
  }
}

/**
 * @param {Storage | null} storage
 * @param {string} name
 * @param {unknown} value null or undefined takes it away
 * @returns {boolean} whether it is stored; else it is kept in memory only
 */
export function save(storage, name, value) {
  try {
    if (value === null || value === undefined) storage?.removeItem(`blazon.${name}`);
    else storage?.setItem(`blazon.${name}`, JSON.stringify(value));
    return storage !== null;
  } catch {
    return false;
  }
}
