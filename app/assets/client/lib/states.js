// @ts-check
// Rows of states, the steps that they belong to, and the order in which a layer read them.

/** @import { RunFacts } from "./types" */

// First row of each sequence, one more entry for the end, from the sequences' lengths.
export function offsetsOf(lengths) {
  const offsets = new Float64Array(lengths.length + 1);
  for (let i = 0; i < lengths.length; i += 1) offsets[i + 1] = offsets[i] + lengths[i];
  return offsets;
}

// [sequence, step] of a state's row.
export function stepOfRow(offsets, row) {
  let [low, high] = [0, offsets.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (offsets[middle] <= row) low = middle;
    else high = middle;
  }
  return [low, row - offsets[low]];
}

// The states that a projection shows: an entry of facts.layers.
/**
 * @param {RunFacts} facts
 * @param {string} projection
 */
export function measuredOf(facts, projection) {
  const { layer } = facts.projections.find(({ id }) => id === projection);
  return facts.layers.find(({ key }) => key === layer);
}

// The step that a layer had read just before step `t` of `count`; -1 where that was its first.
export const readBefore = ({ backward }, t, count) => (backward ? (t + 1 < count ? t + 1 : -1) : t - 1);

// All steps in the order in which a layer read them.
export const readingOrder = ({ backward }, count) =>
  Array.from({ length: count }, (_, i) => (backward ? count - 1 - i : i));
