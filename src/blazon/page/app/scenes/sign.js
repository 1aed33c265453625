// @ts-check
import { html } from "../html.js";
import { chooseWide, isDark, Placed, useArt } from "./artwork.js";

/** @param {{shown: import("./artwork.js").Shown}} props */
export function ShopSign({ shown }) {
  const wide = useArt(shown, { layout: chooseWide(shown.design) });
  const mark = useArt(shown, { layout: shown.design ? "symbol" : undefined });
  const ground = wide?.ground ?? "#ffffff";
  const stripe = shown.colouring === "black" ? "#1c1c1e" : (shown.design?.colours.mark ?? "#3a3d42");
  const awning =
    stripe === ground || isDark(stripe) === isDark(ground) ? (isDark(ground) ? "#f4f1ea" : "#33363b") : stripe;
  const between = isWhite(awning) ? "#cfc9bc" : "#faf8f3";
  return html`<g>
    <path class="wall" d="M0 0H480V360H0Z" />
    <path class="course" d="M0 26H480M0 52H480M0 338H480" />
    <path class="pavement" d="M0 342H480V360H0Z" />
    <path class="frame" d="M56 146H424V342H56Z" />
    <path class="glass" d="M70 190H286V318H70ZM306 190H410V342H306Z" />
    <path class="glint" d="M70 300L176 190H214L86 318H70ZM306 268L382 190H402L306 290Z" />
    <circle class="knob" cx="318" cy="272" r="4" />
    <g class="sill"><rect x="84" y="286" width="40" height="32" rx="2" /><rect x="134" y="270" width="34" height="48" rx="2" /><rect x="228" y="280" width="46" height="38" rx="2" /></g>
    <path class="shade" d="M44 148H436V160H44Z" filter="url(#soft)" />
    <path class="board-edge" d="M44 140H436V150H44Z" />
    <path fill=${ground} d="M44 66H436V142H44Z" />
    <path class="board-line" d="M44 66H436V142H44Z" />
    <${Placed} art=${wide} x=${78} y=${78} width=${324} height=${52} />
    <path class="shade" d="M70 192H286L280 206H76Z" opacity="0.6" />
    ${Array.from({ length: 9 }, (_, place) => {
      const [left, low] = [62 + place * 26, 58 + place * 27];
      return html`<path key=${place} fill=${place % 2 ? between : awning} d=${`M${left + 2} 150H${left + 28}L${low + 27} 196A13.500 10 0 0 1 ${low} 196Z`} />`;
    })}
    <path class="bracket" d="M8 178H44M14 178V190M38 178V190" />
    <circle class="shade" cx="27" cy="218" r="24" filter="url(#soft)" />
    <circle cx="26" cy="213" r="24" fill=${ground} /><circle class="board-line" cx="26" cy="213" r="24" />
    <${Placed} art=${mark} x=${12} y=${199} width=${28} height=${28} />
  </g>`;
}

/** @param {string} colour as `#rrggbb`, whether white beside it cannot be seen */
function isWhite(colour) {
  return [1, 3, 5].every((place) => Number.parseInt(colour.slice(place, place + 2), 16) > 225);
}
