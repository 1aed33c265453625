// @ts-check
import { html } from "../html.js";
import { t } from "../texts.js";
import { WINDOW } from "./readings.js";

const WIDTH = 300;
const HEIGHT = 72;

/**
 * A figure with its course over the last minutes. Who does not see the line hears the figure and the highest one.
 *
 * @param {{title: string, readings: import("./readings.js").Reading[],
 *   value: import("./readings.js").Figure, show: (value: number) => string, least?: number}} props `value` names what
 *   is shown of a reading, `least` is the least that the height of the chart stands for
 */
export function Chart({ title, readings, value, show, least = 1 }) {
  const values = readings.map((reading) => reading[value]);
  const known = values.filter((one) => one !== null);
  const now = known.at(-1);
  const top = Math.max(least, ...known);
  const label = now === undefined ? t("admin.unknown") : t("admin.course", { now: show(now), top: show(top) });
  return html`<figure class="chart">
    <figcaption>
      <span>${title}</span>
      <strong>${now === undefined ? "–" : show(now)}</strong>
    </figcaption>
    <svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label=${`${title}: ${label}`}>
      <line x1="0" x2=${WIDTH} y1=${HEIGHT - 0.5} y2=${HEIGHT - 0.5} />
      ${findRuns(readings, values).map((run) => html`<path d=${traceLine(run, top)} />`)}
    </svg>
    <p class="hint">${t("admin.top", { top: show(top) })}</p>
  </figure>`;
}

/**
 * Return the points (seconds before the last reading, value) in runs without a gap.
 *
 * @param {import("./readings.js").Reading[]} readings
 * @param {(number | null)[]} values
 */
function findRuns(readings, values) {
  const end = readings.at(-1)?.time ?? 0;
  /** @type {[number, number][][]} */
  const runs = [[]];
  values.forEach((value, index) => {
    if (value === null) runs.push([]);
    else runs[runs.length - 1].push([end - readings[index].time, value]);
  });
  return runs.filter((run) => run.length > 0);
}

/**
 * @param {[number, number][]} run
 * @param {number} top
 */
function traceLine(run, top) {
  const points = run.map(([ago, value]) => {
    const x = WIDTH * (1 - ago / WINDOW);
    const y = 2 + (HEIGHT - 4) * (1 - value / top);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return `M${points.join("L")}${points.length === 1 ? "h.1" : ""}`;
}
