// @ts-check
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { link } from "../route.js";
import { t } from "../texts.js";
import { compared, toggleCompared } from "./compare.js";
import { ground } from "./grounds.js";
import { describe, LogoPicture, SmallSizes } from "./logo_picture.js";
import { MoreLikeThis } from "./more_like_this.js";
import { isPinned, nameLogo, togglePin } from "./pins.js";

/**
 * One finished logo on the board.
 *
 * @param {{logo: import("../types.js").Logo}} props
 */
export function Card({ logo }) {
  const pinned = isPinned(logo);
  const inComparison = compared.value.includes(nameLogo(logo));
  const what = { number: logo.number + 1 };
  return html`<article class=${pinned ? "card pinned" : "card"} aria-label=${describe(logo)}>
    <a href=${link(`/logos/${logo.generation.id}/${logo.number}`)} title=${logo.candidate.why}>
      <${LogoPicture} logo=${logo} ground=${ground.value} />
    </a>
    <div class="row">
      <${SmallSizes} logo=${logo} ground=${ground.value} />
      <button
        class="plain icon"
        aria-pressed=${String(pinned)}
        aria-label=${t("board.pin", what)}
        title=${t("board.pin.why")}
        onClick=${() => togglePin(logo)}
      >
        <${Icon} name="pin" />
      </button>
      <button
        class="plain icon"
        aria-pressed=${String(inComparison)}
        aria-label=${t("board.compare", what)}
        title=${t("board.compare.why")}
        onClick=${() => toggleCompared(logo)}
      >
        <${Icon} name="compare" />
      </button>
      <${MoreLikeThis} logo=${logo} />
    </div>
  </article>`;
}
