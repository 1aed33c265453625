// @ts-check
import { useState } from "../../vendor/hooks.js";
import { key, RequestFailed, request, resolve } from "../api.js";
import { readDrawing } from "../design/drawing.js";
import { Choice } from "../design/section.js";
import { shown as changed, useSession } from "../design/session.js";
import { html } from "../html.js";
import { Icon } from "../icons.js";
import { filePath, Picture } from "../pictures.js";
import { link } from "../route.js";
import { announce, revision, titleOf } from "../state.js";
import { t } from "../texts.js";
import { makeCall, writeCurl, writePython } from "./calls.js";
import { CopyButton, CopyField } from "./copy.js";
import { download, fileName, kitPath, pathOf } from "./files.js";
import { writeImage, writeJsx, writeSvg } from "./markup.js";

/** @typedef {import("../types.js").Logo} Logo */

const VARIANTS = /** @type {const} */ (["colour", "inverse", "black", "white"]);
const SIZES = /** @type {const} */ ([64, 256, 512, 1024, 2048]);
const [SMALLEST, LARGEST] = [16, 2048];

/**
 * Take a logo along: as files, as text for a page, as the call that makes it, as a link.
 *
 * @param {{logo: Logo}} props
 */
export function TakePanel({ logo }) {
  useSession(logo);
  const [layout, setLayout] = useState("");
  const [variant, setVariant] = useState(/** @type {(typeof VARIANTS)[number]} */ ("colour"));
  const [transparent, setTransparent] = useState(false);
  const [size, setSize] = useState(1024);
  const [state, setState] = useState({ busy: "", text: "", failed: false });
  const design = /** @type {import("../design/types.js").Design | null} */ (
    changed.value?.design ?? logo.candidate.design
  );
  const name = design?.brand_name || titleOf(logo.generation);
  const choice = { revision: revision.value, layout, variant, transparent, size };

  /**
   * @param {string} what
   * @param {string} path
   * @param {string} file
   */
  async function take(what, path, file) {
    setState({ busy: what, text: "", failed: false });
    try {
      const text = t("take.done", { file: await download(path, file) });
      setState({ busy: "", text, failed: false });
      announce(text);
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      const text = t("take.failed", { reason: error.message || t("design.unreachable") });
      setState({ busy: "", text, failed: true });
      announce(text);
    }
  }
  const readClean = async () =>
    readDrawing(await (await request(`${pathOf(logo, choice, "svg")}&metadata=none`)).text());
  const address = resolve(pathOf(logo, choice, "svg"));
  return html`<div class="take">
    <button type="button" class="primary kit" disabled=${state.busy !== ""} aria-busy=${state.busy === "kit"} onClick=${() => take("kit", kitPath(logo, revision.value), "kit.zip")}>
      ${state.busy === "kit" ? t("take.making") : t("take.kit")}
    </button>
    <p class="hint">${t("take.kit_has")}</p>
    ${state.text && html`<p class=${`notice ${state.failed ? "problem" : "adapted"}`}>${state.text}</p>`}

    <h3>${t("take.files")}</h3>
    ${design && html`<${Layouts} design=${design} value=${layout} onChoose=${setLayout} />`}
    ${
      design &&
      html`<${Choice}
        class="variants"
        label=${t("take.colouring")}
        value=${variant}
        options=${VARIANTS.map((one) => ({ value: one, name: t(/** @type {any} */ (`take.variant_${one}`)), label: html`<${VariantSample} logo=${logo} choice=${{ ...choice, variant: one }} />` }))}
        onChoose=${setVariant}
      />`
    }
    <div class="take-options">
      <label class="check"><input type="checkbox" checked=${transparent} onChange=${(/** @type {any} */ event) => setTransparent(event.currentTarget.checked)} /> ${t("take.transparent")}</label>
      <label class="field inline">
        <span>${t("take.size")}</span>
        <input type="number" min=${SMALLEST} max=${LARGEST} step="1" list="take-sizes" value=${size} onChange=${(/** @type {any} */ event) => setSize(limit(event.currentTarget))} />
        <datalist id="take-sizes">${SIZES.map((one) => html`<option key=${one} value=${one} />`)}</datalist>
      </label>
    </div>
    <div class="downloads">
      ${
        /** @type {const} */ (["svg", "png", ...(design ? ["pdf"] : [])]).map(
          (form) =>
            html`<button type="button" key=${form} disabled=${state.busy !== ""} aria-busy=${state.busy === form} aria-label=${`${t("take.download")} ${form.toUpperCase()}`} onClick=${() => take(form, pathOf(logo, choice, /** @type {any} */ (form)), fileName(name, choice, /** @type {any} */ (form)))}>
            <${Icon} name="down" />${form.toUpperCase()}
          </button>`,
        )
      }
    </div>

    <h3>${t("take.code")}</h3>
    <div class="copies">
      <${CopyButton} what="SVG" read=${async () => writeSvg(await readClean(), name)} />
      <${CopyButton} what="JSX" read=${async () => writeJsx(await readClean(), name)} />
      <${CopyButton} what="<img>" read=${async () => writeImage(address, name)} />
    </div>

    <h3>${t("take.share")}</h3>
    <${ShareLink} logo=${logo} />

    <h3>${t("take.call")}</h3>
    <${Calls} logo=${logo} design=${design} />
  </div>`;
}

/** @param {HTMLInputElement} field */
function limit(field) {
  const wanted = Math.round(Number(field.value)) || 1024;
  const size = Math.min(LARGEST, Math.max(SMALLEST, wanted));
  field.value = String(size);
  return size;
}

/** @param {{design: import("../design/types.js").Design, value: string, onChoose: (layout: string) => void}} props */
function Layouts({ design, value, onChoose }) {
  const all = design.brand_name
    ? design.mark
      ? ["horizontal", "stacked", "symbol", "wordmark", "emblem"]
      : ["wordmark", "symbol"]
    : ["symbol"];
  const possible = [design.layout, ...all.filter((one) => one !== design.layout)];
  if (possible.length < 2) return null;
  return html`<${Choice}
    label=${t("brief.layout")}
    value=${value || design.layout}
    options=${possible.map((one) => ({ value: one, label: t(/** @type {any} */ (`layout.${one}`)) }))}
    onChoose=${(/** @type {string} */ one) => onChoose(one === design.layout ? "" : one)}
  />`;
}

/** @param {{logo: Logo, choice: import("./files.js").Choice}} props */
function VariantSample({ logo, choice }) {
  const { revision: number, layout, variant } = choice;
  const options = {
    revision: number,
    layout,
    variant: variant === "colour" ? "" : variant,
    background: "opaque",
    metadata: "none",
  };
  return html`<${Picture} path=${filePath(logo, options)} alt="" />`;
}

/** @param {{logo: Logo}} props */
function ShareLink({ logo: { generation, number } }) {
  const state = link(`/logos/${generation.id}/${number}`, { revision: revision.value || null });
  return html`<${CopyField} label=${t("take.share_link")} text=${`${location.href.replace(/#.*/, "")}${state}`} />
    <p class="hint">${t(key.value ? "take.share_note_key" : "take.share_note")}</p>`;
}

/** @param {{logo: Logo, design: Record<string, any> | null}} props */
function Calls({ logo, design }) {
  const call = makeCall(logo, revision.value, design);
  const keyed = key.value !== "";
  return html`<${CopyField} label="curl" text=${writeCurl(call, keyed)} lines=${10} />
    <${CopyField} label="Python" text=${writePython(call, keyed)} lines=${14} />
    ${keyed && html`<p class="hint">${t("take.key_note")}</p>`}`;
}
