// @ts-check
import { html } from "../html.js";
import { DesignPanel } from "../design/panel.js";
import { shown as changed } from "../design/session.js";
import { EditableLogo } from "../design/stage.js";
import { filePath, Picture } from "../pictures.js";
import { route, setParams } from "../route.js";
import { ScenesPanel } from "../scenes/panel.js";
import { logo, revision, trial } from "../state.js";
import { TakePanel } from "../take/panel.js";
import { t } from "../texts.js";

const PANELS = /** @type {const} */ ({ change: DesignPanel, scenes: ScenesPanel, take: TakePanel });

/** One logo, large, with a panel beside it. The panel is `?panel=` of the address. */
export function LogoView() {
  const shown = logo.value;
  if (!shown) return null;
  const name = /** @type {keyof typeof PANELS} */ (route.value.params.panel in PANELS ? route.value.params.panel : "change");
  return html`<div class="workbench">
    <div class="stage">
      ${
        name === "change" && changed.value
          ? html`<${EditableLogo} logo=${shown} />`
          : trial.value
          ? html`<img class="picture" src=${trial.value} alt=${t("logo.large")} />`
          : html`<${Picture} path=${filePath(shown, { revision: revision.value })} alt=${t("logo.large")} />`
      }
    </div>
    <div class="panel">
      <div role="tablist" aria-label=${t("logo.panels")}>
        ${Object.keys(PANELS).map(
          (one) =>
            html`<button role="tab" id=${`tab-${one}`} aria-selected=${one === name} onClick=${() => setParams({ panel: one }, { replace: true })}>
              ${t(/** @type {any} */ (`logo.${one}`))}
            </button>`,
        )}
      </div>
      <section role="tabpanel" aria-labelledby=${`tab-${name}`}><${PANELS[name]} logo=${shown} /></section>
    </div>
  </div>`;
}
