// @ts-check
import { html } from "../html.js";
import { t } from "../texts.js";
import { GROUNDS, ground } from "./grounds.js";

/**
 * Chooses what all logos stand on.
 *
 * @param {{name?: string}} props of the group of radio buttons; two groups on a page need two
 */
export function GroundChoice({ name = "ground" }) {
  return html`<fieldset class="segments">
    <legend class="unseen">${t("ground.title")}</legend>
    ${GROUNDS.map(
      (one) =>
        html`<label key=${one}>
          <input
            type="radio"
            name=${name}
            value=${one}
            checked=${ground.value === one}
            onChange=${() => {
              ground.value = one;
            }}
          />
          ${t(`ground.${one}`)}
        </label>`,
    )}
  </fieldset>`;
}
