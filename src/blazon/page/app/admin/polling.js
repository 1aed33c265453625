// @ts-check
import { useEffect, useRef, useState } from "../../vendor/hooks.js";
import { key, RequestFailed, request, requestJson } from "../api.js";
import { Metrics } from "./metrics_text.js";
import { addReading } from "./readings.js";

/** @typedef {import("./readings.js").Reading} Reading */

/**
 * @typedef {object} Key as `GET /v1/keys` lists it
 * @property {string} id
 * @property {string} name
 * @property {string[]} scopes
 * @property {number | null} requests_per_minute
 * @property {number | null} daily_quota
 * @property {number} spent_today
 * @property {string | null} last_used_at
 *
 * @typedef {object} Report
 * @property {Metrics} metrics
 * @property {Reading[]} readings the newest last
 * @property {Key[]} keys
 */

/** Seconds from one look to the next. */
export const EVERY = 2;

/**
 * Ask the server now and then how it is, while the page is seen.
 *
 * @param {boolean} paused
 * @returns {{report: Report | null, failed: RequestFailed | null}} a failure stands beside what was known before it
 */
export function usePolling(paused) {
  const [report, setReport] = useState(/** @type {Report | null} */ (null));
  const [failed, setFailed] = useState(/** @type {RequestFailed | null} */ (null));
  const last = useRef(report);
  useEffect(() => {
    if (paused) return;
    const end = new AbortController();
    const look = async () => {
      while (!end.signal.aborted) {
        try {
          if (!document.hidden) last.current = await ask(last.current, end.signal);
          setReport(last.current);
          setFailed(null);
        } catch (error) {
          if (end.signal.aborted) return;
          if (!(error instanceof RequestFailed)) throw error;
          setFailed(error);
          if (error.status === 401 || error.status === 403) return; // until there is another key
        }
        await new Promise((resolve) => setTimeout(resolve, EVERY * 1000));
      }
    };
    look();
    return () => end.abort();
  }, [paused, key.value]);
  return { report, failed };
}

/**
 * @param {Report | null} before
 * @param {AbortSignal} signal
 * @returns {Promise<Report>}
 */
async function ask(before, signal) {
  const text = await (await request("/metrics", { signal })).text();
  const { data } = await requestJson("/v1/keys", { signal });
  const metrics = new Metrics(text);
  const readings = addReading(before?.readings ?? [], before?.metrics ?? null, metrics, performance.now() / 1000);
  return { metrics, readings, keys: data };
}
