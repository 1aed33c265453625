// @ts-check
/** @param {{logo: import("../types.js").Logo}} _props */
export function DesignPanel(_props) {
  return null;
}
