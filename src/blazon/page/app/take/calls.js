// @ts-check
import { resolve } from "../api.js";

/** @typedef {import("../types.js").Logo} Logo */

/**
 * What is sent to have a logo again.
 *
 * @typedef {{path: string, body: Record<string, any>, file: boolean}} Call `file`: whether the answer is the SVG itself
 */

const PLACEHOLDER = "YOUR_KEY";

/**
 * Return the call that makes a logo: of its brief where it is as it was drawn, or else of its design.
 *
 * @param {Logo} logo
 * @param {number} revision
 * @param {Record<string, any> | null} design as it is in that revision
 * @returns {Call}
 */
export function makeCall({ generation, candidate }, revision, design) {
  const { brief } = generation;
  const ofBrief = revision === 0 && brief.keep.length === 0 && design?.mark?.kind !== "outline";
  if (design && !ofBrief) return { path: "/v1/designs?format=svg", body: design, file: true };
  const { prompt, brand_name, slogan, style, palette, layout, show, avoid, letters, established, mark, type } = brief;
  const wishes = {
    prompt,
    brand_name,
    slogan,
    style,
    palette,
    layout,
    show,
    avoid,
    letters,
    established,
    mark,
    type,
    case: brief.case,
  };
  const { steps, guidance, negative_prompt, credit_allowed } = /** @type {any} */ (brief);
  const painted = candidate.design === null;
  const how = {
    seed: candidate.seed,
    n: 1,
    first: candidate.first || null,
    ...(painted
      ? { engine: "flux", model: candidate.model, size: brief.size, steps, guidance, negative_prompt }
      : { engine: "vector" }),
  };
  const credits = credit_allowed === false ? { credit_allowed } : {};
  return { path: "/v1/logos", body: dropEmpty({ ...wishes, ...how, ...credits }), file: false };
}

/** @param {Record<string, any>} values */
function dropEmpty(values) {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) =>
        value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  );
}

/**
 * Return a call for a shell.
 *
 * @param {Call} call
 * @param {boolean} keyed whether the server wants a key
 */
export function writeCurl({ path, body, file }, keyed) {
  const lines = [
    `curl -sf '${resolve(path)}'`,
    ...(keyed ? [`-H 'Authorization: Bearer ${PLACEHOLDER}'`] : []),
    "-H 'Content-Type: application/json'",
    `-d '${JSON.stringify(body, null, file ? 0 : 2).replaceAll("'", "'\\''")}'`,
    ...(file ? ["-o logo.svg"] : []),
  ];
  return lines.join(" \\\n  ");
}

/**
 * Return a call as a program in Python that needs nothing but Python.
 *
 * @param {Call} call
 * @param {boolean} keyed
 */
export function writePython({ path, body, file }, keyed) {
  const headers = { ...(keyed ? { Authorization: `Bearer ${PLACEHOLDER}` } : {}), "Content-Type": "application/json" };
  const lines = [
    "import json",
    "from urllib.request import Request, urlopen",
    "",
    `SERVER = ${writeLiteral(resolve("/").replace(/\/$/, ""))}`,
    `HEADERS = ${writeLiteral(headers)}`,
    `WISH = ${writeLiteral(body)}`,
    "",
    `request = Request(SERVER + ${writeLiteral(path)}, json.dumps(WISH).encode(), HEADERS)`,
  ];
  const rest = file
    ? ["svg = urlopen(request).read()"]
    : [
        'logo = json.load(urlopen(request))["candidates"][0]',
        'svg = urlopen(Request(SERVER + logo["svg"], headers=HEADERS)).read()',
      ];
  return [...lines, ...rest, 'open("logo.svg", "wb").write(svg)', ""].join("\n");
}

/**
 * Return a value as Python writes it.
 *
 * @param {any} value
 * @returns {string}
 */
function writeLiteral(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(writeLiteral).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, held]) => `${JSON.stringify(name)}: ${writeLiteral(held)}`)
    .join(", ")}}`;
}
