// @ts-check
// Words that the swap test finds, the surest first, as a table with a sentence each.

import * as classMarkup from "../../lib/classes.js";
import { closest, existing } from "../../lib/dom.js";
import { fixed, signed, thousands } from "../../lib/format.js";
import { html, render, trusted } from "../../lib/html.js";
import { choose, neighbourIn } from "./selection.js";
import { get, subscribeOpened } from "./state.js";

/** @import { Opened, SwapRow, Swaps } from "./types" */

const HEADINGS = [
  ["Word", "Word and the class that it pushes to"],
  ["Seq.", "Test sequences in which it was replaced"],
  ["Change", "Mean change of the logit of the class by the word, with its 95 % interval"],
  ["Flips", "Share of the replacements that change the answer, with its 95 % interval (Wilson)"],
  ["Controls", "Control words, of similar frequency and position: median size of their changes; flips"],
  ["Labels", "Labelled sequences that contain it and are of the class, and how many their other words predict"],
  ["Regression", "Weight of the word in a logistic regression on all words of all labelled sequences; rank"],
  ["q", "False discovery rate at which the word is listed"],
];

/** @param {number} share */
const percent = (share) => `${fixed(100 * share, 0)} %`;

/**
 * @param {number} low
 * @param {number} high
 * @param {(value: number) => string} format
 */
const interval = (low, high, format) => html`<small>${format(low)} to ${format(high)}</small>`;

/**
 * @param {Opened} state
 * @param {SwapRow} row
 */
function rowMarkup({ facts, word }, row) {
  const { token, stored } = row;
  const name = stored
    ? html`<button type="button" class="swap-word" data-phrase="${token}" aria-pressed="${String(token === word)}">${token}</button>`
    : html`<span class="swap-word" title="No stored sequence holds it">${token}</span>`;
  return html`<tbody data-token="${token}" data-chosen="${String(token === word)}"><tr>
    <th scope="row">${name} ${trusted(classMarkup.chip(facts.classes[row.towards]))}</th>
    <td>${thousands(row.swapped)}</td>
    <td>${signed(row.change)} ${interval(row.change_low, row.change_high, signed)}</td>
    <td>${percent(row.flips)} ${interval(row.flips_low, row.flips_high, percent)}</td>
    <td>${fixed(row.control_change, 2)}<br>
    ${percent(row.control_flips)} ${interval(row.control_low, row.control_high, percent)}</td>
    <td>${thousands(row.labelled)} <small>of ${thousands(row.frequency)}, predicted ${thousands(Number(fixed(row.expected, 0)))}</small></td>
    <td>${signed(row.weight)} <small>rank ${thousands(row.weight_rank)}</small></td><td>${row.q}</td></tr>
    <tr><td colspan="${HEADINGS.length}" class="swap-reason"><p>${row.reason}</p></td></tr></tbody>`;
}

/** @param {Opened} state */
function markup(state) {
  const { rows, count, note, tested } = /** @type {Swaps} */ (state.swaps);
  if (!rows.length) {
    const none = tested ? html`<p class="words-empty">No word passes.</p>` : "";
    return html`<p class="note">${note}</p>${none}`;
  }
  const head = HEADINGS.map(([name, help]) => html`<th scope="col" title="${help}">${name}</th>`);
  const more = count > rows.length && html`<p class="note">The ${rows.length} surest of ${thousands(count)}.</p>`;
  return html`<p class="note">${note}</p><table class="swaps"><thead><tr>${head}</tr></thead>
    ${rows.map((row) => rowMarkup(state, row))}</table>${more}`;
}

/** @param {Opened} state */
function markChosen({ word }) {
  for (const body of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#words-swaps [data-token]"))) {
    const on = body.dataset.token === word;
    body.dataset.chosen = String(on);
    body.querySelector("[data-phrase]")?.setAttribute("aria-pressed", String(on));
    if (on) body.scrollIntoView({ block: "nearest" });
  }
}

/** @param {number} by */
export const neighbour = (by) =>
  neighbourIn(get().swaps?.rows.filter(({ stored }) => stored).map(({ token }) => token) ?? [], by);

/** Follow the state and the clicks. */
export function start() {
  subscribeOpened(["swaps"], (state) => state.swaps && render(existing("words-swaps"), markup(state)));
  subscribeOpened(["word"], markChosen);
  document.addEventListener("click", (event) => {
    const button = closest(event, "#words-swaps [data-phrase]");
    if (button?.dataset.phrase !== undefined) choose(button.dataset.phrase);
  });
}
