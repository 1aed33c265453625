// @ts-check
import { html } from "../html.js";
import { isDark, Placed, useArt } from "./artwork.js";

/** @param {{shown: import("./artwork.js").Shown}} props */
export function Shirt({ shown }) {
  const art = useArt(shown);
  const ground = art?.ground ?? "#ffffff";
  const dark = isDark(ground);
  return html`<g>
    <path class="wall" d="M0 0H480V360H0Z" />
    <path class="shade" filter="url(#soft)" d=${BODY} transform="translate(3 9)" />
    <path fill=${ground} d=${BODY} />
    <g fill=${dark ? "#ffffff" : "#1b1d21"} opacity=${dark ? "0.06" : "0.045"}>
      <path d="M140 172C150 214 148 300 142 372H133C135 300 138 230 136 170Z" />
      <path d="M340 172C330 214 332 300 338 372H347C345 300 342 230 344 170Z" />
      <path d="M138 152L136 168L90 204L85 192Z" />
      <path d="M342 150L344 168L390 204L395 192Z" />
    </g>
    <g class="seam" stroke=${dark ? "#ffffff" : "#1b1d21"}>
      <path d="M196 24C206 58 274 58 284 24" /><path d="M187 27C202 72 278 72 293 27" />
      <path d="M148 52C138 92 136 122 138 152M332 52C342 92 344 122 342 152" />
      <path d="M58 146L85 192M422 146L395 192" />
    </g>
    <${Placed} art=${art} x=${168} y=${92} width=${144} height=${136} />
  </g>`;
}

const BODY =
  "M190 22C205 60 275 60 290 22C306 27 322 36 336 46C352 58 366 74 378 92L430 158L390 204L344 168C342 230 346 310 348 380H132C134 310 138 230 136 168L90 204L50 158L102 92C114 74 128 58 144 46C158 36 174 27 190 22Z";
