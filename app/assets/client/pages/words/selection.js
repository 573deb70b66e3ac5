// @ts-check
// The selection of the Words page: the only module that changes it, and writes it into the address.

import { page as pathOf } from "../../lib/addresses.js";
import { at } from "../../lib/dom.js";
import { pageHistory } from "../../lib/history.js";
import { addressQuery, parseQuery } from "./address.js";
import { get, opened, reset, update, wordsQuery } from "./state.js";

/** @import { Facts, Selection, WordRow } from "./types" */

const WAIT = 250; // milliseconds after the last key of a search

const addressHistory = pageHistory({
  path: () => pathOf("words", get().facts?.run ?? ""),
  isOpen: () => get().facts !== null && at("words-table") !== null,
  restore,
});
export const { onPopstate } = addressHistory;

/**
 * Take up a run. Whatever of the page comes first calls it; for the run that is open it does nothing.
 * @param {Facts} facts
 */
export function open(facts) {
  addressHistory.opened();
  if (get().facts !== facts) reset(facts);
}

/** @param {boolean} push */
function writeAddress(push) {
  const state = opened();
  if (state) addressHistory.write(addressQuery(state, state.facts.defaults), { push });
}

/**
 * Ask for other words: another kind, search, least count or class.
 * @param {Partial<Selection>} change
 * @param {{ push?: boolean }} [options] whether one can go back to the words before
 */
export function ask(change, { push = true } = {}) {
  update({ ...change, requests: get().requests + 1 });
  writeAddress(push);
}

let timer = 0;
/** @type {Partial<Selection>} */
let typed = {}; // since the last request, in any field

/**
 * Ask for other words once nothing more is typed, without an entry of the history.
 * @param {Partial<Selection>} change
 */
export function askSoon(change) {
  clearTimeout(timer);
  typed = { ...typed, ...change };
  timer = window.setTimeout(() => {
    ask(typed, { push: false });
    typed = {};
  }, WAIT);
}

/**
 * @param {string} word
 * @param {{ push?: boolean }} [options]
 */
export function choose(word, { push = true } = {}) {
  update({ word });
  writeAddress(push);
}

/**
 * Choose the first of some words where none is chosen.
 * @param {Pick<WordRow, "phrase">[]} rows
 */
export function chooseFirst(rows) {
  if (get().word === null && rows.length) choose(rows[0].phrase, { push: false });
}

/**
 * Return the word `by` places below (or above) the chosen one, null at the ends.
 * @param {string[]} words of a list, in its order
 * @param {number} by
 */
export function neighbourIn(words, by) {
  const { word } = get();
  const place = word === null ? -1 : words.indexOf(word);
  return words[place < 0 ? 0 : place + by] ?? null;
}

/** Show what the address says after Back or Forward. */
function restore() {
  const state = opened();
  if (!state) return;
  clearTimeout(timer);
  typed = {};
  const selection = parseQuery(location.search, state.facts.defaults);
  const before = JSON.stringify(wordsQuery(state));
  const isOther = selection.word === null || JSON.stringify(wordsQuery({ ...state, ...selection })) !== before;
  update({ ...selection, restored: state.restored + 1, requests: state.requests + (isOther ? 1 : 0) });
}
