// @ts-check
import { useEffect, useRef } from "../vendor/hooks.js";
import { html } from "./html.js";

/**
 * A modal dialog that is open as long as it is in the page; the browser keeps the focus in it, and gives it back.
 *
 * @param {{label: string, onClose: () => void, class?: string, children?: any}} props
 */
export function Dialog({ label, onClose, class: name = "", children }) {
  const element = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    const shown = element.current;
    const before = document.activeElement;
    if (!shown?.open) shown?.showModal();
    return () => {
      shown?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const cancel = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose();
  };
  const press = (/** @type {MouseEvent} */ event) => event.target === element.current && onClose();
  return html`<dialog ref=${element} class=${name} aria-label=${label} onCancel=${cancel} onClick=${press}>${children}</dialog>`;
}
