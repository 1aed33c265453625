// @ts-check
import { html } from "../html.js";
import { filePath, Picture } from "../pictures.js";
import { link } from "../route.js";
import { candidates, generation } from "../state.js";
import { t } from "../texts.js";

/** The candidates of a generation. */
export function Board() {
  const shown = generation.value;
  if (!shown) return null;
  return html`<ul class="board">
    ${candidates.value.map(
      ({ number }) =>
        html`<li key=${number}>
          <a href=${link(`/logos/${shown.id}/${number}`)}>
            <${Picture} path=${filePath({ generation: shown, number })} alt=${t("board.logo", { number: number + 1 })} />
          </a>
        </li>`,
    )}
  </ul>`;
}
