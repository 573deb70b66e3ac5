// @ts-check
// The selection of the Units page: the only module that changes it, and writes it into the address.

import { page as pathOf } from "../../lib/addresses.js";
import { existing } from "../../lib/dom.js";
import { pageHistory } from "../../lib/history.js";
import { addressQuery } from "./address.js";
import { get, isOpen, reset, selectionOf, shownSequence, update } from "./state.js";

/** @import { Facts, Selection, Span, State, Stretch } from "./types" */

// Each entry of the history keeps its selection, so that Back need not read the address.
const addressHistory = pageHistory({
  path: () => pathOf("units", get().facts?.run ?? ""),
  isOpen: (state) => Boolean(state?.units) && isOpen(),
  restore: (state) => restore(state.units),
});
export const { onPopstate } = addressHistory;

/**
 * Take up a run.
 * @param {Facts} facts
 */
export function open(facts) {
  reset(facts);
  addressHistory.opened({ units: facts.selection });
}

/** @param {Selection} selection */
const placeOf = ({ layer, sequence, open: opened }) => JSON.stringify([layer, sequence, opened]);

/**
 * Change the selection and its address. Another sequence, layer or opened stretch is an entry of the
 * history, as is a change with `push`.
 * @param {Partial<Selection>} change
 * @param {{ push?: boolean, also?: Partial<State> }} [options] also: what else changes with it
 */
function select(change, { push = false, also = {} } = {}) {
  const before = selectionOf(get());
  const selection = { ...before, ...change };
  addressHistory.write(`?${addressQuery(selection)}`, {
    push: push || placeOf(before) !== placeOf(selection),
    state: { units: selection },
  });
  update({ ...change, hovered: null, dragged: null, ...also });
}

/**
 * Show a selection after Back or Forward.
 * @param {Selection} selection
 */
function restore(selection) {
  // A field of the match that has the focus would not be drawn again.
  const { activeElement } = document;
  if (activeElement instanceof HTMLElement && existing("units-match").contains(activeElement)) activeElement.blur();
  const { loaded } = get();
  update({ ...selection, hovered: null, dragged: null, loaded: loaded && { ...loaded } });
}

/**
 * Show another sequence, without a span; for the sequence of the span, only close the stretch.
 * @param {number} sequence
 */
export function chooseSequence(sequence) {
  const state = get();
  if (sequence === shownSequence(state)) return;
  if (sequence === state.sequence) openStretch(null);
  else select({ sequence, from: null, to: null, without: [], open: null, class: null });
}

/**
 * Show a match or a context and keep the span; null goes back to the span.
 * @param {Stretch | null} stretch
 */
export function openStretch(stretch) {
  const { unit, from } = get();
  select({ open: stretch }, { also: { revealed: { unit, step: stretch?.first ?? from } } });
}

/** @param {string} layer */
export function chooseLayer(layer) {
  select({ layer, unit: null, without: [], group: null });
}

/** @param {number} unit */
export function chooseUnit(unit) {
  select({ unit, panel: "unit" }, { also: { revealed: { unit, step: null } } });
}

/**
 * Choose a span of the sequence in the heatmap.
 * @param {Span} span
 * @param {boolean} [push] whether one can go back to the span before
 */
export function chooseSpan(span, push = true) {
  ask({ ...span, sequence: shownSequence(get()), open: null, panel: "match" }, push);
}

/**
 * Change what a match asks for.
 * @param {Partial<Selection>} change
 * @param {boolean} [push]
 */
export function ask(change, push = false) {
  const kept = "from" in change || "threshold" in change ? { without: [] } : {};
  select({ ...kept, ...change }, { push });
}

/**
 * Change the panel at the side, the cells, the rows, the class or the group.
 * @param {Partial<Pick<Selection, "panel" | "cells" | "rows" | "class" | "group">>} change
 */
export function setView(change) {
  select(change);
}
