// @ts-check
import { useEffect } from "../vendor/hooks.js";
import { Board } from "./board/board.js";
import { LogoView } from "./board/logo.js";
import { Examples } from "./brief/examples.js";
import { BriefForm } from "./brief/form.js";
import { html } from "./html.js";
import { Icon, Shield } from "./icons.js";
import { ForgetKey, KeyDialog } from "./keys/dialog.js";
import { lazy } from "./lazy.js";
import { link, route } from "./route.js";
import { announcement, generation, titleOf } from "./state.js";
import { LANGUAGES, language, setLanguage, t } from "./texts.js";
import { nextTheme, theme } from "./theme.js";

const Kept = lazy(() => import("./history/kept.js").then((module) => module.Kept));
const AdminScreen = lazy(() => import("./admin/screen.js").then((module) => module.AdminScreen));

/** The whole page: its head, the view that the address names, the live region, and the dialog for a key. */
export function App() {
  useTitle();
  return html`<a class="skip" href="#main" onClick=${skip}>${t("nav.skip")}</a>
    <${Masthead} />
    <main id="main" tabindex="-1"><${View} /></main>
    <${Foot} />
    <div class="unseen" role="status" aria-live="polite">${announcement.value}</div>
    <${KeyDialog} />`;
}

function View() {
  switch (route.value.view) {
    case "kept":
      return html`<${Kept} />`;
    case "admin":
      return html`<${AdminScreen} />`;
    case "board":
      return html`<h1 class="unseen">${t("board.title")}</h1><${BriefForm} compact=${true} /><${Board} />`;
    case "logo":
      return html`<${LogoView} />`;
    default:
      return html`<div class="opening"><${BriefForm} /><${Examples} /></div>`;
  }
}

function Masthead() {
  const { view } = route.value;
  const current = (/** @type {string} */ name) => (view === name ? "page" : undefined);
  return html`<header class="masthead">
    <a class="home" href=${link("/")} aria-label=${t("nav.home")}><${Shield} />Blazon</a>
    <nav aria-label=${t("nav.title")}>
      <a href=${link("/")} aria-current=${current("make")}>${t("nav.make")}</a>
      <a href=${link("/kept")} aria-current=${current("kept")}>${t("nav.kept")}</a>
    </nav>
    <div class="tools">
      <${ForgetKey} />
      <${LanguageChoice} />
      <${ThemeButton} />
    </div>
  </header>`;
}

function LanguageChoice() {
  return html`<select aria-label=${t("nav.language")} onChange=${(/** @type {any} */ event) => setLanguage(event.target.value)}>
    ${Object.entries(LANGUAGES).map(
      ([name, words]) =>
        html`<option key=${name} value=${name} lang=${name} selected=${language.value === name}>${words}</option>`,
    )}
  </select>`;
}

function ThemeButton() {
  const icon = { auto: "auto", light: "sun", dark: "moon" }[theme.value];
  const label = t(`theme.${theme.value}`);
  return html`<button class="plain icon" aria-label=${label} title=${label} onClick=${nextTheme}><${Icon} name=${icon} /></button>`;
}

function Foot() {
  return html`<footer class="foot">
    <a href="docs">${t("foot.api")}</a>
    <a href=${link("/admin")}>${t("foot.admin")}</a>
  </footer>`;
}

/** @param {Event} event the address is the route, so the browser cannot go to a part of the page by itself */
function skip(event) {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** Name the state in the title of the page, and put the focus on it when it is another one. */
function useTitle() {
  const { view, generation: id, number } = route.value;
  const shown = generation.value;
  const name = shown && (view === "board" || view === "logo") ? titleOf(shown) : "";
  const title = name || (view === "kept" ? t("nav.kept") : view === "admin" ? t("foot.admin") : "");
  useEffect(() => {
    document.title = title ? `${title} · Blazon` : "Blazon";
  }, [title]);
  useEffect(() => {
    if (document.activeElement === document.body) document.getElementById("main")?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [view, id, number]);
}
