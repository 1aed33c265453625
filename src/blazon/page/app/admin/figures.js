// @ts-check
import { locale } from "../texts.js";

const STEPS = ["B", "kB", "MB", "GB", "TB"];

/**
 * Return a number as people read it, with as many digits as it needs.
 *
 * @param {number} value
 * @param {Intl.NumberFormatOptions} [options]
 */
export function showNumber(value, options) {
  return new Intl.NumberFormat(locale.value, { maximumFractionDigits: value < 10 ? 1 : 0, ...options }).format(value);
}

/** @param {number} value from 0 to 1 */
export function showShare(value) {
  return showNumber(value, { style: "percent", maximumFractionDigits: 0 });
}

/** @param {number} value */
export function showSeconds(value) {
  return `${showNumber(value, { maximumFractionDigits: value < 1 ? 2 : 1 })} s`;
}

/** @param {number} bytes */
export function showBytes(bytes) {
  const step = Math.max(0, Math.min(STEPS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${showNumber(bytes / 1000 ** step)} ${STEPS[step]}`;
}

/** @param {string | null} moment in ISO 8601 */
export function showMoment(moment) {
  if (moment === null) return "–";
  return new Intl.DateTimeFormat(locale.value, { dateStyle: "medium", timeStyle: "short" }).format(new Date(moment));
}
