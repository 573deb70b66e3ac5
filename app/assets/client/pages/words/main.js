// @ts-check
// The Words page: wires its views, which follow its state, and what Dash's callbacks call.

import { expose } from "../../lib/inspect.js";
import * as columnWidths from "./column-widths.js";
import * as filterBar from "./filter-bar.js";
import * as keys from "./keys.js";
import * as loader from "./loader.js";
import * as occurrenceList from "./occurrence-list.js";
import * as occurrenceMap from "./occurrence-map.js";
import * as plot from "./plot.js";
import * as shortcutList from "./shortcut-list.js";
import { get, update } from "./state.js";
import * as swapList from "./swap-list.js";
import * as wordsTable from "./words-table.js";

export { cells, formats } from "./cells.js";
export { onPopstate, open } from "./selection.js";
export { rows } from "./words-table.js";

for (const view of [wordsTable, filterBar, plot, shortcutList, swapList, occurrenceList, occurrenceMap, columnWidths, loader]) {
  view.start();
}
keys.start({
  inTable: wordsTable.neighbour,
  inList: { shortcuts: shortcutList.neighbour, swaps: swapList.neighbour },
  enter: occurrenceList.enter,
});

const light = (/** @type {number} */ lit) => update({ lit });

expose({
  words: () => ({ asked: get(), facts: get().facts }),
  wordsPlot: plot.getShown,
  wordsList: () => ({ ...occurrenceList.getShown(), light }),
  wordsMap: () => ({ ...occurrenceMap.getShown(), light }),
});
