// @ts-check
// A match as markup: its settings, the units that are on, and the places where all of them are.

import { mix } from "../../lib/colour.js";
import { percent, thousands } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { stepNoun } from "../../lib/series.js";
import { contextMarkup, signedValue, stepsName, wordsMarkup } from "./contexts.js";
import { hint } from "./hints.js";

/** @import { Facts, MatchAnswer, MatchContext, MatchedUnit, Question, Selection, Tones } from "./types" */
/** @typedef {{ unit: number, value: number }} Strongest */
/** @typedef {Pick<Question, "threshold" | "edges">} Threshold */

/**
 * @param {Selection} selection
 * @param {number} steps of the sequence of the span
 * @param {number} end largest threshold
 */
export function settingsMarkup({ sequence, from, to, threshold, edges, open }, steps, end) {
  /**
   * @param {string} key
   * @param {number | null} value
   * @param {string} name
   */
  const number = (key, value, name) =>
    html`<input type="number" class="units-number" data-units="${key}" min="0" max="${steps - 1}" value="${value}" aria-label="${name} step of the span">`;
  const own = open ? html`<button type="button" class="chip" data-back title="Show the span again">#${sequence}</button>` : `#${sequence}`;
  const selected = (/** @type {boolean} */ on) => on && html` selected`;
  return html`<div class="match-settings"><label>Steps ${number("from", from, "First")}</label>
    <label>to ${number("to", to, "Last")}</label><span class="match-own">of ${own}</span>
    <label class="match-threshold">h <select data-units="side" aria-label="Side of the threshold">
    <option value="high"${selected(threshold >= 0)}>at least</option>
    <option value="low"${selected(threshold < 0)}>at most</option></select>
    <input type="range" data-units="threshold" min="0.01" max="${end}" step="0.01" value="${Math.abs(threshold)}" aria-label="Threshold">
    <output>${threshold.toFixed(2)}</output></label>
    <label class="match-edges"><input type="checkbox" data-units="edges"${edges && html` checked`}>
    <span>only units that are off just before and just after</span></label></div>`;
}

/**
 * A unit of a match: on, or left out.
 * @param {MatchedUnit} matched
 */
function unitChip({ unit, used, share }) {
  const where = share === null ? "left out: click to take it in" : `on at ${percent(share)} of all steps; click to leave it out`;
  return html`<button type="button" class="chip unit-chip" data-without="${unit}" aria-pressed="${String(used)}" title="Unit ${unit}: ${where}">${unit}</button>`;
}

/**
 * @param {string} line
 * @param {string} change what to change
 */
const emptyMarkup = (line, change) =>
  html`<div class="units-empty" role="status"><strong>${line}</strong><p>${change}</p></div>`;

/**
 * The places that a match found, or why it found none and what to change.
 * @param {Facts} facts
 * @param {Threshold} selection
 * @param {MatchAnswer} answer
 * @param {Pick<Tones, "middle" | "high">} tones
 * @param {Strongest} strongest unit over the whole span, and its weakest value there
 */
export function matchMarkup(facts, selection, { units, total, matches }, tones, strongest) {
  const used = units.filter((each) => each.used);
  if (!units.length) return emptyMarkup("No unit is on over the whole span.", adviceOnThreshold(selection, strongest));
  const chips = html`<div class="units-line">${used.length} ${used.length === 1 ? "unit" : "units"} on over the span</div>
    <div class="chips">${units.map(unitChip)}</div>`;
  if (!used.length) return html`${chips}${emptyMarkup("Every unit is left out.", "Click one to take it in.")}`;
  if (!total) return html`${chips}${emptyMarkup("These units are on together nowhere else.", adviceOnUnits(used, selection))}`;
  const first = total > matches.length ? `, the first ${matches.length} shown` : "";
  const order =
    `Runs of steps at which all these units are on; nearest in length to yours first, then those with the ` +
    `fewest other units on throughout. The stronger a ${stepNoun(facts)}'s colour, the more of the units are on at it.`;
  return html`${chips}
    <div class="units-line"><strong>${thousands(total)} ${total === 1 ? "match" : "matches"}</strong> elsewhere${first}</div>
    <p class="note">${order}</p><ol class="contexts">${matches.map((each) => placeMarkup(facts, each, tones))}</ol>`;
}

/**
 * @param {Facts} facts
 * @param {MatchContext} match
 * @param {Pick<Tones, "middle" | "high">} tones
 */
function placeMarkup(facts, match, { middle, high }) {
  const { from, to, others } = match;
  const words = wordsMarkup(match, (i) => mix(middle, high, 0.85 * match.on[i]), from, to);
  return contextMarkup(facts, match, {
    from,
    to,
    note: `${stepsName(from, to)} · ${others} ${others === 1 ? "other" : "others"} on`,
    words: html`${words}${match.first + match.words.length <= to && " …"}`,
  });
}

/**
 * Say what would make a unit be on.
 * @param {Threshold} selection
 * @param {Strongest} strongest
 */
function adviceOnThreshold({ threshold, edges }, { unit, value }) {
  const low = threshold < 0;
  const reached = low ? value <= threshold : value >= threshold;
  if (edges && reached) return "Some are, but also just before or just after: choose another span, or take these in too.";
  const place = `unit ${unit}, ${low ? "at most" : "at least"} ${signedValue(value)} over all of it`;
  return `Move the threshold towards 0, or choose a shorter span. The ${low ? "lowest" : "highest"} is ${place}.`;
}

/**
 * Say what would make units be on elsewhere: fewer units match more, and the rarest restricts most.
 * @param {MatchedUnit[]} used
 * @param {Threshold} selection
 */
function adviceOnUnits(used, { threshold }) {
  const rarest = used.toSorted((a, b) => (a.share ?? 0) - (b.share ?? 0))[0];
  const lower = `Move the threshold towards 0 (it is ${threshold.toFixed(2)})`;
  if (used.length === 1) return `${lower}: unit ${rarest.unit} reaches it nowhere else.`;
  return (
    `Leave units out by clicking them: the rarest is unit ${rarest.unit}, on at ${percent(rarest.share ?? 0)} of all steps. ` +
    `${lower}, or choose another span.`
  );
}

export const noSpan = hint(
  "Drag across columns of the heatmap or of its words: the units that are on over the whole span, " +
    "and the places elsewhere where all of them are on again, show here.",
);
