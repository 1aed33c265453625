// @ts-check
import { useEffect, useState } from "../../vendor/hooks.js";
import { effect, signal } from "../../vendor/signals.js";
import { describe, LogoPicture } from "../board/logo_picture.js";
import { fit, measure, PLACE } from "../board/visual_size.js";
import { html } from "../html.js";
import { filePath } from "../pictures.js";
import { revision } from "../state.js";
import { showNodes, useDrawing } from "./drawing.js";
import { findRoles } from "./parts.js";
import { pending, shown } from "./session.js";

/** @typedef {import("./parts.js").Role} Role */

/** The part of the logo whose colour is chosen. */
export const chosenRole = signal(/** @type {Role | null} */ (null));

/** A colour that is tried on a part, before it is sent. */
export const triedColour = signal(/** @type {{role: Role, colour: string} | null} */ (null));

// What was sent is seen until the server has answered.
effect(() => {
  if (pending.value === 0) triedColour.value = null;
});

/**
 * The logo as it is now, large; a click on a part chooses it. With the keyboard it is chosen by its swatch. One without
 * a design is a picture.
 *
 * @param {{logo: import("../types.js").Logo}} props
 */
export function EditableLogo({ logo }) {
  const { value } = shown;
  const path = value ? filePath(logo, { revision: value.revision, metadata: "none" }) : null;
  const { drawing } = useDrawing(path);
  const seen = useMeasured(path);
  if (!drawing || !value) return html`<${LogoPicture} logo=${logo} ground="own" revision=${revision.value} />`;
  const roles = findRoles(drawing.nodes, value.design);
  const tried = triedColour.value;
  return html`<span class="face-of-logo" style=${{ background: value.design.colours.paper }}><svg
    class="picture editable"
    style=${seen ? fit(seen, PLACE) : undefined}
    role="img"
    aria-label=${describe(logo)}
    aria-busy=${pending.value > 0}
    viewBox=${drawing.box.join(" ")}
  >
    ${showNodes(drawing.nodes, (_, place) => {
      const role = roles[place];
      if (!role) return {};
      return {
        class: role === chosenRole.value ? "part chosen" : "part",
        "data-role": role,
        onClick: () => choose(role),
        ...(tried?.role === role ? { fill: tried.colour } : {}),
      };
    })}
  </svg></span>`;
}

/**
 * How large the logo is to the eye; as before while that is not known of another one.
 *
 * @param {string | null} path
 */
function useMeasured(path) {
  const [seen, setSeen] = useState(/** @type {import("../board/visual_size.js").Measured | null} */ (null));
  useEffect(() => {
    let wanted = true;
    if (path)
      measure(path).then(
        (measured) => wanted && setSeen(measured),
        () => {},
      );
    return () => {
      wanted = false;
    };
  }, [path]);
  return seen;
}

/** @param {Role} role */
function choose(role) {
  chosenRole.value = role;
  const section = document.getElementById("design-colours");
  if (section instanceof HTMLDetailsElement) section.open = true;
  document.getElementById(`colour-${role}`)?.focus();
}
