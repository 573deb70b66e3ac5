// @ts-check
// Numbers of the Units page: states `h` of one sequence as a flat array, step after step, `units` a
// step. No page needed.

import { mix } from "../../lib/colour.js";

/** @import { Ends, Layer, Selection, Span, UnitFacts } from "./types" */

/**
 * Return every value less the one before: h before the first step is zero.
 * @param {Float32Array} h
 * @param {number} units
 * @param {boolean} [backward] whether the layer reads from the end, so that the step after comes before
 */
export function changes(h, units, backward = false) {
  const by = backward ? units : -units;
  return h.map((value, i) => value - (h[i + by] ?? 0));
}

/**
 * Return what each change of h added to the logit of a class.
 * @param {Float32Array} h
 * @param {number} units
 * @param {number[]} weights of the class, one a unit
 */
export const contributions = (h, units, weights) =>
  changes(h, units).map((change, i) => weights[i % units] * change);

/**
 * Return the weights of a class, one a unit: with one output they are those of class 1, and class
 * 0's the opposite. Null where the layer has none.
 * @param {Pick<Layer, "weights">} layer
 * @param {number} index of the class
 */
export function weightsOf({ weights }, index) {
  if (!weights) return null;
  if (weights.length > 1) return weights[index];
  return index === 1 ? weights[0] : weights[0].map((weight) => 0 - weight);
}

/**
 * Return of each unit the sum of the sizes of its values.
 * @param {Float32Array} values
 * @param {number} units
 */
export function amounts(values, units) {
  const sums = new Float64Array(units);
  values.forEach((value, i) => (sums[i % units] += Math.abs(value)));
  return sums;
}

/**
 * Return of each unit the sum of its values.
 * @param {Float32Array} values
 * @param {number} units
 */
export function totals(values, units) {
  const sums = new Float64Array(units);
  values.forEach((value, i) => (sums[i % units] += value));
  return sums;
}

/**
 * Return the units in the order of the rows, equal ones by number.
 * @param {Selection["rows"]} by
 * @param {{ amount: ArrayLike<number>, cluster: (number | null)[], sd: number[] }} facts one entry a unit
 */
export function order(by, { amount, cluster, sd }) {
  const all = Array.from(amount, (_, unit) => unit);
  const group = (/** @type {number} */ unit) => cluster[unit] ?? 0;
  /** @type {Record<Selection["rows"], (a: number, b: number) => number>} */
  const comparisons = {
    amount: (a, b) => amount[b] - amount[a],
    group: (a, b) => group(a) - group(b) || amount[b] - amount[a],
    number: () => 0,
    spread: (a, b) => sd[b] - sd[a],
  };
  const compare = comparisons[by];
  return all.sort((a, b) => compare(a, b) || a - b);
}

/**
 * Return whether a value is on: at least the threshold, or at most it where it is below 0. As on the
 * server, the threshold is as exact as the states.
 * @param {number} value
 * @param {number} threshold
 */
export const isOn = (value, threshold) =>
  threshold >= 0 ? value >= Math.fround(threshold) : value <= Math.fround(threshold);

/**
 * Return the units that are on at every step of a span; with `edges` only those off just before and
 * after.
 * @param {Float32Array} h
 * @param {number} units
 * @param {Span & { threshold: number, edges: boolean }} span
 */
export function unitsOn(h, units, { from, to, threshold, edges }) {
  const on = (/** @type {number} */ step, /** @type {number} */ unit) => isOn(h[step * units + unit], threshold);
  const steps = h.length / units;
  const beside = [from - 1, to + 1].filter((step) => edges && step >= 0 && step < steps);
  return Array.from({ length: units }, (_, unit) => unit).filter((unit) => {
    for (let step = from; step <= to; step += 1) if (!on(step, unit)) return false;
    return !beside.some((step) => on(step, unit));
  });
}

/**
 * Return the unit whose weakest value over a span is strongest, and that value: at this threshold it
 * is on.
 * @param {Float32Array} h
 * @param {number} units
 * @param {Span} span
 * @param {1 | -1} side 1 for large values, -1 for small ones
 */
export function strongest(h, units, { from, to }, side) {
  let best = { unit: 0, value: -Infinity };
  for (let unit = 0; unit < units; unit += 1) {
    let value = Infinity;
    for (let step = from; step <= to; step += 1) value = Math.min(value, side * h[step * units + unit]);
    if (value > best.value) best = { unit, value };
  }
  return { unit: best.unit, value: side * best.value };
}

/**
 * Return the size that a share of the values does not exceed: the end of their colours, so that a
 * single large one does not make all others pale. Never 0.
 * @param {ArrayLike<number>} values
 * @param {number} [share]
 */
export function endOf(values, share = 0.995) {
  const sizes = Float64Array.from(values, Math.abs).sort();
  return sizes[Math.floor(share * (sizes.length - 1))] || 1;
}

/**
 * Return the largest size of any unit of the layer in the whole run: colours mean the same everywhere.
 * @param {Pick<UnitFacts, "low" | "high">} units
 */
export const largest = ({ low, high }) => Math.max(...low.map(Math.abs), ...high.map(Math.abs)) || 1;

/**
 * Return a colour between `low` (at -end), `middle` (0) and `high` (at end and beyond).
 * @param {number} value
 * @param {number} end
 * @param {Ends & { middle: string }} colours
 */
export function diverging(value, end, { low, middle, high }) {
  const share = Math.min(1, Math.abs(value) / end);
  return mix(middle, value < 0 ? low : high, share);
}

/**
 * Return the units that a word moves by at least half as much as the one that it moves most.
 * @param {number[]} response mean change of each unit
 */
export function moved(response) {
  const most = Math.max(...response.map(Math.abs));
  return response.flatMap((value, unit) => (most && Math.abs(value) >= most / 2 ? [unit] : []));
}

/**
 * Return the mean effect of a word on the logit of a class.
 * @param {number[]} response mean change of each unit
 * @param {number[]} weights of the class, one a unit
 */
export const effect = (response, weights) =>
  response.reduce((sum, value, unit) => sum + value * weights[unit], 0);
