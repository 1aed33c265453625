// @ts-check
import { useEffect, useState } from "../../vendor/hooks.js";
import { html } from "../html.js";
import { filePath, Picture } from "../pictures.js";
import { t } from "../texts.js";
import { showOn } from "./grounds.js";
import { fit, measure, PLACE } from "./visual_size.js";

/** @typedef {import("../types.js").Logo} Logo */

const PAINTED = 1024; // pixels
const SMALL = /** @type {const} */ ([64, 32, 16]);

/**
 * A logo on a ground, as large to the eye as all others.
 *
 * @param {{logo: Logo, ground: import("./grounds.js").GroundName, alt?: string, revision?: number, shape?: number}} props `shape` of the place, its width by its height
 */
export function LogoPicture({ logo, ground, alt = describe(logo), revision = 0, shape = PLACE }) {
  const { query, under } = showOn(ground, logo.candidate.design);
  // A painting is shown as it was painted: to have it as outlines takes seconds, and not each can be had so.
  const painted = logo.candidate.design === null && revision === 0;
  const path = painted
    ? filePath(logo, { metadata: "none", size: PAINTED }, "png")
    : filePath(logo, { ...query, revision, metadata: "none" });
  const [found, setFound] = useState(/** @type {import("./visual_size.js").Measured | null} */ (null));
  useEffect(() => {
    let wanted = true;
    measure(path).then(
      (measured) => wanted && setFound(measured),
      () => wanted && setFound(null),
    );
    return () => {
      wanted = false;
    };
  }, [path]);
  const style = found ? fit(found, shape) : undefined;
  return html`<span class="face-of-logo" style=${{ background: found?.ground || under }}>
    ${found ? html`<img class="picture" src=${found.address} alt=${alt} style=${style} />` : html`<span class="unseen">${alt}</span>`}
  </span>`;
}

/**
 * A logo as it is at 64, 32 and 16 pixels.
 *
 * @param {{logo: Logo, ground: import("./grounds.js").GroundName, revision?: number}} props
 */
export function SmallSizes({ logo, ground, revision = 0 }) {
  const { query, under } = showOn(ground, logo.candidate.design);
  const form = logo.candidate.design === null ? "png" : "svg";
  return html`<span class="small-sizes">
    ${SMALL.map(
      (size) =>
        html`<span key=${size} title=${t("board.pixels", { size })} style=${{ background: under, width: `${size}px`, height: `${size}px` }}>
          <${Picture}
            path=${filePath(logo, { ...query, revision, size, metadata: "none" }, form)}
            alt=${t("board.pixels", { size })}
            size=${size}
          />
        </span>`,
    )}
  </span>`;
}

/** @param {Logo} logo */
export function describe({ number, candidate }) {
  const shows = candidate.shows.join(", ");
  return shows ? t("board.logo.shows", { number: number + 1, shows }) : t("board.logo", { number: number + 1 });
}
