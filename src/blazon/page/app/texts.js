// @ts-check
import { computed, signal } from "../vendor/signals.js";
import { load, local, save } from "./storage.js";
import en from "./texts/en.js";

/** @typedef {keyof typeof en} TextKey */

export const LANGUAGES = /** @type {const} */ ({ en: "English", de: "Deutsch", fr: "Français" });

const texts = signal(/** @type {Record<string, string>} */ (en));

/** What the server says, in the language that is shown; empty where that is its own. See `sentences.js`. */
export const sentences = signal(/** @type {Record<string, string>} */ ({}));

/** The language that is shown. */
export const language = signal(/** @type {string} */ ("en"));

/** How dates and numbers are written: as the browser has it, where that speaks the language that is shown. */
export const locale = computed(
  () => navigator.languages.find((one) => one.split("-")[0] === language.value) ?? language.value,
);

/**
 * Return a text in the language that is shown.
 *
 * @param {TextKey} name
 * @param {Record<string, string | number>} [values] for the `{names}` in it
 */
export function t(name, values = {}) {
  const text = texts.value[name] ?? en[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}

/** Show the language of the last visit, or that of the browser. */
export async function startLanguage() {
  const wished = load(local, "language", navigator.language.slice(0, 2));
  if (Object.hasOwn(LANGUAGES, wished) && wished !== "en") await setLanguage(wished);
}

/** @param {string} name one of `LANGUAGES` */
export async function setLanguage(name) {
  const [all, said] = await Promise.all(
    name === "en"
      ? [{ default: en }, { default: {} }]
      : [import(`./texts/${name}.js`), import(`./texts/sentences/${name}.js`)],
  );
  texts.value = all.default;
  sentences.value = said.default;
  language.value = name;
  document.documentElement.lang = name;
  save(local, "language", name);
}
