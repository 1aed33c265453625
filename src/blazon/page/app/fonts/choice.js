// @ts-check
import { useEffect } from "../../vendor/hooks.js";
import { change, wish } from "../brief/wish.js";
import { Sample } from "../design/samples.js";
import { html } from "../html.js";
import { t } from "../texts.js";
import { loadFonts, ownFonts, removeFont } from "./own_fonts.js";
import { FontUpload } from "./upload.js";

/** The fonts of the user's own to choose from in a brief, each with the name on the logo set in it. */
export function OwnFontChoice() {
  const text = wish.value.brand_name || t("fonts.sample");
  useEffect(() => {
    const soon = setTimeout(() => loadFonts(text), 300); // not at each letter that is typed
    return () => clearTimeout(soon);
  }, [text]);
  const all = ownFonts.value;
  return html`${
    all.length > 0 &&
    html`<fieldset>
      <legend>${t("fonts.title")}</legend>
      <ul class="samples wide">
        <li>
          <label class="tile named font">
            <input type="radio" name="own_font" checked=${!wish.value.own_font} onChange=${() => change({ own_font: "" })} />
            <span>${t("brief.any")}</span>
          </label>
        </li>
        ${all.map((font) => html`<li key=${font.id}><${FontTile} font=${font} /></li>`)}
      </ul>
    </fieldset>`
  }
    <${FontUpload} id="font-file" text=${text} onAdd=${(/** @type {import("./own_fonts.js").OwnFont} */ { font }) => change({ own_font: font })} />`;
}

/** @param {{font: import("./own_fonts.js").OwnFont}} props */
function FontTile({ font }) {
  const { family, missing } = font;
  const remove = async () => {
    await removeFont(font);
    if (wish.value.own_font === font.font) change({ own_font: "" });
  };
  return html`<label class="tile named font">
      <input type="radio" name="own_font" checked=${wish.value.own_font === font.font} onChange=${() => change({ own_font: font.font })} />
      ${font.svg && html`<${Sample} svg=${font.svg} />`}
      <span>${family}${missing.length > 0 && html` <em>${t("fonts.missing", { letters: missing.join(" ") })}</em>`}</span>
    </label>
    <button type="button" class="plain" aria-label=${t("fonts.remove", { family })} onClick=${remove}>×</button>`;
}
