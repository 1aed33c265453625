// @ts-check
import { html } from "../html.js";
import { chooseWide, isDark, Placed, useArt } from "./artwork.js";

/** @param {{shown: import("./artwork.js").Shown}} props */
export function BrowserTab({ shown }) {
  const small = useArt(shown, { layout: shown.design ? "symbol" : undefined, size: 32 });
  const wide = useArt(shown, { layout: chooseWide(shown.design) });
  const name = shown.design?.brand_name || shown.logo.generation.brief.brand_name || "…";
  const ground = wide?.ground ?? "#ffffff";
  const ink = isDark(ground) ? "#ffffff" : "#15171a";
  return html`<g>
    <path class="wall" d="M0 0H480V360H0Z" />
    <rect class="shade" x="34" y="50" width="412" height="340" rx="14" filter="url(#soft)" />
    <path class="chrome" d="M34 372V54A14 14 0 0 1 48 40H432A14 14 0 0 1 446 54V372Z" />
    <circle class="dot" cx="56" cy="61" r="5" /><circle class="dot" cx="73" cy="61" r="5" /><circle class="dot" cx="90" cy="61" r="5" />
    <path class="chrome-tab" d="M104 82C110 82 112 79 112 74V58A9 9 0 0 1 121 49H270A9 9 0 0 1 279 58V74C279 79 281 82 287 82Z" />
    <rect x="121" y="57" width="18" height="18" rx="4" fill=${small?.ground ?? "#ffffff"} />
    <${Placed} art=${small} x=${122} y=${58} width=${16} height=${16} />
    <text class="tab-title" x="146" y="70">${name.length > 16 ? `${name.slice(0, 15).trimEnd()}…` : name}</text>
    <path class="cross" d="M263 62l8 8m0-8l-8 8" />
    <rect class="other-tab" x="298" y="59" width="14" height="14" rx="4" /><rect class="other-tab" x="319" y="63" width="58" height="6" rx="3" />
    <path class="chrome-tab" d="M34 82H446V116H34Z" />
    <path class="arrows" d="M58 94l-5 5 5 5M76 94l5 5-5 5" />
    <rect class="address" x="98" y="88" width="326" height="22" rx="11" />
    <rect class="other-tab" x="114" y="96" width="104" height="6" rx="3" />
    <path fill=${ground} d="M34 116H446V372H34Z" />
    <${Placed} art=${wide} x=${58} y=${132} width=${150} height=${38} align="start" />
    <g fill=${ink} opacity="0.55"><rect x="300" y="148" width="34" height="6" rx="3" /><rect x="346" y="148" width="34" height="6" rx="3" /><rect x="392" y="148" width="30" height="6" rx="3" /></g>
    <g fill=${ink} opacity="0.88"><rect x="58" y="212" width="236" height="18" rx="4" /><rect x="58" y="240" width="168" height="18" rx="4" /></g>
    <g fill=${ink} opacity="0.32"><rect x="58" y="278" width="200" height="7" rx="3.500" /><rect x="58" y="294" width="180" height="7" rx="3.500" /></g>
    <rect x="58" y="322" width="92" height="26" rx="13" fill=${ink} />
    <rect x="318" y="204" width="104" height="150" rx="10" fill=${ink} opacity="0.08" />
  </g>`;
}
