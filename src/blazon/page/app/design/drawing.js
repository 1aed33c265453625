// @ts-check

import { useEffect, useState } from "../../vendor/hooks.js";
import { h } from "../../vendor/preact.js";
import { readPicture } from "../pictures.js";

/**
 * An SVG of the server as plain data, of which only known elements and attributes are kept.
 *
 * @typedef {{tag: string, attributes: Record<string, string>, children: DrawnNode[]}} DrawnNode
 * @typedef {{box: [number, number, number, number], nodes: DrawnNode[]}} Drawing
 */

/** @type {Record<string, string[]>} */
const KEPT = {
  path: ["d", "fill", "fill-rule", "transform"],
  g: ["fill", "transform"],
  rect: ["x", "y", "width", "height", "fill"],
  defs: [],
  linearGradient: ["id", "x1", "y1", "x2", "y2", "gradientUnits", "gradientTransform"],
  stop: ["offset", "stop-color"],
};
const PLAIN = /^(?!.*(url|javascript|data):?\()[\w\s#.,%()+-]*$/i;
const GRADIENT = /^url\(#[\w-]+\)$/;
const MOST_KEPT = 200;

/** @type {Map<string, Promise<Drawing>>} */
const loaded = new Map();

/** Those that are there. @type {Map<string, Drawing>} */
const ready = new Map();

/**
 * Return what an SVG shows.
 *
 * @param {string} text
 * @returns {Drawing}
 * @throws {Error} it is none
 */
export function readDrawing(text) {
  const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  const box = (root.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  if (root.localName !== "svg" || box.length !== 4 || !hasArea(box)) throw new Error("not an SVG");
  return { box: /** @type {Drawing["box"]} */ (box), nodes: readNodes(root) };
}

/**
 * @param {Element} parent
 * @returns {DrawnNode[]}
 */
function readNodes(parent) {
  return [...parent.children]
    .filter((element) => Object.hasOwn(KEPT, element.localName))
    .map((element) => ({
      tag: element.localName,
      attributes: readAttributes(element),
      children: readNodes(element),
    }));
}

/** @param {Element} element */
function readAttributes(element) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const name of KEPT[element.localName]) {
    const value = element.getAttribute(name);
    if (value !== null && (PLAIN.test(value) || GRADIENT.test(value))) found[name] = value;
  }
  return found;
}

/**
 * Fetch an SVG; each is fetched once.
 *
 * @param {string} path
 * @returns {Promise<Drawing>}
 */
export function loadDrawing(path) {
  const known = loaded.get(path);
  if (known) return known;
  const coming = readPicture(path).then(readDrawing);
  coming.then(
    (drawing) => ready.set(path, drawing),
    () => loaded.delete(path),
  );
  loaded.set(path, coming);
  const oldest = loaded.keys().next().value;
  if (loaded.size > MOST_KEPT && oldest !== undefined) {
    loaded.delete(oldest);
    ready.delete(oldest);
  }
  return coming;
}

/**
 * The drawing at a path; the one before stays until the next is there.
 *
 * @param {string | null} path null for none
 * @returns {{drawing: Drawing | null, failed: boolean}}
 */
export function useDrawing(path) {
  const [found, setFound] = useState(
    /** @type {{drawing: Drawing | null, failed: boolean}} */ ({ drawing: null, failed: false }),
  );
  useEffect(() => {
    let wanted = path !== null;
    if (path === null) setFound({ drawing: null, failed: false });
    else
      loadDrawing(path).then(
        (drawing) => wanted && setFound({ drawing, failed: false }),
        () => wanted && setFound({ drawing: null, failed: true }),
      );
    return () => {
      wanted = false;
    };
  }, [path]);
  const known = path === null ? undefined : ready.get(path);
  return known ? { drawing: known, failed: false } : found;
}

/**
 * Return nodes as elements.
 *
 * @param {DrawnNode[]} nodes
 * @param {(node: DrawnNode, place: number) => Record<string, unknown>} [more] further attributes, by the place
 * @returns {import("../../vendor/preact.js").VNode<any>[]}
 */
export function showNodes(nodes, more = () => ({})) {
  return nodes.map((node, place) =>
    h(node.tag, { key: place, ...node.attributes, ...more(node, place) }, showNodes(node.children)),
  );
}

/**
 * Return the box of what is filled: of the corner and control points of its outlines.
 *
 * @param {DrawnNode[]} nodes
 * @returns {[number, number, number, number] | null} x, y, width, height; null where nothing is, or that cannot be told
 */
export function measureInk(nodes) {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { tag, attributes } of nodes) {
    if (tag === "defs" || tag === "linearGradient") continue;
    const outline = attributes.d ?? "";
    // Other commands have numbers that are no points, and what is moved lies elsewhere.
    if (tag !== "path" || attributes.transform || !/^[\d\s,.eE+MLCQTSZz-]*$/.test(outline)) return null;
    const numbers = (outline.match(/[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/gi) ?? []).map(Number);
    for (let place = 0; place + 1 < numbers.length; place += 2) {
      left = Math.min(left, numbers[place]);
      right = Math.max(right, numbers[place]);
      top = Math.min(top, numbers[place + 1]);
      bottom = Math.max(bottom, numbers[place + 1]);
    }
  }
  const box = /** @type {Drawing["box"]} */ ([left, top, right - left, bottom - top]);
  return hasArea(box) ? box : null;
}

/** @param {number[]} box whether it can be scaled to another one */
function hasArea(box) {
  return box.every(Number.isFinite) && box[2] > 0 && box[3] > 0;
}
