// @ts-check
// State of the Units page: its selection, what is loaded for it, and what is under the cursor.

import { at } from "../../lib/dom.js";
import { observable } from "../../lib/observable.js";

/** @import { Drawn, Loadable, Selection, State } from "./types" */

/** @type {Omit<State, keyof Selection>} */
const EMPTY = {
  facts: null,
  loaded: null,
  scene: null,
  detail: null,
  match: null,
  tones: null,
  hoveredWord: null,
  hovered: null,
  dragged: null,
  revealed: null,
};

/** @type {Selection} */
const NO_SELECTION = {
  layer: "",
  sequence: 0,
  unit: null,
  from: null,
  to: null,
  threshold: 0,
  edges: false,
  without: [],
  open: null,
  class: null,
  cells: "value",
  rows: "amount",
  panel: "unit",
  group: null,
};

export const { get, subscribe, update } = observable(/** @type {State} */ ({ ...EMPTY, ...NO_SELECTION }));

/**
 * Begin with a run.
 * @param {import("./types").Facts} facts
 */
export function reset(facts) {
  update({ ...EMPTY, ...facts.selection, facts: { ...facts } });
}

/**
 * @param {State} state
 * @returns {Selection}
 */
export function selectionOf(state) {
  const keys = /** @type {(keyof Selection)[]} */ (Object.keys(NO_SELECTION));
  return /** @type {any} */ (Object.fromEntries(keys.map((key) => [key, state[key]])));
}

/**
 * Return the number of the sequence in the heatmap.
 * @param {Pick<Selection, "open" | "sequence">} selection
 */
export const shownSequence = ({ open, sequence }) => open?.sequence ?? sequence;

export const isOpen = () => get().facts !== null && at("units-page") !== null;

/**
 * Return whether what is loaded is what the selection shows.
 * @param {State} state
 * @returns {state is Loadable}
 */
export function isLoaded(state) {
  const { loaded, tones, layer } = state;
  return isOpen() && loaded?.layer.id === layer && loaded.number === shownSequence(state) && tones !== null;
}

/**
 * @param {State} state
 * @returns {state is Drawn}
 */
const isDrawn = (state) => isLoaded(state) && state.scene !== null;

/** Return the state of the page, null unless it is drawn. */
export function drawn() {
  const state = get();
  return isDrawn(state) ? state : null;
}

/**
 * Call a view when keys change and the page is drawn.
 * @param {(keyof State)[]} keys
 * @param {(state: Drawn) => void} view
 */
export function subscribeDrawn(keys, view) {
  subscribe(keys, (state) => isDrawn(state) && view(state));
}
