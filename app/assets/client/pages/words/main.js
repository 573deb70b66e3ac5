// The Words page: its parts, and what Dash's callbacks call.
import { expose } from "../../lib/inspect.js";
import * as occurrenceMap from "./occurrence-map.js";
import * as occurrences from "./occurrences.js";
import * as page from "./page.js";
import * as plot from "./plot.js";

export { cells, formats } from "./cells.js";
export { onPopstate, open, rows } from "./page.js";

expose({
  words: () => ({ asked: page.getAsked(), facts: page.getFacts() }),
  wordsPlot: plot.shown,
  wordsList: () => ({ ...occurrences.state(), light: occurrences.light }),
  wordsMap: () => ({ ...occurrenceMap.state(), light: occurrenceMap.light }),
});
