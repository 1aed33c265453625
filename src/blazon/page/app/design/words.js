// @ts-check
import { html } from "../html.js";
import { t } from "../texts.js";
import { change, shown } from "./session.js";

const FIELDS = /** @type {const} */ ({ brand_name: 80, slogan: 60, established: 60, place: 60 });

/** The words of the logo. */
export function Words() {
  const { design } = /** @type {import("./types.js").Revision} */ (shown.value);
  return html`<form class="fields" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
    ${Object.entries(FIELDS).map(
      ([field, longest]) =>
        html`<label class="field" key=${field}>
          <span>${t(/** @type {any} */ (field === "slogan" ? "brief.slogan" : `design.word_${field}`))}</span>
          <input
            type="text"
            name=${field}
            maxlength=${longest}
            autocomplete="off"
            value=${design[/** @type {keyof typeof FIELDS} */ (field)]}
            onChange=${(/** @type {any} */ event) => change({ [field]: event.currentTarget.value.trim() || null })}
          />
        </label>`,
    )}
  </form>`;
}
