// @ts-check
import logo from "./logo/en.js";

/** Every text of the page, in English. Names are `topic.what`; `{names}` stand for values. */
export default {
  ...logo,

  // head
  "nav.kept": "Your logos",

  // brief
  "brief.prompt": "What is the logo for?",
  "brief.draw": "Draw",

  // board
  "board.logo": "Logo {number}",

  // one logo
  "logo.large": "The logo, large",
  "logo.panels": "What to do with it",
  "logo.change": "Change",
  "logo.scenes": "See it used",
  "logo.take": "Take",

  // admin (admin/)
};
