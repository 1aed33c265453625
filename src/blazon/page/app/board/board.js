// @ts-check
import { Chips } from "../brief/chips.js";
import { fromGeneration, toBody, wish } from "../brief/wish.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { draw, failure, hasEnded, steps } from "../live.js";
import { link } from "../route.js";
import { generation } from "../state.js";
import { t } from "../texts.js";
import { Card } from "./card.js";
import { Comparison } from "./compare.js";
import { GroundChoice } from "./ground_choice.js";
import { nameLogo, pins } from "./pins.js";
import { Coming, Status } from "./status.js";

/** @typedef {import("../types.js").Generation} Generation */

/** The candidates of a generation, after those that are pinned. */
export function Board() {
  const shown = generation.value;
  if (!shown) return failure.value ? html`<${Missing} />` : html`<p class="hint">${t("loading")}</p>`;
  const own = shown.candidates.map((candidate) => ({ generation: shown, number: candidate.number, candidate }));
  const pinned = pins.value.map((pin) => own.find((one) => nameLogo(one) === nameLogo(pin)) ?? pin);
  const kept = new Set(pinned.map(nameLogo));
  const all = [...pinned, ...own.filter((one) => !kept.has(nameLogo(one)))];
  return html`<${Chips} />
    <div class="bar">
      <${Status} generation=${shown} />
      <${GroundChoice} />
      <${DrawRest} generation=${shown} kept=${pinned.length} all=${all.length} />
    </div>
    <ul class="board" aria-label=${t("board.title")} aria-busy=${String(!hasEnded(shown.status))}>
      ${all.map((logo) => html`<li key=${nameLogo(logo)}><${Card} logo=${logo} /></li>`)}
      ${listComing(shown).map(
        (number) =>
          html`<li key=${`${shown.id}.${number}`}><${Coming} number=${number} step=${steps.value[number]} /></li>`,
      )}
    </ul>
    <${Comparison} logos=${all} />`;
}

/** @param {Generation} generation */
function listComing({ status, brief, candidates }) {
  if (hasEnded(status)) return [];
  const done = new Set(candidates.map(({ number }) => number));
  return Array.from({ length: brief.n }, (_, number) => number).filter((number) => !done.has(number));
}

/**
 * Draws other logos for the same brief; what is pinned stays, and takes places of theirs.
 *
 * @param {{generation: Generation, kept: number, all: number}} props
 */
function DrawRest({ generation: shown, kept, all }) {
  const drawRest = () => {
    const n = Math.max(1, all - kept);
    const brief = wish.value.prompt ? wish.value : fromGeneration(shown);
    draw({ ...toBody({ ...brief, seed: "" }), n });
  };
  return html`<button onClick=${drawRest} disabled=${!hasEnded(shown.status)}>
    <${Icon} name="again" />${t(kept > 0 ? "board.rest" : "board.others")}
  </button>`;
}

function Missing() {
  return html`<div class="empty">
    <a class="button" href=${link("/")}>${t("nav.make")}</a>
  </div>`;
}
