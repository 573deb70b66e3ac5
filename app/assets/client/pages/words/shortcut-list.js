// @ts-check
// Words called shortcuts, the strongest first, each with its reason.

import * as classMarkup from "../../lib/classes.js";
import { closest, existing } from "../../lib/dom.js";
import { thousands } from "../../lib/format.js";
import { html, render, trusted } from "../../lib/html.js";
import { choose, neighbourIn } from "./selection.js";
import { get, subscribeOpened } from "./state.js";

/** @import { Opened, WordRow } from "./types" */

const MAX_VARIANTS = 6; // that a row names
const MEANING =
  "Words whose class is more frequent with them in training than in test, and whose effect exceeds what the test " +
  "labels support. Phrases that stand in mostly the same sequences are one row.";

/**
 * @param {Opened} state
 * @param {WordRow} row
 * @param {number} rank
 */
function rowMarkup({ facts, word }, row, rank) {
  const { phrase, shortcut, reason, q, variants } = row;
  const shown = variants.slice(0, MAX_VARIANTS).join(", ");
  const rest = variants.length > MAX_VARIANTS ? ` and ${variants.length - MAX_VARIANTS} more` : "";
  const same = variants.length > 0 && html`<span class="shortcut-variants">in mostly the same sequences: ${shown}${rest}</span>`;
  return html`<li><button type="button" class="shortcut" data-phrase="${phrase}" aria-pressed="${String(phrase === word)}">
    <span class="shortcut-rank">${rank}</span><span class="shortcut-phrase">${phrase}</span>
    ${trusted(classMarkup.chip(facts.classes[row.class]))}
    <span class="shortcut-score"><span>unsupported effect, at least</span> ${shortcut.toFixed(2)} <span>${q}</span></span>
    ${same}<span class="shortcut-reason">${reason}</span></button></li>`;
}

/** @param {Opened} state */
function markup(state) {
  const { rows, count } = /** @type {import("./types").Rows} */ (state.shortcuts);
  const { shortcutsNote: note, shortcutsTested: tested } = state.facts;
  if (!tested) return html`<p class="words-empty">${note}</p>`;
  if (!count) return html`<p class="words-empty">No shortcut passes. ${MEANING} ${note}</p>`;
  const more = count > rows.length && html`<p class="note">The ${rows.length} strongest of ${thousands(count)}.</p>`;
  return html`<p class="note">${MEANING} ${note}</p><ol>${rows.map((row, i) => rowMarkup(state, row, i + 1))}</ol>${more}`;
}

/** @param {Opened} state */
function markChosen({ word }) {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#words-shortcuts [data-phrase]"))) {
    const on = button.dataset.phrase === word;
    button.setAttribute("aria-pressed", String(on));
    if (on) button.scrollIntoView({ block: "nearest" });
  }
}

/** @param {number} by */
export const neighbour = (by) =>
  neighbourIn(get().shortcuts?.rows.map(({ phrase }) => phrase) ?? [], by);

/** Follow the state and the clicks. */
export function start() {
  subscribeOpened(["shortcuts"], (state) => state.shortcuts && render(existing("words-shortcuts"), markup(state)));
  subscribeOpened(["word"], markChosen);
  document.addEventListener("click", (event) => {
    const button = closest(event, "#words-shortcuts [data-phrase]");
    if (button?.dataset.phrase !== undefined) choose(button.dataset.phrase);
  });
}
