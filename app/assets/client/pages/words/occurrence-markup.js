// @ts-check
// Occurrences of a word as markup: the heading, and a row each, aligned on the word.

import * as addresses from "../../lib/addresses.js";
import * as classMarkup from "../../lib/classes.js";
import { PALE, ink, mix, stepColour } from "../../lib/colour.js";
import { signed, thousands } from "../../lib/format.js";
import { html, trusted } from "../../lib/html.js";
import { effectColour, plusMinus } from "./effect-colour.js";

/** @import { Facts, Occurrence, Occurrences, State, Written } from "./types" */

export const ROW = 26; // pixels of a row
const ORDERS = { effect: "Strongest first", reading: "As stored" };

/** @param {Written[]} words */
export const textOf = (words) => words.map(([written]) => written).join(" ");

/** @param {Occurrence} occurrence */
export const spokenRow = ({ before, word, after }) => textOf([...before, ...word, ...after]);

/**
 * Return the mean of the effects of the rows as text.
 * @param {Facts} facts
 * @param {Occurrences} occurrences
 */
const meanEffect = ({ classes }, { mean, error, towards }) =>
  `${signed(mean)}${plusMinus(error)} towards ${classes[towards].name}`;

/**
 * @param {Facts} facts
 * @param {Occurrences} occurrences
 */
export const spokenWord = (facts, occurrences) =>
  `${occurrences.word.phrase}: ${meanEffect(facts, occurrences)}, ${thousands(occurrences.count)} occurrences`;

/**
 * Say how often the word occurs, and how many of the sequences with and without it are misclassified.
 * @param {Facts} facts
 * @param {Occurrences} occurrences
 */
function scopeText(facts, { word, count }) {
  const { error_with: withIt, error_without: without, sequences } = word;
  const others = facts.sequences - sequences;
  const wrong = (/** @type {number} */ share, /** @type {number} */ total) =>
    `${thousands(Math.round(share * total))} of the ${thousands(total)}`;
  return (
    `${thousands(count)} times in ${thousands(sequences)} of ${thousands(facts.sequences)} sequences` +
    ` · wrong ${wrong(withIt, sequences)} with it` +
    (without === null ? "" : `, ${wrong(without, others)} without`)
  );
}

/**
 * @param {Facts} facts
 * @param {Occurrences} occurrences
 * @param {State["order"]} order
 */
export function headMarkup(facts, occurrences, order) {
  const towards = facts.classes[occurrences.towards];
  const orders = Object.entries(ORDERS).map(
    ([key, text]) =>
      html`<button type="button" class="tool-button" data-order="${key}" aria-pressed="${String(key === order)}">${text}</button>`,
  );
  const mean = html`mean ${meanEffect(facts, occurrences)}`;
  return html`<h2>“${occurrences.word.phrase}”</h2>
    ${trusted(classMarkup.chip(towards, { body: String(mean) }))}
    <span class="scope">${scopeText(facts, occurrences)}</span>
    <span class="tool-group" role="group" aria-label="Order of the occurrences">${orders}</span>
    <p class="occurrence-heading"><span>Effect towards ${towards.name}${order === "effect" && ", strongest first"}</span>
    <span>Actual class</span></p>`;
}

/**
 * Return the width of the word in pixels, as it is written anywhere in some rows.
 * @param {Occurrence[]} rows
 */
export function wordWidth(rows) {
  const longest = Math.max(...rows.map(({ word }) => textOf(word).length + word.length - 1));
  return Math.min(260, 22 + 8 * longest);
}

/**
 * @param {Facts} facts
 * @param {Occurrence} occurrence
 */
export const hrefOf = (facts, { sequence, step }) => addresses.explore(facts.run, { sequence, step });

/**
 * A row at its place in the list, empty while it is loaded.
 * @param {Facts} facts
 * @param {Occurrences} occurrences
 * @param {number} i
 * @param {Occurrence | undefined} row
 * @param {boolean} isLit
 */
export function rowMarkup(facts, { towards, largest }, i, row, isLit) {
  const top = `top:${i * ROW}px`;
  if (!row) return html`<div class="occurrence" style="${top}"></div>`;
  const { label, predicted, sequence, step, effect, before, word, after } = row;
  const actual = facts.classes[label];
  const right = label === predicted;
  const title = `#${sequence}, step ${step}: ${actual.name}, classified as ${facts.classes[predicted].name}`;
  const colour = strengthColour(effectColour(facts, towards, effect), largest ? Math.abs(effect) / largest : 0);
  const tick = html`<span class="tick ${right ? "right" : "wrong"}">${right ? "✓" : "✗"}</span>`;
  return html`<a class="occurrence${isLit && " lit"}" id="occurrence-${i}" data-i="${i}" style="${top}" role="option" tabindex="-1" aria-selected="${String(isLit)}" href="${hrefOf(facts, row)}" title="${title}" aria-label="${spokenRow(row)}. ${title}">
    <span class="occurrence-number">${signed(effect)}</span>
    <span class="occurrence-before">${wordsMarkup(facts, before.toReversed())}</span>
    <span class="occurrence-word" style="background:${colour};color:${ink(colour)}">${textOf(word)}</span>
    <span class="occurrence-after">${wordsMarkup(facts, after)}</span>
    <span class="occurrence-class">${tick}${trusted(classMarkup.dot(actual))}${trusted(classMarkup.label(actual))}</span></a>`;
}

/**
 * Words of the context on the colour of the expected prediction after each. Those that do not fit are
 * left out whole, from the end of the list: the words before are listed from the last one back.
 * @param {Facts} facts
 * @param {Written[]} words
 */
function wordsMarkup({ scales, classes }, words) {
  return words.map(([written, bin, confidence]) => {
    const colour = stepColour(scales.expected, bin, confidence, classes.length);
    return html`<span style="background:${colour};color:${ink(colour)}">${written}</span>`;
  });
}

/**
 * @param {string} colour
 * @param {number} share of the largest effect
 */
const strengthColour = (colour, share) => mix(PALE, colour, 0.12 + 0.88 * share);
