// @ts-check
/** @param {{logo: import("../types.js").Logo}} _props */
export function ScenesPanel(_props) {
  return null;
}
