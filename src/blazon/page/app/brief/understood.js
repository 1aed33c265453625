// @ts-check
import { MOODS } from "./moods.js";

/**
 * What was understood becomes wishes that can be taken back or changed, in the fields and in the words of the brief.
 *
 * @typedef {import("./wish.js").Wish} Wish
 * @typedef {import("../types.js").UnderstoodWish} Understood
 */

/** @type {Record<string, string>} what may follow a wish in the prompt, and goes with it */
const NOUNS = {
  type: "(?:\\s+(?:type|typeface|font|letters|lettering))?",
  family: "(?:\\s+(?:type|typeface|font|letters|lettering))?",
  style: "(?:\\s+(?:style|look))?",
  mark: "(?:\\s+(?:mark|logo|symbol))?",
  colours: "(?:\\s+(?:colou?rs?|palette))?",
  mood: "(?:\\s+(?:colou?rs?|palette|mood))?",
};

/** @type {Record<string, string>} what a case is called */
const CASES = {
  upper: "(?:(?:set\\s+)?in\\s+)?(?:all\\s+)?(?:capitals|capital letters|caps|upper\\s?case)",
  lower: "(?:(?:set\\s+)?in\\s+)?(?:all\\s+)?(?:small letters|lower\\s?case)",
};

/** Kinds of wishes that refuse something. */
const REFUSALS = new Set(["avoid", "no_colour", "no_mark", "no_type", "no_family"]);

/**
 * Return the brief without a wish: it leaves its field, and its words leave the prompt.
 *
 * @param {Wish} wish
 * @param {Understood} understood
 * @returns {Wish} the same where nothing in the brief is known to say it
 */
export function without(wish, understood) {
  const prompt = takeWords(wish.prompt, listPatterns(understood));
  const rest = prompt.length < 3 || prompt === wish.prompt ? wish : { ...wish, prompt };
  const field = fieldOf(understood);
  if (!field || field === "prompt") return rest;
  const held = rest[field];
  if (Array.isArray(held)) {
    const kept = held.filter((thing) => !understood.values.includes(thing));
    return kept.length === held.length ? rest : { ...rest, [field]: kept };
  }
  return held ? { ...rest, [field]: "" } : rest;
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
  const field = editedField(understood);
  if (field === "prompt") return { ...wish, prompt: text };
  if (field === "brand_name" || field === "slogan") {
    return { ...wish, prompt: wish.prompt.replaceAll(understood.text, text), [field]: text };
  }
  const rest = without(wish, understood);
  if (field === "palette" && !isPalette(text)) return { ...rest, prompt: `${rest.prompt}, ${text}` };
  const held = rest[field];
  return { ...rest, [field]: Array.isArray(held) ? [...held, ...text.split(",").map((one) => one.trim())] : text };
}

/**
 * Return the field in which a wish is corrected; the prompt where no other says it.
 *
 * @param {Understood} understood
 * @returns {keyof Wish}
 */
export function editedField(understood) {
  const field = fieldOf(understood);
  return field && field !== "own_font" ? field : "prompt";
}

/**
 * Return the wish that cannot be met as one that can be taken back.
 *
 * @param {string} told such as `show unicorn`
 * @param {Understood[]} all
 * @returns {Understood}
 */
export function findUnmet(told, all) {
  const known = all.find(({ line, text, values }) => line === told || text === told || values.includes(told));
  if (known) return known;
  const [, kind = "", text = ""] = /^(\w+):? (.+)$/.exec(told) ?? [];
  const alike = all.find((one) => one.kind === kind && one.text === text);
  const field = { show: "show", letters: "letters", established: "established", slogan: "slogan", case: "case" }[kind];
  return alike ?? { kind, line: told, text, field: field ?? null, values: text ? [text] : [told] };
}

/** @param {Understood} understood */
function fieldOf({ field }) {
  return /** @type {keyof Wish | null} */ (field);
}

/** @param {string} text whether it is a mood, or colours by number; colours by their names are left to the prompt */
function isPalette(text) {
  return Object.hasOwn(MOODS, text) || /^#[0-9a-f]{3,6}(?:[\s,]+#[0-9a-f]{3,6})*$/i.test(text);
}

/**
 * Return how a wish may be said in a prompt.
 *
 * @param {Understood} understood
 */
function listPatterns({ kind, values }) {
  if (kind === "case") return values.map((value) => CASES[value]).filter(Boolean);
  const words = values.filter(Boolean).map(quote);
  if (!REFUSALS.has(kind)) return words.map((word) => `${word}${NOUNS[kind] ?? ""}`);
  const noun = NOUNS[kind.replace("no_", "")] ?? "";
  return words.map((word) => `(?:no|not|without|avoid|never)\\s+(?:an?\\s+|any\\s+|the\\s+)?${word}${noun}`);
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
  if (rest === prompt) return prompt;
  return rest
    .replace(/(?:\s*(?:slogan|tagline|motto))?\s*(?:''|""|“”|„“|«»|‘’)/giu, "")
    .replace(/(?:\s+(?:and|with|in|of|called|named|based|since))+\s*(?=,|$)/giu, "")
    .replace(/\s*,(?:\s*,)+/g, ",")
    .replace(/\s{2,}/g, " ")
    .replace(/^[\s,]+|[\s,]+$/g, "");
}
