// @ts-check
// The selection of the Explore page and what is loaded for it. This module alone changes it: views
// read it, ask for changes with `update`, and are called when a key changes that they subscribed to.

import { explore as pathOf } from "../../lib/addresses.js";
import { at } from "../../lib/dom.js";
import { pageHistory } from "../../lib/history.js";
import { observable } from "../../lib/observable.js";
import { query, selectionOf } from "./query.js";

const MANY_STATES = 100_000; // from here on points hide one another: density contours show

// What the view controls set and the address does not hold.
const CONTROLS = {
  path: "answer",
  thickness: "even",
  width: 2.25,
  size: 1,
  first: false,
  last: false,
  fade: "none",
  clusters: true,
  padding: false,
};

/** @import { Address, Facts, Shown } from "./types" */

/**
 * The keys of the address (query.js), those of CONTROLS, and what is loaded:
 *   facts          of the run that is open, as the server sent them; null before one is
 *   mapped         figures of the map that were made for this run
 *   shown          what is drawn in each place, or null; `text` is a typed one
 *   hovered        what is under the cursor, and in which view
 *   passing        of the filters; null where all states pass
 *   filterProblem  what is wrong with the filter asked for last, or null
 *   clustersKnown  how often clusters have come
 *   fit            whether the step axis is squeezed into its pane
 * @typedef {{ history?: "push" | "replace" | null }} Writing how the address follows a change
 * @typedef {object} Rest
 * @property {string} path
 * @property {string} thickness
 * @property {number} width
 * @property {number} size
 * @property {boolean} first
 * @property {boolean} last
 * @property {string} fade
 * @property {boolean} clusters
 * @property {boolean} padding
 * @property {boolean} density
 * @property {Facts | null} facts
 * @property {number} mapped
 * @property {{ main: Shown | null, pinned: Shown | null }} shown
 * @property {{ which: "main" | "pinned", step: number, segment: boolean, from: string | null } | null} hovered
 * @property {{ passes: Uint8Array, counts: { sequences: number, states: number } } | null} passing
 * @property {string | null} filterProblem
 * @property {number} clustersKnown
 * @property {boolean} fit
 * @typedef {Address & Rest} Selection
 */

const NOTHING = { sequence: null, text: null, step: null, pinned: null, filters: [] };

/** @type {Selection} */
const EMPTY = {
  ...CONTROLS,
  ...NOTHING,
  projection: "",
  colour: "",
  labels: [],
  distance: 1,
  confidence: 1,
  order: "",
  class: null,
  bars: "",
  density: false,
  facts: null,
  mapped: 0,
  shown: { main: null, pinned: null },
  hovered: null,
  passing: null,
  filterProblem: null,
  clustersKnown: 0,
  fit: false,
};

const state = observable(EMPTY);
let acts = []; // what Esc undoes, the last one last: "sequence" or "filter"
let drawTogether = (change) => change();
/** @type {(selection: Address) => void} */
let restore = () => {};

export const { get, subscribe } = state;

const address = pageHistory({
  path: () => pathOf(get().facts?.run),
  isOpen: () => get().facts !== null && at("workspace") !== null,
  restore: () => restore(selectionOf(location.search, get().facts.defaults)),
});
export const { onPopstate } = address;

// Change keys of the selection. `history`: "push" where one can go back to the address before,
// "replace" where the address follows only, null where it is left as it is.
/** @type {(changes: Partial<Selection>, options?: Writing) => void} */
export function update(changes, { history = null } = {}) {
  const before = get();
  const next = { ...before, ...changes };
  note(before, next);
  // Before the views are called: they may change what the address says as well.
  if (history) address.write(query(next, next.facts.defaults), { push: history === "push" });
  drawTogether(() => state.update(changes));
}

const isChosen = ({ sequence, text }) => sequence !== null || text !== null;

// Keep what Esc undoes.
function note(before, next) {
  if (!isChosen(before) && isChosen(next)) acts.push("sequence");
  if (isChosen(before) && !isChosen(next)) acts = acts.filter((act) => act !== "sequence");
  const more = next.filters.length - before.filters.length;
  if (more > 0) acts.push(...Array(more).fill("filter"));
  for (let i = more; i < 0; i += 1) acts.splice(acts.lastIndexOf("filter"), 1);
}

export const lastAct = () => acts.at(-1);

// Take up a run with nothing chosen yet; views that depend on a key of it are called.
/** @param {Facts} facts */
export function open(facts) {
  acts = [];
  address.opened();
  const { fit } = get();
  const next = { ...EMPTY, ...facts.selection, ...NOTHING, facts, density: facts.states > MANY_STATES, fit };
  drawTogether(() => state.update(next));
}

// What main.js connects: `together` draws once what several views change on the map, `restoring`
// shows the selection of an address that Back or Forward has led to.
export function connect({ together, restoring }) {
  drawTogether = together;
  restore = restoring;
}
