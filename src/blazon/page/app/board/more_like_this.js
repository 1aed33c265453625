// @ts-check
import { useRef } from "../../vendor/hooks.js";
import { fromGeneration, toBody, wish } from "../brief/wish.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { draw } from "../live.js";
import { t } from "../texts.js";

const PARTS = /** @type {const} */ (["mark", "type", "colours"]);

/**
 * A menu that draws more like a logo: what is kept of it is chosen.
 *
 * @param {{logo: import("../types.js").Logo}} props
 */
export function MoreLikeThis({ logo }) {
  const menu = useRef(/** @type {HTMLDetailsElement | null} */ (null));
  const { generation, number, candidate } = logo;
  const close = () => {
    if (menu.current) menu.current.open = false;
  };
  const vary = (/** @type {string} */ part) => {
    close();
    draw({ keep: [part], n: wish.value.n }, `/v1/logos/${generation.id}/${number}/variations`);
  };
  const again = () => {
    close();
    draw(toBody({ ...fromGeneration(generation), seed: "" }));
  };
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !menu.current?.open) return;
    close();
    menu.current.querySelector("summary")?.focus();
  };
  const leave = (/** @type {FocusEvent} */ event) => {
    if (!menu.current?.contains(/** @type {Node | null} */ (event.relatedTarget))) close();
  };
  return html`<details class="menu" ref=${menu} onKeyDown=${press} onFocusOut=${leave}>
    <summary class="plain icon" aria-label=${t("board.more", { number: number + 1 })} title=${t("board.more.why")}>
      <${Icon} name="more" />
    </summary>
    <div class="items">
      ${
        candidate.design === null
          ? html`<button class="plain" onClick=${again}>${t("board.more.again")}</button>`
          : PARTS.map(
              (part) =>
                html`<button key=${part} class="plain" onClick=${() => vary(part)}>${t(`board.more.${part}`)}</button>`,
            )
      }
    </div>
  </details>`;
}
