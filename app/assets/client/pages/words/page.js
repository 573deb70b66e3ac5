// The Words page: which words are asked for and which is chosen; table, plot and occurrences follow.

import { page as pathOf } from "../../lib/addresses.js";
import * as dataGrid from "../../lib/data-grid.js";
import * as data from "../../lib/data.js";
import { at } from "../../lib/dom.js";
import { pageHistory } from "../../lib/history.js";
import { askedOf, queryOf } from "./address.js";
import * as columnChoice from "./columns.js";
import * as filterBar from "./filter-bar.js";
import * as occurrences from "./occurrences.js";
import * as plot from "./plot.js";
import * as shortcutList from "./shortcuts.js";

const WAIT = 250; // milliseconds after the last key of a search

let facts = null;
// { towards, kind, least, search, word } as the address says it; towards: null for the class that
// each word pushes to
let asked = {};
let columns = ""; // the filters of the grid's own columns
let given = 0; // requests for what is shown above the table; an answer to an older one is dropped

const query = () => {
  const { towards, kind, least, search } = asked;
  return { ...(towards === null ? {} : { towards }), kind, least, search };
};

const table = dataGrid.table({
  id: "lexicon-table",
  key: (row) => row.phrase,
  more: query,
  rows: (wanted) => data.json(facts, "words", wanted),
  position: (phrase, order) => data.json(facts, "words/position", { ...order, phrase }),
});

// Take up a run; called by whatever comes first, and does nothing for the run that is open.
export function open(next) {
  addressHistory.opened();
  if (facts === next) return;
  const again = facts !== null;
  facts = next;
  asked = { ...next.asked };
  columns = "";
  table.open();
  filterBar.open(next, asked);
  plot.open(next);
  occurrences.open(next);
  columnChoice.open(next);
  table.attach(choose);
  if (again) table.refresh();
  if (asked.word !== null) show();
  shown();
}

// Plot and shortcuts follow what the table was asked for.
async function shown() {
  const request = (given += 1);
  const current = () => request === given && at("lexicon-plot-note") !== null; // a series has no plot
  try {
    await Promise.all([points(current), asked.kind === "shortcuts" && shortcuts(current)]);
  } catch (error) {
    if (current()) filterBar.say(error.message);
  }
}

async function points(current) {
  const answer = await data.json(facts, "words/points", { ...query(), columns });
  if (current()) plot.draw(answer);
}

async function shortcuts(current) {
  const range = { start: 0, end: shortcutList.MOST };
  const answer = await data.json(facts, "words", { ...query(), ...range });
  if (!current()) return;
  shortcutList.draw(facts, answer, asked.word);
  counted(answer);
  chooseFirst(answer.rows);
}

// A block of rows for the grid's request; the first word is chosen where none is.
export async function rows(request, present) {
  open(present);
  try {
    const answer = await table.rows(request);
    counted(answer);
    if (table.order().columns !== columns) {
      columns = table.order().columns;
      shown();
    }
    if (asked.kind !== "shortcuts") chooseFirst(answer.rows);
    return { rowData: answer.rows, rowCount: answer.count };
  } catch (error) {
    filterBar.say(error.message);
    return { rowData: [], rowCount: 0 };
  }
}

function chooseFirst(found) {
  if (asked.word === null && found.length) choose(found[0].phrase, { step: false });
}

const counted = ({ count, rare }) => filterBar.count(facts, count, rare);

// Another kind, search, least count or class: everything is asked for anew. What is typed is no
// step of the history, or every few letters were one.
export function ask(change, { step = true } = {}) {
  asked = { ...asked, ...change };
  remember(step);
  table.refresh();
  shown();
  if ("towards" in change && asked.word !== null) occurrences.show(asked);
}

let typing = null;
let written = {}; // what was typed since the last request, in any field
export function askSoon(change) {
  clearTimeout(typing);
  written = { ...written, ...change };
  typing = setTimeout(() => {
    ask(written, { step: false });
    written = {};
  }, WAIT);
}

export function choose(phrase, { step = true } = {}) {
  asked = { ...asked, word: phrase };
  remember(step);
  show();
}

// The chosen word everywhere.
function show() {
  table.select(asked.word);
  plot.setMark(asked.word);
  shortcutList.mark(asked.word);
  occurrences.show(asked);
}

// What the address asks for after Back or Forward.
function restore(next) {
  const before = query();
  clearTimeout(typing);
  written = {};
  asked = next;
  filterBar.open(facts, asked);
  if (next.word === null || JSON.stringify(before) !== JSON.stringify(query())) {
    table.refresh();
    shown();
  }
  if (next.word !== null) show();
}

export function speak(line) {
  const live = at("live");
  if (live) live.textContent = line;
}

const addressHistory = pageHistory({
  path: () => pathOf("words", facts?.run),
  isOpen: () => facts !== null && at("lexicon-table") !== null,
  restore: () => restore(askedOf(location.search, facts.usual)),
});

export const { onPopstate } = addressHistory;

const remember = (push) => addressHistory.write(queryOf(asked, facts.usual), { push });

async function walk(by) {
  const next = asked.kind === "shortcuts" ? shortcutList.neighbour(by) : await table.neighbour(by);
  if (next !== null) choose(next);
}

// Keys that belong to a field or to a header of the grid stay with it.
const isTaken = (target) =>
  target.closest?.("input, select, textarea, button, a, .ag-header, .ag-popup, header, [role='listbox']");

document.addEventListener(
  "keydown",
  (event) => {
    const { key, target } = event;
    if (!facts || !at("lexicon") || event.ctrlKey || event.metaKey || event.altKey || isTaken(target)) return;
    if (key === "ArrowDown") walk(1);
    else if (key === "ArrowUp") walk(-1);
    else if (key === "Enter" && asked.word !== null) occurrences.enter();
    else if (key === "/") at("lexicon-search")?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

export const getAsked = () => asked;

export const getFacts = () => facts;
