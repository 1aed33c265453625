// @ts-check
import { MOODS } from "./moods.js";

/**
 * What was understood arrives as lines of words, such as `show fox`, `colours navy, gold` and `name: Northwind`; here they
 * become wishes that can be taken back or changed.
 *
 * @typedef {import("./wish.js").Wish} Wish
 *
 * @typedef {object} Understood
 * @property {string} line as the server said it
 * @property {string} kind what is wished: `show`, `avoid`, `palette`, ... or empty
 * @property {string} text the wish itself
 * @property {keyof Wish | null} field the field of the brief that says it outright, if there is one
 */

/** @type {[RegExp, string, keyof Wish | null][]} */
const KINDS = [
  [/^show (.+)$/, "show", "show"],
  [/^avoid (.+)$/, "avoid", "avoid"],
  [/^(?:only the )?colours (.+)$/, "palette", "palette"],
  [/^style (.+)$/, "style", "style"],
  [/^mark (.+)$/, "mark", "mark"],
  [/^type (.+)$/, "type", "type"],
  [/^mood (.+)$/, "palette", "palette"],
  [/^about: (.+)$/, "about", "prompt"],
  [/^letters: (.+)$/, "letters", "letters"],
  [/^layout: (.+)$/, "layout", "layout"],
  [/^name: (.+)$/, "name", "brand_name"],
  [/^slogan: (.+)$/, "slogan", "slogan"],
  [/^date: (.+)$/, "date", "established"],
  [/^place: (.+)$/, "place", null],
];

/** @type {Record<string, string>} what may follow a wish in the prompt, and goes with it */
const NOUNS = {
  type: "(?:\\s+(?:type|typeface|font|letters|lettering))?",
  style: "(?:\\s+style)?",
  mark: "(?:\\s+(?:mark|logo|symbol))?",
  palette: "(?:\\s+(?:colou?rs?|palette))?",
};

/**
 * @param {string} line
 * @returns {Understood}
 */
export function parse(line) {
  for (const [pattern, kind, field] of KINDS) {
    const text = pattern.exec(line)?.[1];
    if (text) return { line, kind, text, field };
  }
  return { line, kind: "", text: line, field: null };
}

/**
 * Return the brief without a wish: it leaves its field, and its words leave the prompt.
 *
 * @param {Wish} wish
 * @param {Understood} understood
 * @returns {Wish}
 */
export function without(wish, { kind, text, field }) {
  const words = kind === "avoid" ? refusals(text) : wordsOf(text).map((word) => `${word}${NOUNS[kind] ?? ""}`);
  const prompt = takeWords(wish.prompt, words) || wish.prompt;
  if (field === null || field === "prompt") return { ...wish, prompt };
  const held = wish[field];
  if (Array.isArray(held)) return { ...wish, prompt, [field]: held.filter((thing) => thing !== text) };
  return { ...wish, prompt, [field]: "" };
}

/**
 * Return the brief with another text in place of what was understood.
 *
 * @param {Wish} wish
 * @param {Understood} understood
 * @param {string} text
 * @returns {Wish}
 */
export function correct(wish, understood, text) {
  const { field } = understood;
  if (field === null) return wish;
  if (field === "prompt") return { ...wish, prompt: text };
  if (field === "brand_name" || field === "slogan") {
    return { ...wish, prompt: wish.prompt.replaceAll(understood.text, text), [field]: text };
  }
  const rest = without(wish, understood);
  if (field === "palette" && !isPalette(text)) return { ...rest, prompt: `${rest.prompt}, ${text}` };
  const held = rest[field];
  return { ...rest, [field]: Array.isArray(held) ? [...held, ...text.split(",").map((one) => one.trim())] : text };
}

/** @param {string} text whether it is a mood, or colours by number; colours by their names are left to the prompt */
function isPalette(text) {
  return text in MOODS || /^#[0-9a-f]{3,6}(?:[\s,]+#[0-9a-f]{3,6})*$/i.test(text);
}

/** @param {string} text */
function wordsOf(text) {
  return text
    .replace(/\((?:paper|name|mark|accent|.*?)\)/g, "")
    .split(/\s*,\s*| and | or | made of | together/)
    .map((one) => one.trim())
    .filter(Boolean)
    .map(quote);
}

/** @param {string} text */
function refusals(text) {
  return wordsOf(text).map((word) => `(?:no|not|without|avoid|never)\\s+(?:an?\\s+|any\\s+|the\\s+)?${word}`);
}

/** @param {string} text */
function quote(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/**
 * Return a prompt without some words, and without the commas and joints that stood around them.
 *
 * @param {string} prompt
 * @param {string[]} patterns
 */
function takeWords(prompt, patterns) {
  let rest = prompt;
  for (const pattern of patterns) {
    const word = new RegExp(`(^|[^\\p{L}\\p{N}])(?:an?\\s+)?${pattern}(?:e?s)?(?![\\p{L}\\p{N}])`, "iu");
    rest = rest.replace(word, "$1");
  }
  return rest
    .replace(/(?:\s+(?:and|with|in|of))+\s*(?=,|$)/giu, "")
    .replace(/\s*,(?:\s*,)+/g, ",")
    .replace(/\s{2,}/g, " ")
    .replace(/^[\s,]+|[\s,]+$/g, "");
}
