// @ts-check
import { useEffect } from "../../vendor/hooks.js";
import { signal } from "../../vendor/signals.js";
import { requestJson } from "../api.js";
import { html } from "../html.js";
import { t } from "../texts.js";
import { TextField } from "./text_field.js";
import { change, wish } from "./wish.js";

/** @type {import("../../vendor/signals.js").Signal<import("../types.js").Model[] | null>} */
const models = signal(null);

/** What few need: number, seed, date, and who draws where there is a choice. */
export function More() {
  useEffect(() => {
    if (models.value) return;
    requestJson("/v1/models").then(
      ({ data }) => {
        models.value = data;
      },
      () => {}, // without the list there is no choice to offer
    );
  }, []);
  return html`<div class="pairs">
    <${CountField} />
    <${TextField} name="established" most=${24} hint=${t("brief.established.hint")} />
    <${TextField} name="seed" most=${10} hint=${t("brief.seed.hint")} />
    <${ModelField} />
  </div>`;
}

function CountField() {
  const counts = [...new Set([1, 2, 3, 4, 6, 8, 12, 16, 24, wish.value.n])].sort((one, other) => one - other);
  return html`<div class="field">
    <label for="n">${t("brief.n")}</label>
    <select id="n" onChange=${(/** @type {any} */ event) => change({ n: Number(event.target.value) })}>
      ${counts.map((n) => html`<option value=${n} selected=${wish.value.n === n}>${n}</option>`)}
    </select>
  </div>`;
}

function ModelField() {
  const known = models.value ?? [];
  const all = known.filter((one, at) => known.findIndex(({ identifier }) => identifier === one.identifier) === at);
  if (all.length < 2) return null;
  const choose = (/** @type {any} */ event) => {
    const chosen = all.find(({ id }) => id === event.target.value);
    if (!chosen) change({ engine: "", model: "" });
    else if (chosen.painted) change({ engine: "flux", model: chosen.id });
    else change({ engine: "vector", model: "" });
  };
  const identify = (/** @type {string} */ name) => known.find(({ id }) => id === name)?.identifier;
  const isChosen = (/** @type {import("../types.js").Model} */ { id, painted }) =>
    painted ? identify(wish.value.model) === identify(id) : wish.value.engine === "vector";
  return html`<div class="field">
    <label for="model">${t("brief.model")}</label>
    <select id="model" onChange=${choose}>
      <option value="">${t("brief.model.usual")}</option>
      ${all.map((one) => html`<option value=${one.id} selected=${isChosen(one)}>${one.id}</option>`)}
    </select>
  </div>`;
}
