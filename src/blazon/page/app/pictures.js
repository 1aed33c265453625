// @ts-check
import { useEffect, useState } from "../vendor/hooks.js";
import { RequestFailed, request } from "./api.js";
import { html } from "./html.js";

const MOST_KEPT = 400;
const ATTEMPTS = 4;

/** @type {Map<string, Promise<{file: Blob, address: string}>>} */
const loaded = new Map();

/**
 * Return the address of a picture in memory. It is fetched with the key, which an `<img>` cannot send.
 *
 * @param {string} path such as `/v1/logos/gen_x/0.svg?background=transparent`
 * @returns {Promise<string>}
 */
export async function loadPicture(path) {
  return (await load(path)).address;
}

/**
 * Return what an SVG says; it is fetched once, for pictures and for those who read it.
 *
 * @param {string} path
 * @returns {Promise<string>}
 */
export async function readPicture(path) {
  return (await load(path)).file.text();
}

/** @param {string} path */
function load(path) {
  const known = loaded.get(path);
  if (known) return known;
  const coming = fetchPatiently(path)
    .then((answer) => answer.blob())
    .then((file) => ({ file, address: URL.createObjectURL(file) }));
  coming.catch(() => loaded.delete(path));
  loaded.set(path, coming);
  if (loaded.size > MOST_KEPT) forgetOldest();
  return coming;
}

/**
 * Pictures come in crowds, and a server with limits takes some of them later.
 *
 * @param {string} path
 */
async function fetchPatiently(path) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request(path);
    } catch (error) {
      const later = error instanceof RequestFailed && [0, 429, 503].includes(error.status);
      if (!later || attempt === ATTEMPTS) throw error;
      const seconds = Math.max(error.retryAfter, attempt);
      await new Promise((done) => setTimeout(done, 1000 * seconds));
    }
  }
}

function forgetOldest() {
  const [path, oldest] = loaded.entries().next().value ?? [];
  if (path === undefined) return;
  loaded.delete(path);
  oldest?.then(
    ({ address }) => URL.revokeObjectURL(address),
    () => {},
  );
}

/**
 * A picture of the API.
 *
 * @param {{path: string, alt: string, class?: string, size?: number, style?: Record<string, string>}} props
 */
export function Picture({ path, alt, class: name = "", size, style }) {
  const [address, setAddress] = useState("");
  useEffect(() => {
    let wanted = true;
    loadPicture(path).then(
      (found) => wanted && setAddress(found),
      () => wanted && setAddress(""),
    );
    return () => {
      wanted = false;
    };
  }, [path]);
  if (!address)
    return html`<span class=${`picture waiting ${name}`} role=${alt ? "img" : undefined} aria-label=${alt || undefined}></span>`;
  return html`<img class=${`picture ${name}`} src=${address} alt=${alt} width=${size} height=${size} style=${style} />`;
}

/**
 * Return the path of a candidate as a file.
 *
 * @param {{generation: {id: string}, number: number}} logo
 * @param {Record<string, string | number | undefined>} [options] query parameters: variant, background, size, revision
 * @param {"svg" | "png" | "webp" | "jpeg"} [form]
 */
export function filePath({ generation, number }, options = {}, form = "svg") {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== "" && value !== 0);
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return `/v1/logos/${generation.id}/${number}.${form}${query ? `?${query}` : ""}`;
}
