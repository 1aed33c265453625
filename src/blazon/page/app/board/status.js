// @ts-check
import { useEffect, useState } from "../../vendor/hooks.js";
import { html } from "../html.js";
import { Shield } from "../icons.js";
import { ahead, beginsAt, cancel, connected, findPlace, hasEnded } from "../live.js";
import { announce } from "../state.js";
import { t } from "../texts.js";

/** @typedef {import("../types.js").Generation} Generation */

const PLACE_EVERY = 3000; // milliseconds

/**
 * How far a generation is, in words, with a button that ends it.
 *
 * @param {{generation: Generation}} props
 */
export function Status({ generation }) {
  const words = describeStatus(generation);
  const queued = generation.status === "queued";
  useEffect(() => announce(words), [words]);
  usePlace(queued, generation.id);
  useTick(queued && beginsAt.value > 0);
  const wait = Math.ceil((beginsAt.value - Date.now()) / 1000);
  return html`<span class="status">
      ${connected.value || hasEnded(generation.status) ? words : t("status.lost")}
      ${queued && ahead.value !== null && html` <span class="hint">${t("status.ahead", { count: ahead.value })}</span>`}
      ${queued && wait > 0 && html` <span class="hint">${t("status.wait", { seconds: wait })}</span>`}
    </span>
    ${!hasEnded(generation.status) && html`<button onClick=${cancel}>${t("cancel")}</button>`}`;
}

/**
 * Keep the place in the queue up to date, as long as a generation waits there.
 *
 * @param {boolean} queued
 * @param {string} id
 */
function usePlace(queued, id) {
  useEffect(() => {
    if (!queued) return undefined;
    if (ahead.peek() === null) findPlace();
    const timer = setInterval(findPlace, PLACE_EVERY);
    return () => clearInterval(timer);
  }, [queued, id]);
}

/** @param {Generation} generation */
function describeStatus({ status, brief, candidates, error }) {
  const values = { done: candidates.length, all: brief.n };
  switch (status) {
    case "queued":
      return t("status.queued");
    case "running":
      return t("status.running", values);
    case "succeeded":
      return t(candidates.length === 1 ? "status.one" : "status.done", values);
    case "cancelled":
      return t("status.cancelled", values);
    case "expired":
      return t("status.expired", values);
    default:
      return error?.message ? t("status.failed", { reason: error.message }) : t("status.failed.plain");
  }
}

/**
 * A place on the board whose logo is still to come.
 *
 * @param {{number: number, step: import("../live.js").Step | undefined}} props
 */
export function Coming({ number, step }) {
  useTick(step !== undefined);
  const label = t("board.coming", { number: number + 1 });
  return html`<article class="card coming" aria-label=${label}>
    <div class="face-of-logo">
      ${step?.picture ? html`<img src=${step.picture} alt=${t("board.preview", { number: number + 1 })} />` : html`<${Pulse} />`}
    </div>
    <div class="step">
      ${
        step
          ? html`<span>${t("board.step", { step: step.step, steps: step.steps })}${timeLeft(step)}</span>
            <progress value=${step.step} max=${step.steps} aria-label=${label}></progress>`
          : label
      }
    </div>
  </article>`;
}

function Pulse() {
  return html`<span class="pulse"><${Shield} /></span>`;
}

/** @param {import("../live.js").Step} step */
function timeLeft({ step, steps, first, began }) {
  const done = step - first;
  if (done < 1) return "";
  const seconds = Math.round(((steps - step) * (Date.now() - began)) / done / 1000);
  return seconds > 0 ? ` · ${t("board.left", { seconds })}` : "";
}

/**
 * Draw a component again each second, as long as its time runs.
 *
 * @param {boolean} running
 */
function useTick(running) {
  const [, redraw] = useState(0);
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(() => redraw((count) => count + 1), 1000);
    return () => clearInterval(timer);
  }, [running]);
}
