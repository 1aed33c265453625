// @ts-check
import { html } from "./html.js";
import { sentences, t } from "./texts.js";

/** The sentences of the server that are known: what tells them, and in brackets what is put into the text for them. */
const KNOWN = /** @type {const} */ ({
  thin: /^at (\d+) px its thin strokes fade: use the small drawing$/,
  narrow: /^at (\d+) px its gaps close up: use the small drawing$/,
  clogged: /^at (\d+) px what is open in it fills up: use the small drawing$/,
  intricate: /^its mark has (\d+) points: too intricate to be cut or stitched$/,
  crumbs: /^its mark has parts too small to be printed$/,
  contrast_inverse: /^the (.+) has little contrast with its paper in the inverse colouring \((.+) to 1\)$/,
  contrast: /^the (.+) has little contrast with its paper \((.+) to 1\)$/,
  edge: /^it reaches the edge of its sheet: leave room around it$/,
  left_out: /^left out, as too small to read: (.+)$/,
  small_type: /^the (.+) is under (\d+) px high in a (\d+) px picture$/,
  overlap: /^its type lies over its mark$/,
  look_alike: /^its mark looks like that of (.+): compare before you use it$/,
  tones: /^this picture is painted in too many tones for outlines; it is better as the picture that it is$/,
  full: /^this picture is painted up to its border, so that its paper is no part of the outlines$/,
  nothing: /^nothing stands on the paper of this picture$/,
  no_name: /^without a name (.+) is left out$/,
  other_family: /^(.+) cannot set the name: it is set in (.+)$/,
  script_case: /^(.+) is a script: the name is set as it is written, not in capitals$/,
  script_badge: /^(.+) is a script: the name stands below the mark, and is not bent$/,
  symbol_layout: /^without a name the layout is symbol$/,
  name_layout: /^the layout is (.+), so that the name is seen$/,
  wordmark_layout: /^without a mark the layout is wordmark$/,
  mark_layout: /^the layout is (.+), so that the mark is seen$/,
  plain_mark: /^the mark is drawn plain: (.+) was made for the one before$/,
  no_mark: /^nothing of it is seen: the logo has no mark$/,
  framed: /^the mark is framed, so that the frame is seen$/,
  unframed: /^without a frame the mark is drawn plain$/,
  gradient: /^the accent does not suit a gradient from the colour of the mark: choose another$/,
  accent: /^the accent is (.+), to which the mark can run$/,
  one_colour: /^the name is in one colour: the second stood at a letter of the name before$/,
  name_idea: /^the name is set plainly: its letters do not offer the idea (.+)$/,
  letter_symbol: /^the symbol in the name is left out: none of its letters takes it$/,
});

/** @typedef {keyof typeof KNOWN} SentenceName */

// Words of the server that the page has a name for.
/** @type {Record<string, import("./texts.js").TextKey>} */
const TERMS = {
  mark: "design.role_mark",
  accent: "design.role_accent",
  name: "design.role_name",
  slogan: "brief.slogan",
  established: "design.changed_established",
  place: "design.word_place",
  horizontal: "layout.horizontal",
  stacked: "layout.stacked",
};

/**
 * Return what the server said in the language of the page; null where that is not known.
 *
 * @param {string} sentence
 * @returns {string | null}
 */
function translate(sentence) {
  for (const [name, pattern] of Object.entries(KNOWN)) {
    const found = pattern.exec(sentence);
    const text = found && sentences.value[/** @type {SentenceName} */ (name)];
    if (!text) continue;
    return text.replace(/\{(\d)\}/g, (_, place) => {
      const word = found[Number(place)];
      return Object.hasOwn(TERMS, word) ? t(TERMS[word]) : word;
    });
  }
  return null;
}

/**
 * Something that the server said, in the language of the page, or as it said it.
 *
 * @param {{text: string, foreign?: boolean}} props `foreign`: what is not known is English
 */
export function Said({ text, foreign = true }) {
  const translated = translate(text);
  return html`<span lang=${translated === null && foreign ? "en" : undefined}>${translated ?? text}</span>`;
}

/**
 * Return the same as plain text, for announcements.
 *
 * @param {string} text
 */
export function say(text) {
  return translate(text) ?? text;
}
