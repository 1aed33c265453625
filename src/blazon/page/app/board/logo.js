// @ts-check
import { useEffect } from "../../vendor/hooks.js";
import { RequestFailed } from "../api.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { lazy } from "../lazy.js";
import { failure, hasEnded } from "../live.js";
import { FailureNotice } from "../notice.js";
import { link, route, setParams } from "../route.js";
import { generation, logo, revision, titleOf, trial } from "../state.js";
import { t } from "../texts.js";
import { GroundChoice } from "./ground_choice.js";
import { ground } from "./grounds.js";
import { describe, LogoPicture, SmallSizes } from "./logo_picture.js";
import { MoreLikeThis } from "./more_like_this.js";

const EditableLogo = lazy(() => import("../design/stage.js").then((module) => module.EditableLogo));
const PANELS = /** @type {const} */ ({
  change: lazy(() => import("../design/panel.js").then((module) => module.DesignPanel)),
  scenes: lazy(() => import("../scenes/panel.js").then((module) => module.ScenesPanel)),
  take: lazy(() => import("../take/panel.js").then((module) => module.TakePanel)),
});

/** @typedef {keyof typeof PANELS} PanelName */
/** @typedef {import("../types.js").Logo} Logo */

/** One logo, large, with a panel beside it. The panel is `?panel=` of the address. */
export function LogoView() {
  const shown = logo.value;
  if (!shown) return html`<${Absent} />`;
  return html`<${Crumbs} logo=${shown} />
    <${FailureNotice} failed=${failure.value} />
    <div class="workbench">
      <${Stage} logo=${shown} />
      <${Panels} logo=${shown} />
    </div>`;
}

/** What stands in the place of a logo that is still to come, or that there is not. */
function Absent() {
  const of = generation.value;
  const comes = !of || (!hasEnded(of.status) && route.value.number < of.brief.n);
  const failed = failure.value ?? (comes ? null : new RequestFailed(404, ""));
  if (!failed) return html`<p class="hint">${t("loading")}</p>`;
  return html`<div class="empty">
    <${FailureNotice} failed=${failed} />
    ${
      of
        ? html`<a class="button" href=${link(`/logos/${of.id}`)}>${t("logo.board")}</a>`
        : html`<a class="button" href=${link("/")}>${t("nav.make")}</a>`
    }
  </div>`;
}

/** @param {{logo: Logo}} props */
function Crumbs({ logo: shown }) {
  const { id } = shown.generation;
  return html`<div class="crumbs">
    <a class="button plain" href=${link(`/logos/${id}`)}><${Icon} name="back" />${t("logo.board")}</a>
    <h1>${titleOf(shown.generation)}</h1>
  </div>`;
}

/** @param {{logo: Logo}} props */
function Stage({ logo: shown }) {
  const changing = panelOf(route.value.params) === "change" && ground.value === "own";
  useEffect(
    () => () => {
      trial.value = null; // what was tried on one logo is not another's
    },
    [shown.generation.id, shown.number],
  );
  return html`<div class="stage">
    <div class="frame" id="stage">
      ${
        changing
          ? html`<${EditableLogo} logo=${shown} />`
          : trial.value
            ? html`<span class="face-of-logo"><img class="picture" src=${trial.value} alt=${describe(shown)} /></span>`
            : html`<${LogoPicture} logo=${shown} ground=${ground.value} revision=${revision.value} />`
      }
    </div>
    <div class="under">
      <${SmallSizes} logo=${shown} ground=${ground.value} revision=${revision.value} />
      <${GroundChoice} />
      <${MoreLikeThis} logo=${shown} />
    </div>
    <p class="hint" lang="en">${shown.candidate.why}</p>
    <${Film} />
  </div>`;
}

/** The siblings, small. */
function Film() {
  const all = generation.value;
  if (!all || all.candidates.length < 2) return null;
  const { panel } = route.value.params;
  return html`<nav class="film" aria-label=${t("logo.siblings")}>
    ${all.candidates.map((candidate) => {
      const one = { generation: all, number: candidate.number, candidate };
      return html`<a
        key=${one.number}
        href=${link(`/logos/${all.id}/${one.number}`, { panel })}
        aria-current=${one.number === route.value.number ? "page" : undefined}
      >
        <${LogoPicture} logo=${one} ground="own" shape=${1} />
      </a>`;
    })}
  </nav>`;
}

/** @param {{logo: Logo}} props */
function Panels({ logo: shown }) {
  const names = /** @type {PanelName[]} */ (Object.keys(PANELS));
  const name = panelOf(route.value.params);
  const choose = (/** @type {PanelName} */ one) => setParams({ panel: one }, { replace: true });
  const press = (/** @type {KeyboardEvent} */ event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = names[(names.indexOf(name) + step + names.length) % names.length];
    choose(next);
    document.getElementById(`tab-${next}`)?.focus();
  };
  return html`<div class="panel">
    <div role="tablist" aria-label=${t("logo.panels")} onKeyDown=${press}>
      ${names.map(
        (one) =>
          html`<button
            key=${one}
            role="tab"
            id=${`tab-${one}`}
            aria-selected=${String(one === name)}
            aria-controls="panel"
            tabindex=${one === name ? 0 : -1}
            onClick=${() => choose(one)}
          >
            ${t(`logo.${one}`)}
          </button>`,
      )}
    </div>
    <section role="tabpanel" id="panel" aria-labelledby=${`tab-${name}`}>
      <${PANELS[name]} key=${`${name} ${shown.generation.id} ${shown.number}`} logo=${shown} />
    </section>
  </div>`;
}

/** @param {Record<string, string>} params */
function panelOf({ panel }) {
  return /** @type {PanelName} */ (Object.hasOwn(PANELS, panel ?? "") ? panel : "change");
}
