// @ts-check
// Keys of the Words page: through the words, to the occurrence, into the search.

import { at } from "../../lib/dom.js";
import { choose } from "./selection.js";
import { get } from "./state.js";

// Keys that belong to a field or to a header of the grid stay with it.
const FIELDS = "input, select, textarea, button, a, .ag-header, .ag-popup, header, [role='listbox']";

/** @typedef {(by: number) => string | null | Promise<string | null>} Neighbour */

/**
 * Follow the keys.
 * @param {object} views
 * @param {Neighbour} views.inTable
 * @param {Record<string, Neighbour>} views.inList by the kind of words that it lists
 * @param {() => void} views.enter opens the lit occurrence
 */
export function start({ inTable, inList, enter }) {
  /** @param {number} by */
  async function walk(by) {
    const next = await (inList[get().kind] ?? inTable)(by);
    if (next !== null) choose(next);
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const { key, target } = event;
    const { facts, word } = get();
    if (!facts || !at("words-page") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target instanceof Element && target.closest(FIELDS)) return;
    if (key === "ArrowDown") walk(1);
    else if (key === "ArrowUp") walk(-1);
    else if (key === "Enter" && word !== null) enter();
    else if (key === "/") at("words-search")?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  document.addEventListener("keydown", press, true);
}
