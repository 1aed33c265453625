// @ts-check
import { useState } from "../../vendor/hooks.js";
import { ownFonts, titleOfFamily } from "../fonts/own_fonts.js";
import { FontUpload } from "../fonts/upload.js";
import { html } from "../html.js";
import { t } from "../texts.js";
import { Sample, useAlternatives } from "./samples.js";
import { Choice } from "./section.js";
import { change, session, shown } from "./session.js";

const KINDS = /** @type {const} */ ([
  "",
  "sans",
  "serif",
  "slab",
  "script",
  "rounded",
  "condensed",
  "wide",
  "display",
  "mono",
  "blackletter",
  "retro",
  "stencil",
]);
const WEIGHTS = /** @type {const} */ ([100, 200, 300, 400, 500, 600, 700, 800, 900]);
const PAGE = 12;
const MOST = 48;

/** How the name is set. */
export function Type() {
  const { design } = /** @type {import("./types.js").Revision} */ (shown.value);
  const face = design.name_type;
  if (!face || !design.brand_name) return html`<p class="hint">${t("design.no_name")}</p>`;
  return html`<${Families} family=${face.family} name=${design.brand_name} />
    <div class="fields">
      <label class="field">
        <span>${t("design.weight")}</span>
        <select value=${String(face.weight)} onChange=${(/** @type {any} */ event) => change({ name_type: { weight: Number(event.currentTarget.value) } })}>
          ${[...new Set([...WEIGHTS, face.weight])]
            .sort((one, other) => one - other)
            .map((weight) => html`<option key=${weight} value=${String(weight)}>${weight}</option>`)}
        </select>
      </label>
      <label class="field">
        <span>${t("design.tracking")} <output>${Math.round(face.tracking)}</output></span>
        <input type="range" min="-60" max="300" step="5" value=${face.tracking} onChange=${(/** @type {any} */ event) => change({ name_type: { tracking: Number(event.currentTarget.value) } })} />
      </label>
    </div>
    <${Choice}
      label=${t("brief.case")}
      value=${face.case}
      options=${[
        { value: "as_given", label: "Aa", name: t("case.as_given") },
        { value: "upper", label: "AA", name: t("case.upper") },
        { value: "lower", label: "aa", name: t("case.lower") },
      ]}
      onChoose=${(/** @type {string} */ value) => change({ name_type: { case: value } })}
    />`;
}

/** @param {{family: string, name: string}} props */
function Families({ family, name }) {
  const [kind, setKind] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const { place, current } = /** @type {import("./session.js").Session} */ (session.value);
  const query = new URLSearchParams({ limit: String(limit), ...(kind ? { kind } : {}) });
  const { found, failed } = useAlternatives(`${place}/design/typefaces?${query}#${current} ${ownFonts.value.length}`);
  return html`<label class="field">
      <span>${t("design.kind_of_type")}</span>
      <select value=${kind} onChange=${(/** @type {any} */ event) => setKind(event.currentTarget.value)}>
        ${KINDS.map((one) => html`<option key=${one} value=${one}>${t(/** @type {any} */ (one ? `type.${one}` : "design.type_any"))}</option>`)}
      </select>
    </label>
    ${failed !== null && html`<p class="hint">${failed || t("design.unreachable")}</p>`}
    ${found?.length === 0 && html`<p class="hint">${t("design.no_type")}</p>`}
    <ul class="samples wide" aria-busy=${found === null}>
      ${(found ?? []).map(
        (one) =>
          html`<li key=${one.family}>
            <button type="button" class="tile named" onClick=${() => change(one.patch)}>
              <${Sample} svg=${one.svg} />
              <span>${titleOfFamily(one.family)}</span>
            </button>
          </li>`,
      )}
    </ul>
    <p class="hint">${t("design.type_now", { family: titleOfFamily(family) })}</p>
    ${found !== null && found.length === limit && limit < MOST && html`<button type="button" class="quiet" onClick=${() => setLimit(Math.min(MOST, limit + PAGE))}>${t("design.more")}</button>`}
    <${FontUpload} id="design-font-file" text=${name} onAdd=${(/** @type {import("../fonts/own_fonts.js").OwnFont} */ { font }) => change({ name_type: { family: font } })} />`;
}
