// @ts-check
import { useState } from "../../vendor/hooks.js";
import { html } from "../html.js";
import { FailureNotice } from "../notice.js";
import { t } from "../texts.js";
import { Chart } from "./chart.js";
import { showBytes, showNumber, showSeconds, showShare } from "./figures.js";
import { usePolling } from "./polling.js";
import { DiskTable, EngineTable, ErrorTable, KeyTable } from "./tables.js";

/** How the server is: queue, engines, GPU, keys and quotas, errors. */
export function AdminScreen() {
  const [paused, setPaused] = useState(false);
  const { report, failed } = usePolling(paused);
  return html`<div class="admin">
    <header class="row">
      <h1>${t("admin.title")}</h1>
      <button aria-pressed=${paused} onClick=${() => setPaused(!paused)}>${t("admin.pause")}</button>
    </header>
    <${FailureNotice} failed=${failed} />
    ${
      report &&
      html`<${State} metrics=${report.metrics} /><${Charts} report=${report} />
      <div class="tables">
        <${KeyTable} keys=${report.keys} />
        <${ErrorTable} metrics=${report.metrics} />
        <${EngineTable} metrics=${report.metrics} />
        <${DiskTable} metrics=${report.metrics} />
      </div>`
    }
  </div>`;
}

/** @param {{metrics: import("./metrics_text.js").Metrics}} props */
function State({ metrics }) {
  const [build] = metrics.series("blazon_build_info");
  const ready = metrics.sum("blazon_ready") === 1;
  const writable = metrics.sum("blazon_storage_writable") !== 0;
  const state = !ready ? t("admin.unready") : writable ? t("admin.ready") : t("admin.full");
  return html`<p class=${`state ${ready && writable ? "good" : "bad"}`}>
    <strong>${state}</strong>
    ${build && html`<span>${build.labels.model || build.labels.engine}</span><span>Blazon ${build.labels.version}</span>`}
  </p>`;
}

/** @param {{report: import("./polling.js").Report}} props */
function Charts({ report: { readings, metrics } }) {
  const gpu = metrics.series("blazon_gpu_memory_bytes").length > 0 || readings.some((one) => one.gpuBusy !== null);
  const total = metrics.sum("blazon_gpu_memory_bytes", { kind: "total" });
  const charts = [
    { title: t("admin.waiting"), value: "waiting", show: showNumber },
    { title: t("admin.running"), value: "running", show: showNumber },
    { title: t("admin.per_minute"), value: "perMinute", show: showNumber },
    { title: t("admin.seconds"), value: "seconds", show: showSeconds, least: 0.1 },
    { title: t("admin.requests_per_minute"), value: "requestsPerMinute", show: showNumber },
    { title: t("admin.errors_per_minute"), value: "errorsPerMinute", show: showNumber },
    gpu
      ? { title: t("admin.gpu"), value: "gpuBusy", show: showShare }
      : { title: t("admin.cpus"), value: "cpus", show: showNumber },
    gpu
      ? { title: t("admin.gpu.memory"), value: "gpuMemory", show: showBytes, least: total ?? 1e6 }
      : { title: t("admin.memory"), value: "memory", show: showBytes, least: 1e6 },
  ];
  return html`<div class="charts">
    ${charts.map((chart) => html`<${Chart} key=${chart.title} readings=${readings} ...${chart} />`)}
  </div>`;
}
