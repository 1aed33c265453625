// @ts-check
import { AdminScreen } from "./admin/screen.js";
import { Board } from "./board/board.js";
import { LogoView } from "./board/logo.js";
import { BriefForm } from "./brief/form.js";
import { Kept } from "./history/kept.js";
import { html } from "./html.js";
import { link, route } from "./route.js";
import { announcement } from "./state.js";
import { t } from "./texts.js";

/** The whole page: its head, the view that the address names, and the live region. */
export function App() {
  return html`<header class="masthead">
      <a href=${link("/")}>Blazon</a>
      <nav><a href=${link("/kept")}>${t("nav.kept")}</a></nav>
    </header>
    <main id="main" tabindex="-1"><${View} /></main>
    <div class="unseen" role="status" aria-live="polite">${announcement.value}</div>`;
}

function View() {
  switch (route.value.view) {
    case "kept":
      return html`<${Kept} />`;
    case "admin":
      return html`<${AdminScreen} />`;
    case "board":
      return html`<${BriefForm} /><${Board} />`;
    case "logo":
      return html`<${LogoView} />`;
    default:
      return html`<${BriefForm} />`;
  }
}
