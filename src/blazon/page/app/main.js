import { h, render } from "../vendor/preact.js";
import htm from "../vendor/htm.js";

const html = htm.bind(h);

render(html`<h1>Blazon</h1>`, document.body);
