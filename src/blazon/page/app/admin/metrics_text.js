// @ts-check
/**
 * The text of `/metrics`, as Prometheus reads it:
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 *
 * @typedef {object} Sample
 * @property {Record<string, string>} labels
 * @property {number} value
 */

const LINE = /^(\w+)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Samples by the name of their metric. */
export class Metrics {
  /** @param {string} text */
  constructor(text) {
    /** @type {Map<string, Sample[]>} */
    this.samples = new Map();
    for (const line of text.split("\n")) {
      const found = LINE.exec(line);
      if (found) this.add(found[1], found[2] ?? "", Number(found[3].replace("Inf", "Infinity")));
    }
  }

  /**
   * @param {string} name
   * @param {string} labels
   * @param {number} value
   */
  add(name, labels, value) {
    const read = Object.fromEntries(
      [...labels.matchAll(LABEL)].map(([, label, text]) => [label, text.replace(/\\(.)/g, unescapeCharacter)]),
    );
    const series = this.samples.get(name) ?? [];
    series.push({ labels: read, value });
    this.samples.set(name, series);
  }

  /**
   * Return the samples of a metric, none if the server does not have it.
   *
   * @param {string} name
   * @param {Record<string, string>} [labels] that a sample must have
   */
  series(name, labels = {}) {
    const wanted = Object.entries(labels);
    return (this.samples.get(name) ?? []).filter((one) => wanted.every(([label, text]) => one.labels[label] === text));
  }

  /**
   * Return the sum of a metric over its samples; null if there are none.
   *
   * @param {string} name
   * @param {Record<string, string>} [labels]
   */
  sum(name, labels) {
    const found = this.series(name, labels);
    return found.length ? found.reduce((total, { value }) => total + value, 0) : null;
  }
}

/**
 * @param {string} _
 * @param {string} character
 */
function unescapeCharacter(_, character) {
  return character === "n" ? "\n" : character;
}
