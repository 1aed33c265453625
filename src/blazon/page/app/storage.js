// @ts-check
/**
 * Small values that outlive the page. A browser that stores nothing (private mode, full disk) costs the memory, no more.
 *
 * @param {Storage} storage
 * @param {string} name
 * @template T
 * @param {T} otherwise
 * @returns {T}
 */
export function load(storage, name, otherwise) {
  try {
    const text = storage.getItem(`blazon.${name}`);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/**
 * @param {Storage} storage
 * @param {string} name
 * @param {unknown} value null or undefined takes it away
 */
export function save(storage, name, value) {
  try {
    if (value === null || value === undefined) storage.removeItem(`blazon.${name}`);
    else storage.setItem(`blazon.${name}`, JSON.stringify(value));
  } catch {
    // Kept in memory only.
  }
}
