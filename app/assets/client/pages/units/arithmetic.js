// Numbers of the Units page: states of one sequence as a flat array, step after step, N units a step.
// No page needed.

import { mix } from "../../lib/colour.js";

// Every value less the one before: h before the first step is zero. A layer that reads from the
// end comes from the step after.
export function changes(h, units, backward = false) {
  const by = backward ? units : -units;
  return h.map((value, i) => value - (h[i + by] ?? 0));
}

// What each change of h added to the logit of a class: `weights` are the class's, one a unit.
export const contributions = (h, units, weights) =>
  changes(h, units).map((change, i) => weights[i % units] * change);

// Weights of a class, one a unit: with one output they are those of class 1, and class 0's the
// opposite. Null where the layer has none.
export function weightsOf({ weights }, index) {
  if (!weights) return null;
  if (weights.length > 1) return weights[index];
  return index === 1 ? weights[0] : weights[0].map((weight) => -weight);
}

// Of each unit the sum of the sizes of its values, whatever their signs.
export function amounts(values, units) {
  const sums = new Float64Array(units);
  values.forEach((value, i) => (sums[i % units] += Math.abs(value)));
  return sums;
}

// Of each unit the sum of its values.
export function totals(values, units) {
  const sums = new Float64Array(units);
  values.forEach((value, i) => (sums[i % units] += value));
  return sums;
}

// Units in the order of the rows. `by` is amount, group, number or spread; equal ones by number.
export function order(by, { amount, cluster, sd }) {
  const all = Array.from(amount, (_, unit) => unit);
  const group = (unit) => cluster[unit] ?? 0;
  const compare = {
    amount: (a, b) => amount[b] - amount[a],
    group: (a, b) => group(a) - group(b) || amount[b] - amount[a],
    number: () => 0,
    spread: (a, b) => sd[b] - sd[a],
  }[by];
  return all.sort((a, b) => compare(a, b) || a - b);
}

// Whether a value is on: at least the threshold, or at most it where it is below 0. As the server
// does it: the threshold is as exact as the states.
export const isOn = (value, threshold) =>
  threshold >= 0 ? value >= Math.fround(threshold) : value <= Math.fround(threshold);

// Units that are on at every step of a span; with `edges` only those off just before and after.
export function unitsOn(h, units, { from, to, threshold, edges }) {
  const on = (step, unit) => isOn(h[step * units + unit], threshold);
  const steps = h.length / units;
  const beside = [from - 1, to + 1].filter((step) => edges && step >= 0 && step < steps);
  return Array.from({ length: units }, (_, unit) => unit).filter((unit) => {
    for (let step = from; step <= to; step += 1) if (!on(step, unit)) return false;
    return !beside.some((step) => on(step, unit));
  });
}

// The unit that holds the strongest value over a whole span, and that value: at this threshold it
// is on. `side` is 1 for large values, -1 for small ones.
export function strongest(h, units, { from, to }, side) {
  let best = { unit: 0, value: -Infinity };
  for (let unit = 0; unit < units; unit += 1) {
    let value = Infinity;
    for (let step = from; step <= to; step += 1) value = Math.min(value, side * h[step * units + unit]);
    if (value > best.value) best = { unit, value };
  }
  return { unit: best.unit, value: side * best.value };
}

// The size that a share of the values does not exceed: the end of their colours, so that a single
// large one does not make all others pale.
export function endOf(values, share = 0.995) {
  const sizes = Float64Array.from(values, Math.abs).sort();
  return sizes[Math.floor(share * (sizes.length - 1))] || 1;
}

// The largest size of any unit of the layer, in the whole run: colours mean the same everywhere.
export const largest = ({ low, high }) => Math.max(...low.map(Math.abs), ...high.map(Math.abs)) || 1;

// A colour between `low` (at -end), `middle` (0) and `high` (at end and beyond).
export function diverging(value, end, { low, middle, high }) {
  const share = Math.min(1, Math.abs(value) / end);
  return mix(middle, value < 0 ? low : high, share);
}

// Units that a word moves by at least half as much as the one that it moves most.
export function moved(response) {
  const most = Math.max(...response.map(Math.abs));
  return response.flatMap((value, unit) => (most && Math.abs(value) >= most / 2 ? [unit] : []));
}

// What words do to the logit of a class on average: the weights times the changes of the units.
export const effect = (response, weights) =>
  response.reduce((sum, value, unit) => sum + value * weights[unit], 0);
