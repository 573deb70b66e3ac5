// The table of sequences, and how its cells are drawn.

import * as classMarkup from "../../lib/classes.js";
import * as dataGrid from "../../lib/data-grid.js";
import * as data from "../../lib/data.js";
import { at } from "../../lib/dom.js";
import { percent, thousands } from "../../lib/format.js";
import * as series from "../../lib/series.js";
import * as explore from "./explore.js";
import * as filterBar from "./filter-bar.js";

let facts = null;
let order = ""; // a ready order; "" for the order of the store
let chosen = null; // number of the sequence whose row is marked

const sequences = dataGrid.table({
  id: "sequences",
  key: (row) => row.sequence_id,
  more: () => ({ filters: filterBar.text(), order }),
  rows: (query) => data.rows(facts, query),
  position: (id, query) => data.position(facts, id, query),
});

// The line above the table; an answer may arrive after its page was left.
export function say(line) {
  const element = document.getElementById("sequences-count");
  if (element) element.textContent = line;
}

// A block of rows for the grid's request, and the count above the table.
export async function rows(request, present) {
  // The grid asks for its first rows before the page has been opened.
  if (facts !== present) open(present);
  const { rows: rowData, count } = await sequences.rows(request);
  const all = thousands(facts.sequences);
  sayOrder(` · ${thousands(count)}`);
  say(count === facts.sequences ? `all ${all}` : `${thousands(count)} of ${all} shown`);
  return { rowData, rowCount: count };
}

// The line under the choice of an order: what it shows, and how many sequences.
function sayOrder(count = "") {
  const [select, note] = [at("order-select"), at("order-note")];
  if (!select) return;
  select.value = order;
  note.hidden = order === "";
  note.textContent = `${select.selectedOptions[0].title}${count}`;
}

const grid = () => globalThis.dash_ag_grid?.getApiAsync("sequences");

// Beside an order the column that it sorts by, of those that are seen with their order only.
async function showColumn() {
  const api = await grid();
  const select = at("order-select");
  if (!api || !select) return;
  const shown = select.selectedOptions[0]?.dataset.column;
  const others = [...select.options].map(({ dataset }) => dataset.column).filter((name) => name && name !== shown);
  api.setColumnsVisible(others, false);
  if (shown) api.setColumnsVisible([shown], true);
}

// Take up a ready order. A column's sort would come before it, so none stays.
export function takeOrder(next, { remember = true } = {}) {
  order = next;
  sayOrder();
  showColumn();
  explore.ordered(next, remember);
  sequences.unsort();
  sequences.refresh();
}

document.addEventListener("change", (event) => {
  if (event.target.id === "order-select") takeOrder(event.target.value);
});

export function open(present) {
  facts = present;
  order = present.selection.order;
  sayOrder();
  sequences.open();
  chosen = null;
}

// Once a grid: a click in it chooses, its order's column stands in it, and the chosen row stays
// in view where the list of nearest states makes it lower.
export async function attach(choose) {
  sequences.attach(choose);
  showColumn();
  const api = await grid();
  if (!api || api.statelineSized) return;
  api.statelineSized = true;
  api.addEventListener("gridSizeChanged", () => chosen !== null && sequences.select(chosen));
}

// Mark a row and bring it into view.
export function mark(id) {
  chosen = id;
  return sequences.select(id);
}

// What the grid writes into a cell of numbers.
export const formats = { percent: (share) => (share == null ? "" : percent(share)) };

export const cells = {};
cells.ClassCell = ({ value }) => {
  if (value == null) return null;
  return classMarkup.cell(facts?.classes.find(({ name }) => name === value) ?? { name: value });
};
// What its sequence is a picture of, a pixel a value.
cells.PictureCell = ({ value }) =>
  value == null
    ? null
    : React.createElement("span", {
        className: "cell-picture",
        ref: (place) => place?.replaceChildren(series.thumbnail(value)),
      });
cells.CorrectCell = ({ value }) =>
  value == null
    ? null
    : React.createElement(
        "span",
        { className: value ? "tick right" : "tick wrong", title: value ? "Right" : "Wrong" },
        value ? "✓" : "✗",
      );

export const neighbour = sequences.neighbour;

export const refresh = sequences.refresh;
