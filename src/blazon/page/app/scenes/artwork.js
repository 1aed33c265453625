// @ts-check
import { useEffect, useState } from "../../vendor/hooks.js";
import { measureInk, showNodes, useDrawing } from "../design/drawing.js";
import { isRectangle } from "../design/parts.js";
import { html } from "../html.js";
import { filePath, loadPicture } from "../pictures.js";

/**
 * What scenes show: a logo in a colouring.
 *
 * @typedef {object} Shown
 * @property {import("../types.js").Logo} logo
 * @property {number} revision
 * @property {"colour" | "inverse" | "black"} colouring
 * @property {import("../design/types.js").Design | null} design null for a painted one without
 *
 * What is put into a scene: outlines without their ground, or the address of a picture.
 *
 * @typedef {object} Art
 * @property {import("../design/drawing.js").DrawnNode[]} nodes
 * @property {string} picture empty where there are outlines
 * @property {[number, number, number, number]} box of what is seen: x, y, width, height
 * @property {string} ground the colour that it is made for
 */

/**
 * The logo for a scene; null until it is there.
 *
 * @param {Shown} shown
 * @param {{layout?: string, variant?: string, size?: number}} [options] else its own layout, in the colouring shown
 * @returns {Art | null}
 */
export function useArt({ logo, revision, colouring, design }, { layout, variant = colouring, size } = {}) {
  const own = !design || layout === design.layout;
  const options = {
    revision,
    variant: variant === "colour" ? undefined : variant,
    layout: own ? undefined : layout,
    size,
  };
  const { drawing, failed } = useDrawing(filePath(logo, { ...options, background: "opaque", metadata: "none" }));
  const picture = usePicture(failed ? filePath(logo, { revision, background: "transparent" }, "png") : null);
  if (picture) return { nodes: [], picture, box: [0, 0, 1024, 1024], ground: "#ffffff" };
  if (!drawing) return null;
  const paper = drawing.nodes.find((node) => isRectangle(node.attributes.d));
  const nodes = drawing.nodes.filter((node) => node !== paper);
  return { nodes, picture: "", box: measureInk(nodes) ?? drawing.box, ground: paper?.attributes.fill ?? "#ffffff" };
}

/** @param {string | null} path */
function usePicture(path) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    let wanted = true;
    if (path === null) setAddress("");
    else
      loadPicture(path).then(
        (found) => wanted && setAddress(found),
        () => wanted && setAddress(""),
      );
    return () => {
      wanted = false;
    };
  }, [path]);
  return address;
}

/**
 * The logo, as large as it fits into a box of a scene.
 *
 * @param {{art: Art | null, x: number, y: number, width: number, height: number, align?: "start" | "middle"}} props
 */
export function Placed({ art, x, y, width, height, align = "middle" }) {
  if (!art) return html`<g class="awaited" />`;
  const [inkX, inkY, inkWidth, inkHeight] = art.box;
  const scale = Math.min(width / inkWidth, height / inkHeight);
  const left = align === "start" ? x : x + (width - inkWidth * scale) / 2;
  const top = y + (height - inkHeight * scale) / 2;
  if (art.picture)
    return html`<image href=${art.picture} x=${left} y=${top} width=${inkWidth * scale} height=${inkHeight * scale} />`;
  return html`<g transform=${`translate(${left - inkX * scale} ${top - inkY * scale}) scale(${scale})`}>${showNodes(art.nodes)}</g>`;
}

/**
 * Return the layout that suits a wide place.
 *
 * @param {import("../design/types.js").Design | null} design
 */
export function chooseWide(design) {
  if (!design?.brand_name) return design?.layout;
  return design.mark ? "horizontal" : "wordmark";
}

/** @param {string} colour as `#rrggbb` */
export function isDark(colour) {
  const [red, green, blue] = [1, 3, 5].map((place) => Number.parseInt(colour.slice(place, place + 2), 16));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
}
