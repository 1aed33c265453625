// @ts-check
import { useEffect, useState } from "../vendor/hooks.js";
import { html } from "./html.js";

/**
 * Return a component whose module is fetched when it is first shown.
 *
 * @param {() => Promise<any>} load returns the component
 */
export function lazy(load) {
  /** @type {any} */
  let Loaded = null;
  return function Lazy(/** @type {any} */ props) {
    const [, redraw] = useState(false);
    useEffect(() => {
      if (Loaded) return;
      load().then((found) => {
        Loaded = found;
        redraw(true);
      });
    }, []);
    return Loaded ? html`<${Loaded} ...${props} />` : null;
  };
}
