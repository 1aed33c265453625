// @ts-check
import { useEffect, useState } from "../vendor/hooks.js";
import { html } from "./html.js";
import { t } from "./texts.js";

/**
 * Return a component whose module is fetched when it is first shown.
 *
 * @param {() => Promise<any>} load returns the component
 */
export function lazy(load) {
  /** @type {any} */
  let Loaded = null;
  return function Lazy(/** @type {any} */ props) {
    const [failed, setFailed] = useState(false);
    const [, redraw] = useState(false);
    useEffect(() => {
      if (Loaded) return;
      load().then(
        (found) => {
          Loaded = found;
          redraw(true);
        },
        () => setFailed(true),
      );
    }, []);
    if (failed) return html`<p class="notice" role="alert">${t("failure.unreachable")}</p>`;
    return Loaded ? html`<${Loaded} ...${props} />` : null;
  };
}
