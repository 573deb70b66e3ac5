// @ts-check
// The table of words: rows for the grid, the chosen row, and the row above or below it.

import * as dataGrid from "../../lib/data-grid.js";
import * as data from "../../lib/data.js";
import { choose, chooseFirst, open } from "./selection.js";
import { get, subscribeOpened, update, wordsQuery } from "./state.js";

/** @import { Facts, Opened, State, WordRow } from "./types" */

const table = dataGrid.table({
  id: "words-table",
  key: (/** @type {WordRow} */ row) => row.phrase,
  more: () => wordsQuery(get()),
  rows: (/** @type {object} */ query) => data.json(get().facts, "words", query),
  position: (/** @type {string} */ phrase, /** @type {object} */ order) =>
    data.json(get().facts, "words/position", { ...order, phrase }),
});

/**
 * Return a block of rows for the grid's request.
 * @param {object} request
 * @param {Facts} facts
 */
export async function rows(request, facts) {
  open(facts);
  try {
    const answer = await table.rows(request);
    update({ found: answer, problem: null, columns: table.order().columns });
    if (get().kind !== "shortcuts") chooseFirst(answer.rows);
    return { rowData: answer.rows, rowCount: answer.count };
  } catch (error) {
    update({ problem: error instanceof Error ? error.message : String(error) });
    return { rowData: [], rowCount: 0 };
  }
}

/**
 * Ask for the rows anew; the grid of a page that was just opened does so itself.
 * @param {Opened} state
 * @param {State} before
 */
function refresh({ facts }, before) {
  const isNew = facts !== before.facts;
  if (isNew) {
    table.open();
    table.attach(choose);
  }
  if (!isNew || before.facts) table.refresh();
}

/** Return the word `by` rows below (or above) the chosen one, null at the ends. */
export const { neighbour } = table;

/** Follow the selection. */
export function start() {
  subscribeOpened(["facts", "requests"], refresh);
  subscribeOpened(["facts", "word"], ({ word }) => word !== null && table.select(word));
}
