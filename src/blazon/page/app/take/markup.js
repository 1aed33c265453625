// @ts-check
/** @typedef {import("../design/drawing.js").Drawing} Drawing */
/** @typedef {import("../design/drawing.js").DrawnNode} DrawnNode */

/**
 * Return a drawing as SVG.
 *
 * @param {Drawing} drawing
 * @param {string} title
 */
export function writeSvg({ box, nodes }, title) {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.join(" ")}" role="img">`;
  return [head, `  <title>${escapeText(title)}</title>`, ...writeNodes(nodes, "  ", (name) => name), "</svg>", ""].join(
    "\n",
  );
}

/**
 * Return a drawing as a component of React, or of what else reads JSX.
 *
 * @param {Drawing} drawing
 * @param {string} title
 */
export function writeJsx({ box, nodes }, title) {
  return [
    `export function ${componentName(title)}(props) {`,
    "  return (",
    `    <svg xmlns="http://www.w3.org/2000/svg" viewBox="${box.join(" ")}" role="img" {...props}>`,
    `      <title>${escapeText(title)}</title>`,
    ...writeNodes(nodes, "      ", (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase())),
    "    </svg>",
    "  );",
    "}",
    "",
  ].join("\n");
}

/**
 * Return an element that shows a file of the server.
 *
 * @param {string} address
 * @param {string} title
 */
export function writeImage(address, title) {
  return `<img src="${escapeText(address)}" alt="${escapeText(title)}" width="512" height="512">`;
}

/**
 * @param {DrawnNode[]} nodes
 * @param {string} indent
 * @param {(name: string) => string} nameAttribute
 * @returns {string[]}
 */
function writeNodes(nodes, indent, nameAttribute) {
  return nodes.flatMap(({ tag, attributes, children }) => {
    const given = Object.entries(attributes).map(([name, value]) => ` ${nameAttribute(name)}="${escapeText(value)}"`);
    const start = `${indent}<${tag}${given.join("")}`;
    return children.length
      ? [`${start}>`, ...writeNodes(children, `${indent}  `, nameAttribute), `${indent}</${tag}>`]
      : [`${start} />`];
  });
}

/** @param {string} text also for JSX, where braces would begin code */
function escapeText(text) {
  const names = /** @type {Record<string, string>} */ ({
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "{": "&#123;",
    "}": "&#125;",
  });
  return text.replace(/[&<>"{}]/g, (letter) => names[letter]);
}

/** @param {string} title */
function componentName(title) {
  const words = title
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9 ]/g, "")
    .split(" ")
    .filter(Boolean);
  const joined = words
    .map((word) => word[0].toUpperCase() + word.slice(1))
    .join("")
    .slice(0, 40);
  return /^[A-Z]/.test(joined) ? `${joined}Logo` : "Logo";
}
