// @ts-check
// Small figures of one unit: a histogram of its values, and bars for its weights in the readout.

import { thousands } from "../../lib/format.js";
import { html } from "../../lib/html.js";
import { classMarkupOf, signedValue } from "./contexts.js";

/** @import { Facts, Layer, UnitDetail } from "./types" */

const MAX_WEIGHTS = 6; // that are shown of many classes, the largest

/**
 * Bars of equal width, with a line where the values change their sign.
 * @param {Pick<UnitDetail, "low" | "high" | "counts">} detail
 */
export function histogramMarkup({ low, high, counts }) {
  const largest = Math.max(...counts, 1);
  const bars = counts.map((count, i) => {
    const height = count ? Math.max(0.6, (40 * count) / largest) : 0;
    return html`<rect x="${i + 0.06}" width="0.88" y="${(40 - height).toFixed(2)}" height="${height.toFixed(2)}"/>`;
  });
  const zero = (-low / (high - low)) * counts.length;
  const line = low < 0 && high > 0 && html`<path class="histogram-zero" d="M${zero.toFixed(2)} 0V40"/>`;
  const title = `Values of the unit over all steps, from ${low.toFixed(3)} to ${high.toFixed(3)}`;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return html`<svg class="histogram" viewBox="0 0 ${counts.length} 40" preserveAspectRatio="none" role="img" aria-label="${title}">${bars}${line}</svg>
    <div class="histogram-scale"><span>${low.toFixed(2)}</span><span>h over all ${thousands(total)} steps</span><span>${high.toFixed(2)}</span></div>`;
}

/**
 * Weights less the mean over the classes: what all classes have in common changes no answer of a
 * softmax. A single output is the difference of two classes already.
 * @param {number[][]} weights of each output, by unit
 */
export function centredWeights(weights) {
  if (weights.length === 1) return weights;
  const means = weights[0].map((_, unit) => weights.reduce((sum, each) => sum + each[unit], 0) / weights.length);
  return weights.map((each) => each.map((value, unit) => value - means[unit]));
}

/**
 * The weights of a unit by class. A bar ends where the largest weight of the layer would.
 * @param {Facts} facts
 * @param {Layer} layer
 * @param {number} unit
 */
export function weightsMarkup(facts, { read, weights }, unit) {
  if (!weights) {
    const why = read ? "the readout is not linear" : "the head reads another layer";
    return html`<p class="note">It has no weights by class: ${why}.</p>`;
  }
  const centred = centredWeights(weights);
  const largest = Math.max(...centred.flat().map(Math.abs)) || 1;
  const own = centred.map((each) => each[unit]);
  const body = own.length === 1 ? pairMarkup(facts, own[0], largest) : classesMarkup(facts, own, largest);
  return html`<h3>Weight in the readout</h3>${body}`;
}

/**
 * @param {number} value
 * @param {number} largest
 * @param {string} colour
 */
function trackMarkup(value, largest, colour) {
  const width = (50 * Math.abs(value)) / largest;
  const left = (value < 0 ? 50 - width : 50).toFixed(1);
  return html`<span class="weight-track"><span style="left:${left}%;width:${width.toFixed(1)}%;background:${colour}"></span></span>`;
}

/**
 * The weight of the only output: positive for class 1, negative for class 0. The bar is on the side
 * and in the colour of its class.
 * @param {Facts} facts
 * @param {number} value
 * @param {number} largest
 */
function pairMarkup({ classes }, value, largest) {
  const favoured = classes[value < 0 ? 0 : 1];
  return html`<div class="weight weight-pair"><span class="weight-name">${classMarkupOf(classes[0])}</span>
    ${trackMarkup(value, largest, favoured.colour)}<span class="weight-name">${classMarkupOf(classes[1])}</span></div>
    <p class="note">${signedValue(value)}: the higher h, the more it speaks for <strong>${favoured.name}</strong>.${" "}
    A bar over half the width is the layer's largest weight.</p>`;
}

/**
 * A weight for each class: to the right for the class, in its colour; to the left against it.
 * @param {Facts} facts
 * @param {number[]} weights
 * @param {number} largest
 */
function classesMarkup({ classes }, weights, largest) {
  const all = classes.map((each, index) => ({ each, value: weights[index] }));
  const kept = all.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MAX_WEIGHTS);
  const rows = kept.map(({ each, value }) => {
    const track = trackMarkup(value, largest, value < 0 ? "var(--ink-muted)" : each.colour);
    return html`<div class="weight"><span class="weight-name">${classMarkupOf(each)}</span>${track}
      <span class="weight-value">${signedValue(value)}</span></div>`;
  });
  const left = all.length - kept.length;
  const note = left ? ` The ${kept.length} largest; ${left} are left out.` : "";
  return html`<div class="weight weight-ends"><span></span><span><span>against</span><span>for the class</span></span></div>${rows}
    <p class="note">Less the mean over the classes. The higher h, the more it speaks for a class, or against it (grey).${note}</p>`;
}
