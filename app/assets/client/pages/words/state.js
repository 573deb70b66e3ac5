// @ts-check
// State of the Words page: its selection, what is loaded for it, and the lit occurrence.

import { observable } from "../../lib/observable.js";

/** @import { Facts, Opened, State } from "./types" */

const NO_PLACES = new Float32Array(0);

/** @type {State} */
const EMPTY = {
  facts: null,
  towards: null,
  kind: "all",
  least: 1,
  search: "",
  word: null,
  requests: 0,
  restored: 0,
  columns: "",
  found: null,
  problem: null,
  points: null,
  shortcuts: null,
  swaps: null,
  order: "effect",
  occurrences: null,
  occurrenceProblem: null,
  places: NO_PLACES,
  lit: -1,
  revealed: null,
};

export const { get, subscribe, update } = observable(EMPTY);

/**
 * Begin with a run; the order of the occurrences stays.
 * @param {Facts} facts
 */
export function reset(facts) {
  const { order, requests } = get();
  update({ ...EMPTY, ...facts.asked, facts, order, requests: requests + 1 });
}

/** Return the state, null before a run was opened. */
export function opened() {
  const state = get();
  return state.facts ? /** @type {Opened} */ (state) : null;
}

/**
 * Call a view when keys change and a run is open.
 * @param {(keyof State)[]} keys
 * @param {(state: Opened, before: State) => void} view
 */
export function subscribeOpened(keys, view) {
  subscribe(keys, (state, before) => state.facts && view(/** @type {Opened} */ (state), before));
}

/**
 * Return the query of the words that are asked for.
 * @param {State} state
 */
export const wordsQuery = ({ towards, kind, least, search }) => ({
  ...(towards === null ? {} : { towards }),
  kind,
  least,
  search,
});
