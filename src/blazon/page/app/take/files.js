// @ts-check
import { request } from "../api.js";
import { filePath } from "../pictures.js";

/** @typedef {import("../types.js").Logo} Logo */

/**
 * What of a logo is taken.
 *
 * @typedef {object} Choice
 * @property {number} revision
 * @property {string} layout empty for its own
 * @property {"colour" | "inverse" | "black" | "white"} variant
 * @property {boolean} transparent
 * @property {number} size side in pixels
 */

/** @typedef {"svg" | "png" | "pdf"} Form */

/**
 * Return the path of a file.
 *
 * @param {Logo} logo
 * @param {Choice} choice
 * @param {Form} form
 */
export function pathOf(logo, { revision, layout, variant, transparent, size }, form) {
  const background = transparent ? "transparent" : "opaque";
  const options = { revision, layout, variant: variant === "colour" ? "" : variant, background };
  return filePath(logo, form === "png" ? { ...options, size } : options, /** @type {any} */ (form));
}

/**
 * Return the path of everything in one zip.
 *
 * @param {Logo} logo
 * @param {number} revision
 */
export function kitPath({ generation, number }, revision) {
  return `/v1/logos/${generation.id}/${number}/kit.zip${revision ? `?revision=${revision}` : ""}`;
}

/**
 * Return the name of a file.
 *
 * @param {string} name of the brand
 * @param {Choice} choice
 * @param {Form} form
 */
export function fileName(name, { layout, variant, size }, form) {
  const parts = [slugOf(name), layout, variant === "colour" ? "" : variant, form === "png" ? String(size) : ""];
  return `${parts.filter(Boolean).join("-")}.${form}`;
}

/** @param {string} text */
export function slugOf(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return (
    plain
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 60) || "logo"
  );
}

/**
 * Fetch a file, with the key where there is one, and hand it to the browser to be saved.
 *
 * @param {string} path
 * @param {string} name for a file that the server does not name
 * @returns {Promise<string>} the name under which it is saved
 */
export async function download(path, name) {
  const answer = await request(path, { patience: 310_000 }); // a kit takes its time, and the server has five minutes
  const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? name;
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = named;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return named;
}
