// @ts-check
/** @param {{logo: import("../types.js").Logo}} _props */
export function TakePanel(_props) {
  return null;
}
