// @ts-check
import { html } from "../html.js";
import { Placed, useArt } from "./artwork.js";

// The first screen of a phone: ours in the middle, the neighbours without content, cut off by the edges.
const SIDE = 124;
const STEP = 172;

/** @param {{shown: import("./artwork.js").Shown}} props */
export function AppIcon({ shown }) {
  const art = useArt(shown, { layout: "symbol" });
  const ground = art?.ground ?? "#ffffff";
  const [x, y] = [178, 84];
  return html`<g>
    <path class="screen" d="M0 0H480V360H0Z" />
    <path class="screen-glow" d="M0 0H480V120C360 190 150 60 0 170Z" />
    ${[-1, 0, 1].map((column) =>
      [-1, 0, 1].map((row) =>
        column || row
          ? html`<g key=${`${column} ${row}`}>
          <rect class="neighbour" x=${x + column * STEP} y=${y + row * 196} width=${SIDE} height=${SIDE} rx="29" />
          <rect class="neighbour" x=${x + column * STEP + 32} y=${y + row * 196 + SIDE + 15} width="60" height="8" rx="4" />
        </g>`
          : null,
      ),
    )}
    <rect class="shade" x=${x} y=${y + 6} width=${SIDE} height=${SIDE} rx="29" filter="url(#soft)" />
    <rect x=${x} y=${y} width=${SIDE} height=${SIDE} rx="29" fill=${ground} />
    <${Placed} art=${art} x=${x + 22} y=${y + 22} width=${SIDE - 44} height=${SIDE - 44} />
    <text class="caption" x=${x + SIDE / 2} y=${y + SIDE + 25} text-anchor="middle">${shorten(shown.design?.brand_name || shown.logo.generation.brief.brand_name)}</text>
  </g>`;
}

/** @param {string} name as much of it as phones show */
function shorten(name) {
  return name.length > 14 ? `${name.slice(0, 13).trimEnd()}…` : name;
}
