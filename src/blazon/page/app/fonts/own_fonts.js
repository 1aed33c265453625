// @ts-check
import { signal } from "../../vendor/signals.js";
import { RequestFailed, requestJson } from "../api.js";

/**
 * A font of the user's own, as `GET /v1/fonts` has it.
 *
 * @typedef {object} OwnFont
 * @property {string} id
 * @property {string} font by which briefs and designs have it
 * @property {string} family
 * @property {string[]} warnings
 * @property {string} svg a text in it; empty where it lacks letters
 * @property {string[]} missing those that it lacks
 */

/** The fonts that the server keeps, once they are known. */
export const ownFonts = signal(/** @type {OwnFont[]} */ ([]));

/** Why a font could not be had, or null. */
export const fontFailure = signal(/** @type {RequestFailed | null} */ (null));

/**
 * Return what people call a family: an uploaded one without what tells it apart.
 *
 * @param {string} family
 */
export function titleOfFamily(family) {
  return family.replace(/ #[0-9a-f]{28}$/, "");
}

/**
 * Ask for all fonts, with a text set in each.
 *
 * @param {string} text
 */
export function loadFonts(text) {
  return attempt(async () => {
    ownFonts.value = (await requestJson(`/v1/fonts?${sample(text)}`)).data;
  });
}

/**
 * Bring a font along.
 *
 * @param {File} file
 * @param {string} text that is set in it
 * @returns {Promise<OwnFont | null>} null where it was refused; `fontFailure` says why
 */
export async function addFont(file, text) {
  /** @type {OwnFont | null} */
  let added = null;
  await attempt(async () => {
    const found = await requestJson(`/v1/fonts?${sample(text)}`, { method: "POST", body: file });
    added = found;
    ownFonts.value = [found, ...ownFonts.value.filter(({ id }) => id !== found.id)];
  });
  return added;
}

/** @param {OwnFont} font */
export function removeFont({ id }) {
  return attempt(async () => {
    await requestJson(`/v1/fonts/${id}`, { method: "DELETE" }).catch((error) => {
      if (error.status !== 404) throw error; // another tab was quicker
    });
    ownFonts.value = ownFonts.value.filter((one) => one.id !== id);
  });
}

/** @param {string} text */
function sample(text) {
  return new URLSearchParams({ text: [...text].slice(0, 80).join("") }).toString();
}

/** @param {() => Promise<void>} work */
async function attempt(work) {
  fontFailure.value = null;
  try {
    await work();
  } catch (error) {
    fontFailure.value = error instanceof RequestFailed ? error : new RequestFailed(0, "");
  }
}
