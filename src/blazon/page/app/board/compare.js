// @ts-check
import { computed } from "../../vendor/signals.js";
import { Dialog } from "../dialog.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { link, route, setParams } from "../route.js";
import { t } from "../texts.js";
import { GroundChoice } from "./ground_choice.js";
import { ground } from "./grounds.js";
import { describe, LogoPicture, SmallSizes } from "./logo_picture.js";
import { nameLogo } from "./pins.js";

/** @typedef {import("../types.js").Logo} Logo */

/** The names of the logos that are compared, at most two; they are in the address. */
export const compared = computed(() => (route.value.params.compare ?? "").split(",").filter(Boolean).slice(0, 2));

/** @param {Logo} logo */
export function toggleCompared(logo) {
  const name = nameLogo(logo);
  const others = compared.value.filter((one) => one !== name);
  const now = others.length < compared.value.length ? others : [...others.slice(-1), name];
  setParams({ compare: now.join(",") }, { replace: now.length < 2 });
}

/**
 * Two logos side by side, as soon as two are chosen.
 *
 * @param {{logos: Logo[]}} props all that are on the board
 */
export function Comparison({ logos }) {
  const two = compared.value
    .map((name) => logos.find((one) => nameLogo(one) === name))
    .filter((one) => one !== undefined);
  if (two.length < 2) return null;
  const close = () => setParams({ compare: null }, { replace: true });
  return html`<${Dialog} label=${t("compare.title")} class="compare" onClose=${close}>
    <div class="row head">
      <h2>${t("compare.title")}</h2>
      <${GroundChoice} name="compare-ground" />
      <button class="plain icon" aria-label=${t("close")} title=${t("close")} onClick=${close}><${Icon} name="close" /></button>
    </div>
    <div class="two">
      ${two.map(
        (logo) =>
          html`<figure key=${nameLogo(logo)}>
            <${LogoPicture} logo=${logo} ground=${ground.value} />
            <figcaption>
              <${SmallSizes} logo=${logo} ground=${ground.value} />
              <a class="button" href=${link(`/logos/${logo.generation.id}/${logo.number}`)} aria-label=${t("compare.take", { logo: describe(logo) })}>
                ${t("compare.choose")}
              </a>
            </figcaption>
          </figure>`,
      )}
    </div>
  <//>`;
}
