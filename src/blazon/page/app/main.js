// @ts-check
import { render } from "../vendor/preact.js";
import { App } from "./app.js";
import { html } from "./html.js";
import { startFollowing } from "./live.js";
import { startLanguage } from "./texts.js";

const root = document.getElementById("studio");
if (root) {
  startFollowing();
  render(html`<${App} />`, root);
  startLanguage();
}
