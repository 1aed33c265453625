// @ts-check
import { html } from "../html.js";
import { chooseWide, isDark, Placed, useArt } from "./artwork.js";

// 85 x 55 mm.
const [WIDTH, HEIGHT] = [272, 176];

/** @param {{shown: import("./artwork.js").Shown}} props */
export function BusinessCard({ shown }) {
  const other = shown.colouring === "inverse" ? "colour" : shown.colouring === "black" ? "white" : "inverse";
  const front = useArt(shown, { layout: chooseWide(shown.design) });
  const back = useArt(shown, { layout: shown.design ? "symbol" : undefined, variant: shown.design ? other : "colour" });
  const ground = front?.ground ?? "#ffffff";
  const ink = isDark(ground) ? "#ffffff" : "#15171a";
  return html`<g>
    <path class="wall" d="M0 0H480V360H0Z" />
    <g transform="translate(186 30) rotate(4)">
      <rect class="shade" x="2" y="9" width=${WIDTH} height=${HEIGHT} rx="5" filter="url(#soft)" />
      <rect width=${WIDTH} height=${HEIGHT} rx="5" fill=${other === "white" ? "#111111" : (back?.ground ?? "#1c1c1e")} />
      <${Placed} art=${back} x=${122} y=${22} width=${72} height=${72} />
    </g>
    <g transform="translate(26 168) rotate(-3)">
      <rect class="shade" x="2" y="10" width=${WIDTH} height=${HEIGHT} rx="5" filter="url(#soft)" />
      <rect width=${WIDTH} height=${HEIGHT} rx="5" fill=${ground} />
      <${Placed} art=${front} x=${24} y=${26} width=${172} height=${62} align="start" />
      <g fill=${ink}>
        <rect x="24" y="118" width="74" height="7" rx="2" opacity="0.85" />
        <rect x="24" y="132" width="48" height="5" rx="2" opacity="0.45" />
        <rect x="24" y="147" width="92" height="5" rx="2" opacity="0.45" />
        <rect x="176" y="132" width="72" height="5" rx="2" opacity="0.45" />
        <rect x="196" y="147" width="52" height="5" rx="2" opacity="0.45" />
      </g>
    </g>
  </g>`;
}
