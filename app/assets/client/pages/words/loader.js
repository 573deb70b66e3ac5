// @ts-check
// Loads the points of the plot, the lists of findings, and the occurrences of the chosen word.

import * as data from "../../lib/data.js";
import { at } from "../../lib/dom.js";
import { chooseFirst } from "./selection.js";
import { subscribeOpened, update, wordsQuery } from "./state.js";

/** @import { Opened, State } from "./types" */

const MAX_SHORTCUTS = 200; // that are listed; the page says how many there are
export const BLOCK = 200; // occurrences of a request

const messageOf = (/** @type {unknown} */ error) => (error instanceof Error ? error.message : String(error));

let request = 0; // answers to older ones are dropped

/**
 * Load what the plot and a list of findings show.
 * @param {Opened} state
 */
async function loadWords(state) {
  const own = (request += 1);
  const isCurrent = () => own === request && at("words-plot-note") !== null; // a series has no plot
  try {
    const loadList = LISTS[state.kind];
    await Promise.all([loadPoints(state, isCurrent), loadList?.(state, isCurrent)]);
  } catch (error) {
    if (isCurrent()) update({ problem: messageOf(error) });
  }
}

/**
 * @param {Opened} state
 * @param {() => boolean} isCurrent
 */
async function loadPoints(state, isCurrent) {
  const { facts, columns } = state;
  const points = await data.json(facts, "words/points", { ...wordsQuery(state), columns });
  if (isCurrent()) update({ points });
}

/**
 * @param {Opened} state
 * @param {() => boolean} isCurrent
 */
async function loadShortcuts(state, isCurrent) {
  const range = { start: 0, end: MAX_SHORTCUTS };
  const shortcuts = await data.json(state.facts, "words", { ...wordsQuery(state), ...range });
  if (!isCurrent()) return;
  update({ shortcuts, found: shortcuts, problem: null });
  chooseFirst(shortcuts.rows);
}

/**
 * @param {Opened} state
 * @param {() => boolean} isCurrent
 */
async function loadSwaps(state, isCurrent) {
  const swaps = await data.json(state.facts, "words/swaps", wordsQuery(state));
  if (!isCurrent()) return;
  update({ swaps, found: { count: swaps.count, rare: 0 }, problem: null });
  const stored = swaps.rows.filter((/** @type {import("./types").SwapRow} */ row) => row.stored);
  chooseFirst(stored.map((/** @type {import("./types").SwapRow} */ { token }) => ({ phrase: token })));
}

/** @type {Record<string, (state: Opened, isCurrent: () => boolean) => Promise<void>>} */
const LISTS = { shortcuts: loadShortcuts, swaps: loadSwaps };

/**
 * Return the query of the occurrences of the chosen word. Without a chosen class the server takes the
 * one that the word pushes to.
 * @param {State} state
 */
const occurrencesQuery = ({ word, towards, order }) => ({ phrase: word, order, ...(towards === null ? {} : { towards }) });

let occurrenceRequest = 0;

/**
 * Load the first occurrences of the chosen word, and the places of all.
 * @param {Opened} state
 */
async function loadOccurrences(state) {
  const own = (occurrenceRequest += 1);
  // The page may be another one by then; that of a series has no such pane.
  const isCurrent = () => own === occurrenceRequest && at("words-word") !== null;
  if (state.word === null || !isCurrent()) return;
  const query = occurrencesQuery(state);
  try {
    const [occurrences, places] = await Promise.all([
      data.json(state.facts, "words/occurrences", { ...query, start: 0, end: BLOCK }),
      data.bytes(state.facts, "words/places", query),
    ]);
    if (isCurrent()) update({ occurrences, places: new Float32Array(places), lit: -1, occurrenceProblem: null });
  } catch (error) {
    if (isCurrent()) update({ occurrenceProblem: messageOf(error) });
  }
}

/**
 * Return a block of the occurrences that are shown.
 * @param {Opened} state
 * @param {number} number
 * @returns {Promise<import("./types").Occurrence[]>}
 */
export async function fetchBlock(state, number) {
  const range = { start: number * BLOCK, end: (number + 1) * BLOCK };
  const answer = await data.json(state.facts, "words/occurrences", { ...occurrencesQuery(state), ...range });
  return answer.rows;
}

/** Follow the selection. */
export function start() {
  subscribeOpened(["requests", "columns"], loadWords);
  subscribeOpened(["facts", "word", "towards", "order"], loadOccurrences);
}
