// @ts-check

import { render } from "../vendor/preact.js";
import { effect } from "../vendor/signals.js";
import { App } from "./app.js";
import { fromGeneration, wish } from "./brief/wish.js";
import { html } from "./html.js";
import { startFollowing } from "./live.js";
import { generation } from "./state.js";
import { startLanguage } from "./texts.js";
import { startTheme } from "./theme.js";

const root = document.getElementById("studio");
if (root) {
  startTheme();
  startFollowing();
  fillBrief();
  await startLanguage();
  render(html`<${App} />`, root);
  if (!location.hash) document.getElementById("prompt")?.focus({ preventScroll: true });
}

/** Whoever opens a board finds the brief that it was drawn from; what is being written is not overwritten. */
function fillBrief() {
  let filled = "";
  effect(() => {
    const shown = generation.value;
    if (!shown || shown.id === filled) return;
    filled = shown.id;
    if (wish.peek().prompt !== shown.brief.prompt) wish.value = fromGeneration(shown);
  });
}
