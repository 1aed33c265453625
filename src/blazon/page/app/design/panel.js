// @ts-check
import { useEffect } from "../../vendor/hooks.js";
import { titleOfFamily } from "../fonts/own_fonts.js";
import { html } from "../html.js";
import { setParams } from "../route.js";
import { t } from "../texts.js";
import { Colours } from "./colours.js";
import { Layouts, Treatments } from "./forms.js";
import { Marks } from "./marks.js";
import { Revisions } from "./revisions.js";
import { Section } from "./section.js";
import {
  canRedo,
  canUndo,
  isEarlier,
  notice,
  redo,
  restore,
  session,
  shown,
  unavailable,
  undo,
  useSession,
} from "./session.js";
import { Type } from "./type.js";
import { Words } from "./words.js";

/**
 * Change one thing of a logo.
 *
 * @param {{logo: import("../types.js").Logo}} props
 */
export function DesignPanel({ logo }) {
  useSession(logo);
  useUndoKeys();
  if (unavailable.value !== null) return html`<p class="hint">${unavailable.value}</p>`;
  const { value } = shown;
  if (!value) return html`<p class="hint" aria-busy="true">${t("design.loading")}</p>`;
  const { design } = value;
  return html`<div class="design">
    <div class="toolbar" role="group" aria-label=${t("design.steps")}>
      <button type="button" class="quiet" disabled=${!canUndo.value} aria-keyshortcuts="Control+Z" onClick=${undo}><${Arrow} />${t("design.undo")}</button>
      <button type="button" class="quiet" disabled=${!canRedo.value} aria-keyshortcuts="Control+Shift+Z" onClick=${redo}><${Arrow} back />${t("design.redo")}</button>
    </div>
    ${notice.value.text && html`<p class=${`notice ${notice.value.kind}`}>${notice.value.text}</p>`}
    ${isEarlier.value && html`<${EarlierBar} number=${value.revision} />`}
    <${Section} id="design-colours" title=${t("design.colours")} open><${Colours} logo=${logo} /><//>
    <${Section} id="design-marks" title=${t("design.mark")} now=${value.shows.join(", ")}><${Marks} /><//>
    <${Section} id="design-type" title=${t("design.type")} now=${design.brand_name ? titleOfFamily(design.name_type?.family ?? "") : ""}><${Type} /><//>
    <${Section} id="design-layout" title=${t("design.layout")} now=${t(/** @type {any} */ (`design.layout_${design.layout}`))}><${Layouts} /><//>
    <${Section} id="design-style" title=${t("design.style")} now=${t(/** @type {any} */ (`design.treatment_${design.treatment}`))}><${Treatments} /><//>
    <${Section} id="design-words" title=${t("design.words")} now=${design.brand_name}><${Words} /><//>
    <${Section} id="design-history" title=${t("design.history")} now=${t("design.history_now", { number: value.revision })}><${Revisions} logo=${logo} /><//>
  </div>`;
}

/** @param {{number: number}} props */
function EarlierBar({ number }) {
  return html`<div class="notice earlier">
    <span>${t("design.earlier")}</span>
    <button type="button" class="quiet" onClick=${() => restore(number)}>${t("design.restore")}</button>
    <button type="button" class="quiet" onClick=${() => setParams({ revision: session.value?.current ?? null })}>${t("design.to_newest")}</button>
  </div>`;
}

/** @param {{back?: boolean}} props */
function Arrow({ back = false }) {
  return html`<svg class="arrow" viewBox="0 0 16 16" aria-hidden="true">
    <path d=${back ? "M11 2l4 4-4 4V7.200H6.500a2.800 2.800 0 0 0 0 5.600H11V15H6.500a4.900 4.900 0 0 1 0-10H11z" : "M5 2L1 6l4 4V7.200h4.500a2.800 2.800 0 0 1 0 5.600H5V15h4.500a4.900 4.900 0 0 0 0-10H5z"} />
  </svg>`;
}

/** Undo and redo by the keys that everybody knows; in a text they are those of the text. */
function useUndoKeys() {
  useEffect(() => {
    /** @param {KeyboardEvent} event */
    function listen(event) {
      const writing =
        event.target instanceof HTMLElement && event.target.matches("input:not([type=color], [type=range]), textarea");
      if (writing || event.altKey || !(event.ctrlKey || event.metaKey)) return;
      const name = event.key.toLowerCase();
      if (name !== "z" && name !== "y") return;
      event.preventDefault();
      if (name === "y" || event.shiftKey) redo();
      else undo();
    }
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, []);
}
