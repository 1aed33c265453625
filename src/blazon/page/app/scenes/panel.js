// @ts-check
import { useState } from "../../vendor/hooks.js";
import { useDrawing } from "../design/drawing.js";
import { Choice } from "../design/section.js";
import { shown as changed, useSession } from "../design/session.js";
import { html } from "../html.js";
import { filePath } from "../pictures.js";
import { Said } from "../sentences.js";
import { revision } from "../state.js";
import { t } from "../texts.js";
import { BusinessCard } from "./card.js";
import { AppIcon } from "./icon.js";
import { Shirt } from "./shirt.js";
import { filterOf, SIGHTS, SightFilters } from "./sight.js";
import { ShopSign } from "./sign.js";
import { BrowserTab } from "./tab.js";

const SCENES = /** @type {const} */ ({
  card: BusinessCard,
  icon: AppIcon,
  tab: BrowserTab,
  sign: ShopSign,
  shirt: Shirt,
});
const COLOURINGS = /** @type {const} */ (["colour", "inverse", "black"]);

/**
 * A logo where it is used, and what whoever uses it should know.
 *
 * @param {{logo: import("../types.js").Logo}} props
 */
export function ScenesPanel({ logo }) {
  useSession(logo);
  const [colouring, setColouring] = useState(/** @type {(typeof COLOURINGS)[number]} */ ("colour"));
  const [sight, setSight] = useState("all");
  const design = /** @type {import("../design/types.js").Design | null} */ (
    changed.value?.design ?? logo.candidate.design
  );
  const shown = { logo, revision: revision.value, colouring: design ? colouring : "colour", design };
  const { failed } = useDrawing(filePath(logo, { revision: revision.value, background: "opaque", metadata: "none" }));
  const warned = (changed.value ?? logo.candidate).warnings.length > 0; // whoever is warned is so before they look
  return html`<div class="scenes">
    <${SightFilters} />
    <div class="scene-choices">
      ${
        design &&
        html`<${Choice}
          label=${t("take.colouring")}
          value=${colouring}
          options=${COLOURINGS.map((one) => ({ value: one, label: t(/** @type {any} */ (`take.variant_${one}`)) }))}
          onChoose=${setColouring}
        />`
      }
      <label class="field">
        <span>${t("scenes.sight")}</span>
        <select value=${sight} onChange=${(/** @type {any} */ event) => setSight(event.currentTarget.value)}>
          ${["all", ...Object.keys(SIGHTS)].map((one) => html`<option key=${one} value=${one}>${t(/** @type {any} */ (`scenes.sight_${one}`))}</option>`)}
        </select>
      </label>
    </div>
    ${warned && html`<${Advice} logo=${logo} />`}
    ${failed && html`<p class="notice mild">${t("scenes.as_picture")}</p>`}
    <div class="scene-list">
      ${Object.entries(SCENES).map(
        ([name, Scene]) => html`<figure key=${name} class="scene">
          <svg viewBox="0 0 480 360" role="img" aria-label=${t("scenes.picture_of", { scene: t(/** @type {any} */ (`scenes.${name}`)) })}>
            <g filter=${filterOf(sight)}><${Scene} shown=${shown} /></g>
          </svg>
          <figcaption>${t(/** @type {any} */ (`scenes.${name}`))}</figcaption>
        </figure>`,
      )}
    </div>
    ${!warned && html`<${Advice} logo=${logo} />`}
  </div>`;
}

/** @param {{logo: import("../types.js").Logo}} props */
function Advice({ logo }) {
  const { warnings, credits } = changed.value ?? logo.candidate;
  return html`<section class="advice" aria-labelledby="advice-title">
    <h3 id="advice-title">${t("scenes.advice")}</h3>
    ${
      warnings.length
        ? html`<ul class="warnings">${warnings.map((one) => html`<li key=${one}><${Said} text=${one} /></li>`)}</ul>`
        : html`<p>${t("scenes.no_warnings")}</p>`
    }
    <p class="hint">${t("scenes.no_search")}</p>
    ${credits.length > 0 && html`<p>${t("scenes.credits")}</p><ul>${credits.map((one) => html`<li key=${one}>${one}</li>`)}</ul>`}
  </section>`;
}
