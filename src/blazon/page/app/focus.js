// @ts-check
/** @param {HTMLElement | null} element as a `ref`: it gets the focus once it is there */
export function focus(element) {
  element?.focus();
}
