// @ts-check
/**
 * What the charts show: one reading for each look at the metrics.
 *
 * @typedef {import("./metrics_text.js").Metrics} Metrics
 *
 * @typedef {object} Reading a value is null where the server does not tell it
 * @property {number} time in seconds
 * @property {number} waiting candidates in the queue
 * @property {number} running candidates that are being drawn
 * @property {number | null} perMinute candidates drawn a minute since the reading before
 * @property {number | null} seconds that one of them took
 * @property {number | null} requestsPerMinute
 * @property {number | null} errorsPerMinute
 * @property {number | null} gpuBusy from 0 to 1
 * @property {number | null} gpuMemory bytes
 * @property {number | null} cpus cores that the server kept busy
 * @property {number | null} memory bytes
 *
 * @typedef {Exclude<keyof Reading, "time">} Figure
 */

/** Seconds that the charts look back. */
export const WINDOW = 300;

/**
 * Return the readings with one more, without those that are too old.
 *
 * @param {Reading[]} readings
 * @param {Metrics | null} before of the last reading
 * @param {Metrics} now
 * @param {number} time in seconds
 * @returns {Reading[]}
 */
export function addReading(readings, before, now, time) {
  const last = readings.at(-1);
  const between = last && before ? { before, seconds: time - last.time } : null;
  return [...readings.filter((one) => time - one.time <= WINDOW), read(now, time, between)];
}

/**
 * @param {Metrics} now
 * @param {number} time
 * @param {{before: Metrics, seconds: number} | null} between
 * @returns {Reading}
 */
function read(now, time, between) {
  /** @param {string} name @param {Record<string, string>} [labels] */
  const grown = (name, labels) => {
    const [from, to] = [between?.before.sum(name, labels) ?? null, now.sum(name, labels)];
    return from === null || to === null || to < from ? null : to - from; // fewer than before: the server is a new one
  };
  const seconds = between?.seconds || 1;
  /** @param {number | null} count */
  const rate = (count) => (count === null ? null : (count / seconds) * 60);
  const drawn = grown("blazon_stage_seconds_count", { stage: "draw" });
  const took = grown("blazon_stage_seconds_sum", { stage: "draw" });
  const computed = grown("process_cpu_seconds_total");
  return {
    time,
    waiting: now.sum("blazon_queue_depth") ?? 0,
    running: now.sum("blazon_running") ?? 0,
    perMinute: rate(drawn),
    seconds: drawn && took !== null ? took / drawn : null,
    requestsPerMinute: rate(grown("blazon_requests_total")),
    errorsPerMinute: rate(grown("blazon_errors_total")),
    gpuBusy: now.sum("blazon_gpu_utilisation_ratio"),
    gpuMemory: now.sum("blazon_gpu_memory_bytes", { kind: "allocated" }),
    cpus: computed === null ? null : computed / seconds,
    memory: now.sum("process_resident_memory_bytes"),
  };
}
