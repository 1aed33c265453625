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
  // Whoever drags a selection out of a field did not mean to leave: the button goes down and up outside, or nothing is.
  const down = useRef(false);
  const press = (/** @type {MouseEvent} */ event) => {
    down.current = isOutside(event);
  };
  const release = (/** @type {MouseEvent} */ event) => {
    if (down.current && isOutside(event)) onClose();
    down.current = false;
  };
  return html`<dialog ref=${element} class=${name} aria-label=${label} onCancel=${cancel} onMouseDown=${press} onClick=${release}>${children}</dialog>`;
}

/**
 * Whether something was pressed that is around a dialog, and not in it.
 *
 * @param {MouseEvent} event
 */
function isOutside({ target, currentTarget, clientX: x, clientY: y }) {
  if (target !== currentTarget || !(target instanceof HTMLDialogElement)) return false;
  const { left, right, top, bottom } = target.getBoundingClientRect();
  return x < left || x > right || y < top || y > bottom;
}
