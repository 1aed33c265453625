// @ts-check
import { useState } from "../../vendor/hooks.js";
import { html } from "../html.js";
import { t } from "../texts.js";
import { Sample, useAlternatives } from "./samples.js";
import { Choice } from "./section.js";
import { change, session } from "./session.js";

const KINDS = /** @type {const} */ (["", "symbol", "letterform", "geometric"]);
const PAGE = 12;
const MOST = 48;

/** Other marks, ranked by the server. */
export function Marks() {
  const [kind, setKind] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const { place, current } = /** @type {import("./session.js").Session} */ (session.value);
  // The revision is only there so that another one is asked for anew.
  const query = new URLSearchParams({ limit: String(limit), ...(kind ? { kind } : {}) });
  const { found, failed } = useAlternatives(`${place}/design/alternatives?${query}#${current}`);
  return html`<${Choice}
      label=${t("design.kind_of_mark")}
      value=${kind}
      options=${KINDS.map((one) => ({ value: one, label: t(/** @type {any} */ (one === "geometric" ? "mark.abstract" : `design.mark_${one || "any"}`)) }))}
      onChoose=${setKind}
    />
    ${failed !== null && html`<p class="hint">${failed || t("design.unreachable")}</p>`}
    <ul class="samples" aria-busy=${found === null}>
      ${(found ?? []).map(
        (one) =>
          html`<li key=${JSON.stringify(one.patch)}>
            <button type="button" class="tile" aria-label=${t("design.take_mark", { shows: one.shows.join(", ") || one.kind })} title=${one.shows.join(", ")} onClick=${() => change(one.patch)}>
              <${Sample} svg=${one.svg} />
            </button>
          </li>`,
      )}
    </ul>
    ${found !== null && found.length === limit && limit < MOST && html`<button type="button" class="quiet" onClick=${() => setLimit(Math.min(MOST, limit + PAGE))}>${t("design.more")}</button>`}`;
}
