// @ts-check
import { useEffect } from "../../vendor/hooks.js";
import { titleOfFamily } from "../fonts/own_fonts.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { setParams } from "../route.js";
import { Said } from "../sentences.js";
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
      <button type="button" class="quiet" disabled=${!canUndo.value} aria-keyshortcuts="Control+Z" onClick=${undo}><${Icon} name="undo" />${t("design.undo")}</button>
      <button type="button" class="quiet" disabled=${!canRedo.value} aria-keyshortcuts="Control+Shift+Z" onClick=${redo}><${Icon} name="redo" />${t("design.redo")}</button>
    </div>
    ${notice.value.said.length > 0 && html`<p class=${`notice ${notice.value.kind}`}>${notice.value.said.map((one) => html`<${Said} key=${one} text=${one} foreign=${notice.value.kind === "adapted"} />`)}</p>`}
    ${isEarlier.value && html`<${EarlierBar} number=${value.revision} />`}
    <${Section} id="design-colours" title=${t("brief.palette")} open><${Colours} logo=${logo} /><//>
    <${Section} id="design-marks" title=${t("brief.mark")} now=${value.shows.join(", ")}><${Marks} /><//>
    <${Section} id="design-type" title=${t("brief.type")} now=${design.brand_name ? titleOfFamily(design.name_type?.family ?? "") : ""}><${Type} /><//>
    <${Section} id="design-layout" title=${t("brief.layout")} now=${t(/** @type {any} */ (`layout.${design.layout}`))}><${Layouts} /><//>
    <${Section} id="design-style" title=${t("design.treatment")} now=${t(/** @type {any} */ (`design.treatment_${design.treatment}`))}><${Treatments} /><//>
    <${Section} id="design-words" title=${t("design.words")} now=${design.brand_name}><${Words} /><//>
    <${Section} id="design-history" title=${t("design.history")} now=${value.revision ? t("design.history_now", { number: value.revision }) : t("design.as_drawn")}><${Revisions} logo=${logo} /><//>
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
