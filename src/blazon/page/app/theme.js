// @ts-check
import { effect, signal } from "../vendor/signals.js";
import { load, local, save } from "./storage.js";

export const THEMES = /** @type {const} */ (["auto", "light", "dark"]);

/** Light, dark, or as the system has it. */
export const theme = signal(load(local, "theme", /** @type {(typeof THEMES)[number]} */ ("auto")));

export function startTheme() {
  effect(() => {
    if (theme.value === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
    save(local, "theme", theme.value);
  });
}

export function nextTheme() {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length];
}
