// @ts-check
import { html } from "../html.js";
import { draw } from "../live.js";
import { t } from "../texts.js";
import { sample } from "./choices.js";
import { change, clear, toBody, wish } from "./wish.js";

const EXAMPLES = [
  { name: "fernweh", prompt: "a travel bookshop", brand_name: "Fernweh" },
  { name: "kumo", prompt: "a ramen bar, clouds", brand_name: "Kumo" },
  { name: "otter", prompt: "a furniture studio, an otter", brand_name: "Otter & Oak" },
  { name: "northwind", prompt: "a coffee roastery by the sea", brand_name: "Northwind" },
  { name: "halden", prompt: "a bicycle workshop", brand_name: "Halden" },
  { name: "lumen", prompt: "a solar power start-up", brand_name: "Lumen" },
];

/** Briefs to begin with, each with a logo that came of it. */
export function Examples() {
  const begin = ({ prompt = "", brand_name = "" }) => {
    clear();
    change({ prompt, brand_name });
    draw(toBody(wish.value));
  };
  return html`<section class="examples" aria-labelledby="examples">
    <h2 id="examples" class="hint">${t("examples.title")}</h2>
    <ul>
      ${EXAMPLES.map(
        (one) =>
          html`<li key=${one.name}>
            <button onClick=${() => begin(one)}>
              <img src=${sample(`example-${one.name}`)} alt="" width="1024" height="1024" />
              <span><b>${one.brand_name}</b> ${one.prompt}</span>
            </button>
          </li>`,
      )}
    </ul>
  </section>`;
}
