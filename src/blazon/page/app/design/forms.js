// @ts-check
import { html } from "../html.js";
import { t } from "../texts.js";
import { Sample, useSamples } from "./samples.js";
import { change, shown } from "./session.js";

/** @typedef {import("./types.js").Design} Design */

const LAYOUTS = /** @type {const} */ (["horizontal", "stacked", "symbol", "wordmark", "emblem"]);
const TREATMENTS = /** @type {const} */ ([
  "plain",
  "framed",
  "knocked_out",
  "duotone",
  "line",
  "gradient",
  "cut",
  "segmented",
  "stencil",
]);
const FRAMES = /** @type {const} */ (["circle", "squircle", "hexagon", "shield", "badge"]);
/** @type {Record<string, {cut: number, segments?: number}>} */
const ANGLES = { cut: { cut: 35 }, segmented: { cut: 90, segments: 3 } };
const FRAMED = ["framed", "knocked_out", "duotone"];

/** How mark and name stand together. */
export function Layouts() {
  const { design } = /** @type {import("./types.js").Revision} */ (shown.value);
  return html`<${Pictures}
    label=${t("brief.layout")}
    titled
    options=${LAYOUTS.filter((layout) => isPossible(layout, design)).map((layout) => ({
      value: layout,
      label: t(/** @type {any} */ (`layout.${layout}`)),
      pressed: layout === design.layout,
      design: layOut(design, layout),
      patch: { layout },
    }))}
  />`;
}

/** What is done to the mark. */
export function Treatments() {
  const { design } = /** @type {import("./types.js").Revision} */ (shown.value);
  const badge = design.layout === "emblem";
  const shows = badge ? ["framed", "knocked_out", "duotone"] : TREATMENTS;
  if (!design.mark || design.layout === "wordmark") return html`<p class="hint">${t("design.no_mark")}</p>`;
  const framed = badge || FRAMED.includes(design.treatment);
  return html`<${Pictures}
      label=${t("design.treatment")}
      titled
      options=${shows.map((treatment) => ({
        value: treatment,
        label: t(/** @type {any} */ (`design.treatment_${treatment}`)),
        pressed: treatment === design.treatment,
        design: { ...alone(design), treatment, ...ANGLES[treatment] },
        patch: { treatment, ...ANGLES[treatment] },
      }))}
    />
    <${Pictures}
      label=${t("design.frame")}
      options=${FRAMES.map((frame) => ({
        value: frame,
        label: t(/** @type {any} */ (`design.frame_${frame}`)),
        pressed: framed && frame === (design.frame ?? "circle"),
        design: { ...alone(design), treatment: FRAMED.includes(design.treatment) ? design.treatment : "framed", frame },
        patch: { frame },
      }))}
    />`;
}

/**
 * @param {{label: string, titled?: boolean, options: {value: string, label: string, pressed: boolean, design: Record<string, any>, patch: import("./types.js").Patch}[]}} props
 */
function Pictures({ label, titled = false, options }) {
  const svgs = useSamples(options.map((one) => one.design));
  // What cannot be drawn, or is drawn like another one, is no choice.
  const shown = options
    .map((one, place) => ({ ...one, svg: svgs[place] }))
    .filter(({ svg, pressed }, place) => pressed || svg === "" || (svg !== null && svgs.indexOf(svg) === place));
  return html`<fieldset class="pick">
    <legend class=${titled ? "unseen" : undefined}>${label}</legend>
    <ul class="samples">
      ${shown.map(
        (one) =>
          html`<li key=${one.value}>
            <button type="button" class="tile named" aria-pressed=${one.pressed} onClick=${() => one.pressed || change(one.patch)}>
              <${Sample} svg=${one.svg ?? ""} />
              <span>${one.label}</span>
            </button>
          </li>`,
      )}
    </ul>
  </fieldset>`;
}

/**
 * @param {string} layout
 * @param {Design} design
 */
function isPossible(layout, { mark, brand_name }) {
  if (layout === "symbol") return true;
  return layout === "wordmark" ? Boolean(brand_name) : Boolean(mark && brand_name);
}

/**
 * Return a design for the picture of another layout; what the server does besides when it is taken is its own.
 *
 * @param {Design} design
 * @param {string} layout
 */
function layOut(design, layout) {
  if (layout === design.layout) return design;
  if (layout !== "emblem") return { ...design, layout, badge: null };
  return {
    ...design,
    layout,
    name_idea: null,
    letter_symbol: null,
    treatment: FRAMED.includes(design.treatment) ? design.treatment : "framed",
  };
}

/**
 * Return the mark of a design by itself.
 *
 * @param {Design} design
 */
function alone(design) {
  return { ...design, layout: "symbol", badge: null, cut: null, segments: 2 };
}
