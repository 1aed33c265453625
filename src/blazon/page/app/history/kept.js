// @ts-check
import { html } from "../html.js";
import { link } from "../route.js";
import { shelf } from "./shelf.js";

/** Everything that was drawn. */
export function Kept() {
  return html`<ul>
    ${shelf.value.map((entry) => html`<li key=${entry.id}><a href=${link(`/logos/${entry.id}`)}>${entry.name || entry.prompt}</a></li>`)}
  </ul>`;
}
