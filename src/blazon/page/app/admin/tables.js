// @ts-check
import { html } from "../html.js";
import { t } from "../texts.js";
import { showBytes, showMoment, showNumber, showSeconds } from "./figures.js";

/** @typedef {import("./metrics_text.js").Metrics} Metrics */

/**
 * @param {{title: string, heads: string[], rows: any[][], empty: string}} props the first cell of a row names it
 */
function Table({ title, heads, rows, empty }) {
  if (rows.length === 0) return html`<section><h2>${title}</h2><p class="hint">${empty}</p></section>`;
  return html`<section>
    <h2>${title}</h2>
    <div class="scroll" tabindex="0" role="region" aria-label=${title}>
      <table>
        <thead>
          <tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr>
        </thead>
        <tbody>
          ${rows.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}
        </tbody>
      </table>
    </div>
  </section>`;
}

/**
 * The models that draw in steps, and how busy they were.
 *
 * @param {{metrics: Metrics}} props
 */
export function EngineTable({ metrics }) {
  const rows = metrics.series("blazon_engine_steps_total").map(({ labels, value }) => {
    const own = { model: labels.model };
    const pictures = metrics.sum("blazon_engine_sequence_steps_total", own) ?? 0;
    return [
      labels.model,
      showNumber(value),
      value ? showNumber(pictures / value) : "–",
      showSeconds(metrics.sum("blazon_engine_busy_seconds_total", own) ?? 0),
      showNumber(metrics.sum("blazon_engine_out_of_memory_total", own) ?? 0),
    ];
  });
  const heads = ["admin.model", "admin.steps", "admin.batch", "admin.busy", "admin.memory.out"];
  return html`<${Table}
    title=${t("admin.engines")}
    heads=${heads.map((head) => t(/** @type {any} */ (head)))}
    rows=${rows}
    empty=${t("admin.engines.none")}
  />`;
}

/**
 * What was refused or failed since the server started, the most frequent first.
 *
 * @param {{metrics: Metrics}} props
 */
export function ErrorTable({ metrics }) {
  const rows = metrics
    .series("blazon_errors_total")
    .filter(({ value }) => value > 0)
    .sort((one, other) => other.value - one.value)
    .map(({ labels, value }) => [labels.kind.replaceAll("_", " "), showNumber(value)]);
  return html`<${Table}
    title=${t("admin.errors")}
    heads=${[t("admin.kind"), t("admin.count")]}
    rows=${rows}
    empty=${t("admin.errors.none")}
  />`;
}

/**
 * Who may use the server, and how much of it they used today.
 *
 * @param {{keys: import("./polling.js").Key[]}} props
 */
export function KeyTable({ keys }) {
  const rows = keys.map((key) => [
    key.name,
    key.scopes.join(", "),
    html`<${Quota} spent=${key.spent_today} quota=${key.daily_quota} />`,
    key.requests_per_minute === null ? t("admin.no_limit") : showNumber(key.requests_per_minute),
    showMoment(key.last_used_at),
  ]);
  return html`<${Table}
    title=${t("admin.keys")}
    heads=${[t("admin.key"), t("admin.scopes"), t("admin.today"), t("admin.rate"), t("admin.last_used")]}
    rows=${rows}
    empty=${t("admin.keys.none")}
  />`;
}

/** @param {{spent: number, quota: number | null}} props */
function Quota({ spent, quota }) {
  if (quota === null) return showNumber(spent);
  const words = t("admin.of", { part: showNumber(spent), all: showNumber(quota) });
  return html`<span class="quota"><meter min="0" max=${quota} high=${quota * 0.9} value=${spent} aria-label=${words}></meter>${words}</span>`;
}

/**
 * Room on the disks of the server.
 *
 * @param {{metrics: Metrics}} props
 */
export function DiskTable({ metrics }) {
  const rows = metrics.series("blazon_disk_free_bytes").map(({ labels, value }) => {
    const size = metrics.sum("blazon_disk_size_bytes", { store: labels.store }) ?? value;
    return [labels.store, t("admin.of", { part: showBytes(value), all: showBytes(size) })];
  });
  return html`<${Table}
    title=${t("admin.disks")}
    heads=${[t("admin.disk"), t("admin.free")]}
    rows=${rows}
    empty=${t("admin.disks.none")}
  />`;
}
