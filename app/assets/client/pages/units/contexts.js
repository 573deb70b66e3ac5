// @ts-check
// Words around some steps of a sequence, as an entry of a list that opens these steps.

import * as addresses from "../../lib/addresses.js";
import * as classMarkup from "../../lib/classes.js";
import { ink } from "../../lib/colour.js";
import { signed } from "../../lib/format.js";
import { html, trusted } from "../../lib/html.js";

/** @import { Markup } from "../../lib/html.js" */
/** @import { Context, Facts, NamedClass, Stretch } from "./types" */

const DIGITS = 3; // of a value of a unit, and of its contribution

/** @param {number} value */
export const signedValue = (value) => signed(value, DIGITS);

/** @param {NamedClass} each */
export const classMarkupOf = (each) => html`${trusted(classMarkup.dot(each))}${each.name}`;

/**
 * @param {number} from
 * @param {number} to
 */
export const stepsName = (from, to) => (from === to ? `step ${from}` : `steps ${from} to ${to}`);

/**
 * The actual and the predicted class of a sequence.
 * @param {Facts} facts
 * @param {Context} context
 */
function pairMarkup({ classes }, { label, predicted }) {
  const [actual, other] = [label, predicted].map((index) => classMarkupOf(classes[index]));
  if (label === predicted) return html`<span class="class-pair">${actual}</span>`;
  return html`<span class="class-pair wrong-pair" title="Actual and predicted class">${actual}
    <span class="arrow">→</span>${other}</span>`;
}

/**
 * The words of a context.
 * @param {Context} context
 * @param {(i: number) => string} paint colour of the word at an index
 * @param {number} from first step that is framed
 * @param {number} to last step that is framed
 */
export function wordsMarkup({ first, words }, paint, from, to) {
  return words.map((word, i) => {
    const t = first + i;
    const colour = paint(i);
    const held = t >= from && t <= to ? " context-held" : "";
    const style = `background:${colour};color:${ink(colour)}`;
    return html`${i ? " " : ""}<span class="context-word${held}" style="${style}">${word}</span>`;
  });
}

/**
 * An entry of a list, with the link to its steps in Explore.
 * @param {Facts} facts
 * @param {Context} context
 * @param {{ from: number, to: number, note: string, words: Markup[] | Markup }} entry
 */
export function contextMarkup(facts, context, { from, to, note, words }) {
  const { sequence } = context;
  const title = `Show ${stepsName(from, to)} of sequence ${sequence} here`;
  return html`<li class="context">
    <button type="button" class="context-open" data-sequence="${sequence}" data-first="${from}" data-last="${to}" aria-label="${title}">
    <span class="context-head"><strong>#${sequence}</strong>${pairMarkup(facts, context)}
    <span class="context-note">${note}</span></span><span class="context-words">${words}</span></button>
    <a class="context-link" href="${addresses.explore(facts.run, { sequence, step: from })}">Explore</a></li>`;
}

/**
 * Return the stretch that an entry opens, from its attributes.
 * @param {DOMStringMap} attributes
 * @returns {Stretch}
 */
export const stretchOf = ({ sequence, first, last }) => ({ sequence: Number(sequence), first: Number(first), last: Number(last) });

/**
 * Mark the entries of the opened stretch in every list.
 * @param {Stretch | null} opened
 * @param {boolean} [reveal] whether to bring them into view
 */
export function markOpened(opened, reveal = false) {
  for (const each of document.querySelectorAll("#units-page .context-open")) {
    const { sequence, first, last } = stretchOf(/** @type {HTMLElement} */ (each).dataset);
    const on = opened?.sequence === sequence && opened.first === first && opened.last === last;
    if (on) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
    if (on && reveal) each.scrollIntoView({ block: "nearest" });
  }
}
