// @ts-check
import { loadPicture } from "../pictures.js";

/**
 * Where a logo is in its square, and what it stands on.
 *
 * @typedef {object} Measured
 * @property {string} address of the picture
 * @property {string} ground the colour around it, or empty where it has none or several
 * @property {number} wide share of the side; 0 where what is seen cannot be told from what it stands on
 * @property {number} high the same
 * @property {number} x offset to the middle, as a share of the side
 * @property {number} y
 */

/** Shape of a place for one logo: its width by its height; the style sheet has the same. */
export const PLACE = 4 / 3;

const SIDE = 96; // pixels of the square in which is measured
const WANTED = 0.56; // of the side: the square root of the area that a logo should take
const LARGEST = 0.84; // of the side, whatever its shape
const MOST_SCALED = 1.9;
const NOISE = 24; // difference of colours that is not yet ink

const MOST_KEPT = 400; // measures, by the address of the picture in memory

/** @type {Map<string, Promise<Measured>>} */
const measured = new Map();

/**
 * Load a logo and measure it.
 *
 * @param {string} path
 * @returns {Promise<Measured>}
 */
export async function measure(path) {
  const address = await loadPicture(path);
  const known = measured.get(address);
  if (known) return known;
  const coming = measurePicture(address);
  coming.catch(() => measured.delete(address));
  measured.set(address, coming);
  const oldest = measured.keys().next().value;
  if (measured.size > MOST_KEPT && oldest !== undefined) measured.delete(oldest);
  return coming;
}

/** @param {string} address */
async function measurePicture(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const unknown = { address, ground: "", wide: 0, high: 0, x: 0, y: 0 };
  if (!context) return unknown;
  context.drawImage(image, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return cornersAgree(data) ? { ...unknown, ...findMiddle(findInk(data)), ground: colourAt(data, 0) } : unknown;
}

/** @param {Uint8ClampedArray} data */
function cornersAgree(data) {
  return [SIDE - 1, SIDE * (SIDE - 1), SIDE * SIDE - 1].every((pixel) => difference(data, pixel) <= NOISE);
}

/**
 * @param {Uint8ClampedArray} data
 * @param {number} pixel
 */
function difference(data, pixel) {
  return [0, 1, 2, 3].reduce((sum, part) => sum + Math.abs(data[4 * pixel + part] - data[part]), 0);
}

/**
 * @param {Uint8ClampedArray} data
 * @param {number} pixel
 */
function colourAt(data, pixel) {
  const [red, green, blue, alpha] = data.slice(4 * pixel, 4 * pixel + 4);
  return alpha === 0 ? "" : `rgb(${red} ${green} ${blue})`;
}

/**
 * Return the box of what differs from the ground, in shares of the side.
 *
 * @param {Uint8ClampedArray} data
 */
function findInk(data) {
  const box = { left: SIDE, top: SIDE, right: 0, bottom: 0 };
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    if (difference(data, pixel) <= NOISE) continue;
    const x = pixel % SIDE;
    const y = Math.floor(pixel / SIDE);
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  }
  return box;
}

/** @param {{left: number, top: number, right: number, bottom: number}} box */
function findMiddle({ left, top, right, bottom }) {
  if (right <= left || bottom <= top) return {};
  return {
    wide: (right - left) / SIDE,
    high: (bottom - top) / SIDE,
    x: 0.5 - (left + right) / (2 * SIDE),
    y: 0.5 - (top + bottom) / (2 * SIDE),
  };
}

/**
 * Return how a picture is shown, so that all logos look equally large and stand in the middle.
 *
 * @param {Measured} measured
 * @param {number} shape of the place: its width by its height, the height being the side of the picture
 */
export function fit({ wide, high, x, y }, shape = 1) {
  if (wide === 0) return undefined;
  const wanted = (WANTED * Math.sqrt(shape)) / Math.sqrt(wide * high);
  const scale = Math.min(wanted, (LARGEST * shape) / wide, LARGEST / high, MOST_SCALED);
  return { transform: `scale(${scale}) translate(${100 * x}%, ${100 * y}%)` };
}
