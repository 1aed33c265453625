// @ts-check
import { useEffect, useState } from "../../vendor/hooks.js";
import { requestJson } from "../api.js";
import { html } from "../html.js";
import { readDrawing, showNodes } from "./drawing.js";

/** Milliseconds after a change before alternatives are drawn anew: another change may follow, and comes first. */
const PAUSE = 300;

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
    const ask = () =>
      requestJson(path, { signal: leaving.signal }).then(
        ({ data }) => setState({ found: data, failed: null }),
        (error) => leaving.signal.aborted || setState({ found: null, failed: error.message }),
      );
    const waiting = setTimeout(ask, state.found ? PAUSE : 0);
    return () => {
      clearTimeout(waiting);
      leaving.abort();
    };
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
 * Return the SVGs of designs that no logo has; "" while one is not there, null where it cannot be drawn. Those before
 * stay meanwhile.
 *
 * @param {Record<string, any>[]} designs
 * @returns {(string | null)[]}
 */
export function useSamples(designs) {
  const name = JSON.stringify(designs);
  const [state, setState] = useState(/** @type {(string | null)[]} */ ([]));
  useEffect(() => {
    let wanted = true;
    const ask = async () => {
      const svgs = await Promise.all(designs.map((design) => drawDesign(design).catch(() => null)));
      if (wanted) setState(svgs);
    };
    const waiting = setTimeout(ask, state.length > 0 ? PAUSE : 0);
    return () => {
      wanted = false;
      clearTimeout(waiting);
    };
  }, [name]);
  return state.length === designs.length ? state : designs.map(() => "");
}

/** @param {{svg: string}} props an SVG of the server; empty while there is none */
export function Sample({ svg }) {
  if (!svg) return html`<span class="sample waiting" aria-hidden="true"></span>`;
  const { box, nodes } = readDrawing(svg);
  const style = { background: nodes[0]?.attributes.fill };
  return html`<svg class="sample" style=${style} viewBox=${box.join(" ")} aria-hidden="true">${showNodes(nodes)}</svg>`;
}
