// @ts-check
import { useEffect, useState } from "../../vendor/hooks.js";
import { requestJson } from "../api.js";
import { html } from "../html.js";
import { readDrawing, showNodes } from "./drawing.js";

/**
 * Ask for a list of alternatives, anew whenever the address changes; those before stay meanwhile.
 *
 * @param {string} path
 * @returns {{found: any[] | null, failed: string | null}}
 */
export function useAlternatives(path) {
  const [state, setState] = useState(
    /** @type {{found: any[] | null, failed: string | null}} */ ({ found: null, failed: null }),
  );
  useEffect(() => {
    const leaving = new AbortController();
    requestJson(path, { signal: leaving.signal }).then(
      ({ data }) => setState({ found: data, failed: null }),
      (error) => leaving.signal.aborted || setState({ found: null, failed: error.message }),
    );
    return () => leaving.abort();
  }, [path]);
  return state;
}

/** @type {Map<string, Promise<string>>} */
const drawn = new Map();

/**
 * Return the SVG of a design that no logo has.
 *
 * @param {Record<string, any>} design
 * @returns {Promise<string>}
 */
function drawDesign(design) {
  const name = JSON.stringify(design);
  const known = drawn.get(name);
  if (known) return known;
  const coming = requestJson("/v1/designs", { method: "POST", body: design }).then(({ svg }) => svg);
  coming.catch(() => drawn.delete(name));
  drawn.set(name, coming);
  const oldest = drawn.keys().next().value;
  if (drawn.size > 100 && oldest !== undefined) drawn.delete(oldest);
  return coming;
}

/**
 * A small picture of a design that no logo has; nothing where it cannot be drawn.
 *
 * @param {{design: Record<string, any>}} props
 */
export function DesignSample({ design }) {
  const [svg, setSvg] = useState("");
  const name = JSON.stringify(design);
  useEffect(() => {
    let wanted = true;
    drawDesign(design).then(
      (text) => wanted && setSvg(text),
      () => wanted && setSvg(""),
    );
    return () => {
      wanted = false;
    };
  }, [name]);
  return html`<${Sample} svg=${svg} />`;
}

/** @param {{svg: string}} props an SVG of the server; empty while there is none */
export function Sample({ svg }) {
  if (!svg) return html`<span class="sample waiting" aria-hidden="true"></span>`;
  const { box, nodes } = readDrawing(svg);
  return html`<svg class="sample" viewBox=${box.join(" ")} aria-hidden="true">${showNodes(nodes)}</svg>`;
}
