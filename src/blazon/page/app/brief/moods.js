// @ts-check
/** Colours that tell what each mood of a palette looks like: those of two of its harmonies. */
export const MOODS = /** @type {Record<string, string[]>} */ ({
  warm: ["#bc4524", "#e4a339", "#a12623", "#e6964f"],
  cool: ["#194cb1", "#39b4dd", "#183d6b", "#359bd9"],
  natural: ["#206133", "#8fb43f", "#1f533a", "#c1983a"],
  ocean: ["#09466f", "#2bb3b9", "#006678", "#e4734f"],
  sunset: ["#d02b31", "#f4a437", "#6f287e", "#f86f3c"],
  vivid: ["#d72828", "#f0c630", "#db0f75", "#28d6df"],
  pastel: ["#973462", "#ffd4bc", "#1c5c8c", "#f7c8dd"],
  earthy: ["#713e26", "#cd8f50", "#513721", "#c66843"],
  luxury: ["#1f2635", "#c8a65d", "#51223f", "#d3a96f"],
  night: ["#12366a", "#2ad7d7", "#192f65", "#e7c952"],
  mono: ["#1b1b1b", "#717171", "#22272e", "#6e7581"],
});
