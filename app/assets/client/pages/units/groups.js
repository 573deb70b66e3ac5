// @ts-check
// Groups of units that the same words move, and these words, as lists.

import { ink, mix } from "../../lib/colour.js";
import { html } from "../../lib/html.js";
import { percent } from "../../lib/format.js";
import { hint } from "./hints.js";

/** @import { Facts, LayerData, Tones } from "./types" */
/** @typedef {{ group: number, units: number[], words: number[] }} Group */
/** @typedef {(word: number) => string} Paint colour of a word */

const SIZES = [11, 21]; // pixels of a word's letters, the rarest and the most frequent

/**
 * Return each group with its units and its words, the most frequent first.
 * @param {{ units: Pick<LayerData["units"], "cluster">, words: Pick<LayerData["words"], "cluster" | "count"> }} data
 * @returns {Group[]}
 */
export function groupsOf({ units, words }) {
  const known = [...units.cluster, ...words.cluster].filter((group) => group !== null);
  return [...new Set(known)].toSorted((a, b) => a - b).map((group) => ({
    group,
    units: units.cluster.flatMap((each, unit) => (each === group ? [unit] : [])),
    words: words.cluster
      .flatMap((each, word) => (each === group ? [word] : []))
      .toSorted((a, b) => words.count[b] - words.count[a]),
  }));
}

/**
 * Return the colour of a word by its effect on a class.
 * @param {{ towards: string, against: string }} colours
 * @param {number} effect
 * @param {number} largest effect of any word
 * @param {Tones} tones
 */
export function wordColour({ towards, against }, effect, largest, { middle }) {
  const share = largest ? Math.min(1, Math.abs(effect) / largest) : 0;
  return mix(middle, effect < 0 ? against : towards, share);
}

/**
 * @param {LayerData} data
 * @param {Group} group
 * @param {Paint} paint
 */
function wordsMarkup({ words: { phrase, count } }, group, paint) {
  const [least, most] = [Math.min(...count), Math.max(...count)].map(Math.log);
  return group.words.map((word, i) => {
    const share = most > least ? (Math.log(count[word]) - least) / (most - least) : 0;
    const size = SIZES[0] + share * (SIZES[1] - SIZES[0]);
    const colour = paint(word);
    const style = `font-size:${size.toFixed(1)}px;background:${colour};color:${ink(colour)}`;
    return html`${i ? " " : ""}<span class="group-word" tabindex="0" data-word="${word}" style="${style}">${phrase[word]}</span>`;
  });
}

/**
 * Return how often the members of a group were together: the mean share of co-clusterings.
 * @param {LayerData} data
 * @param {Group} group
 */
export function stabilityOf({ units, words }, group) {
  const shares = [...group.units.map((unit) => units.stability[unit]), ...group.words.map((word) => words.stability[word])];
  return shares.reduce((sum, each) => sum + each, 0) / shares.length;
}

/**
 * Return how sure the groups are, in one sentence; nothing of a single group.
 * @param {LayerData["groups"]} groups
 */
function agreementText(groups) {
  if (!groups) return "";
  const { runs, agreement } = groups;
  return `The groups are a consensus of ${runs} co-clusterings with different random starts; their mean adjusted Rand ` +
    `index with it is ${agreement.toFixed(2)} (1: identical, 0: chance). ` +
    `A group's stability is the share of them that put two of its members together. `;
}

/**
 * @param {LayerData} data
 * @param {Group} entry
 * @param {number | null} only
 * @param {Paint} paint
 */
function groupMarkup(data, entry, only, paint) {
  const { group, units, words } = entry;
  const pressed = group === only;
  const chips = units.map((unit) => html`<button type="button" class="chip unit-chip" data-unit="${unit}"
    title="Unit ${unit}, stability ${percent(data.units.stability[unit])}">${unit}</button>`);
  const text = pressed ? "Show all rows" : "Show its rows";
  return html`<section class="group"><div class="units-title"><h3>Group ${group}</h3>
    <span class="scope">${units.length} units, ${words.length} words${data.groups && ` · stability ${percent(stabilityOf(data, entry))}`}</span>
    <button type="button" class="tool-button" data-group="${group}" aria-pressed="${String(pressed)}">${text}</button></div>
    <div class="chips">${chips}</div><div class="group-words">${wordsMarkup(data, entry, paint)}</div></section>`;
}

/**
 * @param {Pick<Facts, "kind">} facts
 * @param {LayerData} data
 * @param {{ only: number | null, paint: Paint, linear: boolean, className: string }} choices
 *   only: the group whose rows are shown alone; linear: whether words have an effect on a class
 */
export function groupsMarkup(facts, data, { only, paint, linear, className }) {
  if (!data.words.phrase.length) {
    const why = facts.kind === "series" ? "its steps are numbers, so that there are no words to go by" : "no word occurs often enough to go by";
    return hint(`This layer has no groups: ${why}.`);
  }
  const colour = linear
    ? `Its colour is its mean effect on the logit of ${className} through these units.`
    : "It has no colour: this layer's units have no weights by class.";
  const note =
    `Words and units are grouped together: at the words of a group the units of that group change most alike. ` +
    `${agreementText(data.groups)}The larger a word, the more often it occurs. ${colour} Hover one to light the units ` +
    `that change at it by at least half as much as the one that changes most.`;
  const list = groupsOf(data).map((each) => groupMarkup(data, each, only, paint));
  return html`<p class="note">${note}</p>${list}
    <h3>Words and units</h3><p class="note">Mean change of each unit (column) where the model reads the word (row), both by group.</p>
    <canvas class="group-matrix" role="img" aria-label="Words and units, by group; the lists above have the same words"></canvas>`;
}
