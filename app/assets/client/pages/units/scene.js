// @ts-check
// What the heatmap shows of the state: values and rows, and the units that are lit.

import { tone } from "../../lib/theme.js";
import * as arithmetic from "./arithmetic.js";
import { shownSequence } from "./state.js";

/** @import { Drawn, Facts, Loaded, Marked, Marks, Scene, State, Tones } from "./types" */

/**
 * Return the colours of the theme.
 * @returns {Tones}
 */
export const readTones = () => ({
  low: tone("--unit-low"),
  high: tone("--unit-high"),
  middle: tone("--unit-middle"),
  ink: tone("--ink"),
  muted: tone("--ink-muted"),
  accent: tone("--accent"),
  soft: tone("--accent-soft"),
  surface: tone("--surface"),
});

/**
 * Return the colour of what speaks against a class: the other class's where there are two.
 * @param {Facts} facts
 * @param {number} towards
 * @param {Tones} tones
 */
export const opposite = ({ classes }, towards, tones) =>
  classes.length === 2 ? classes[1 - towards].colour : tones.muted;

/**
 * @param {State} state
 * @param {{ facts: Facts, loaded: Loaded, tones: Tones }} known
 * @returns {Scene}
 */
export function sceneOf({ rows, group, cells, class: chosen }, { facts, loaded, tones }) {
  const { layer, h, data, sequence, colours } = loaded;
  const { units } = layer;
  const towards = chosen ?? sequence.facts.predicted;
  const weights = arithmetic.weightsOf(layer, towards);
  const changed = weights
    ? arithmetic.contributions(h, units, weights)
    : arithmetic.changes(h, units, layer.backward);
  const amount = arithmetic.amounts(changed, units);
  const all = arithmetic.order(rows, { amount, ...data.units });
  const order = group === null ? all : all.filter((unit) => data.units.cluster[unit] === group);
  const value = cells === "value";
  const sides = weights && { low: opposite(facts, towards, tones), high: facts.classes[towards].colour };
  return {
    sequence, colours, units, order, amount, towards, sides,
    total: arithmetic.totals(changed, units),
    values: value ? h : changed,
    end: value ? arithmetic.largest(data.units) : arithmetic.endOf(changed),
    ends: value ? null : sides,
  };
}

/**
 * Return the units that are on over the span of the match and taken into it.
 * @param {Drawn} state
 * @param {import("./types").Question} [span]
 * @param {Float32Array} [h] states of the sequence of the span
 */
function onUnits(state, span = state, h = state.loaded.own) {
  if (span.from === null || span.to === null) return [];
  const { from, to, threshold, edges, without } = span;
  const units = arithmetic.unitsOn(h, state.loaded.layer.units, { from, to, threshold, edges });
  return units.filter((unit) => !without.includes(unit));
}

/**
 * @param {Drawn} state
 * @returns {Marks}
 */
export function marksOf(state) {
  const { unit, open, from, to, dragged, hovered, hoveredWord, loaded } = state;
  /** @type {Marked[]} */
  const stretches = [];
  if (dragged) stretches.push({ ...dragged, lit: onUnits(state, { ...state, ...dragged }, loaded.h) });
  else if (shownSequence(state) === state.sequence && from !== null && to !== null) {
    stretches.push({ from, to, lit: onUnits(state) });
  }
  if (open) {
    const span = { from: open.first, to: open.last };
    const there = onUnits(state, { ...state, ...span, edges: false }, loaded.h);
    stretches.push({ ...span, lit: onUnits(state).filter((each) => there.includes(each)), opened: true });
  }
  const response = hoveredWord === null ? undefined : loaded.data.words.response[hoveredWord];
  return { unit, stretches, word: response ? arithmetic.moved(response) : null, hover: hovered };
}
