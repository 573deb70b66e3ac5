// @ts-check
// The table of sequences, and how its cells are drawn.

import * as classMarkup from "../../../lib/classes.js";
import * as dataGrid from "../../../lib/data-grid.js";
import * as data from "../../../lib/data.js";
import { at } from "../../../lib/dom.js";
import { percent, thousands } from "../../../lib/format.js";
import * as series from "../../../lib/series.js";
import { get, subscribe, update } from "../selection.js";
import { choose } from "../sequences.js";

let chosen = null; // number of the sequence whose row is marked

const sequences = dataGrid.table({
  id: "sequences",
  key: (row) => row.sequence_id,
  more: () => ({ filters: data.filtersText(get().filters), order: get().order }),
  rows: (query) => data.rows(get().facts, query),
  position: (id, query) => data.position(get().facts, id, query),
});

// The line above the table; an answer may arrive after its page was left.
export function say(line) {
  const element = document.getElementById("sequences-count");
  if (element) element.textContent = line;
}

// A block of rows for the grid's request, and the count above the table.
export async function rows(request) {
  const { rows: rowData, count } = await sequences.rows(request);
  const { sequences: total } = get().facts;
  sayOrder(` · ${thousands(count)}`);
  say(count === total ? `all ${thousands(total)}` : `${thousands(count)} of ${thousands(total)} shown`);
  return { rowData, rowCount: count };
}

// The line under the choice of an order: what it shows, and how many sequences.
function sayOrder(count = "") {
  const [select, note] = [at("order-select"), at("order-note")];
  if (!select) return;
  const { order } = get();
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

document.addEventListener("change", ({ target }) => {
  if (target.id === "order-select") update({ order: target.value }, { history: "push" });
});

subscribe(["facts"], () => {
  sayOrder();
  sequences.open();
  chosen = null;
});
// A ready order. A column's sort would come before it, so none stays.
subscribe(["order"], (now, before) => {
  if (now.facts !== before.facts) return;
  sayOrder();
  showColumn();
  sequences.unsort();
  sequences.refresh();
});
subscribe(["filters", "passing"], (now, before) => {
  if (now.facts === before.facts) sequences.refresh();
});
subscribe(["facts", "sequence"], ({ sequence }) => mark(sequence));

// Once a grid: a click in it chooses, its order's column stands in it, and the chosen row stays
// in view where the list of nearest states makes it lower.
export async function attach() {
  sequences.attach((id) => choose(id));
  showColumn();
  const api = await grid();
  if (!api || api.statelineSized) return;
  api.statelineSized = true;
  api.addEventListener("gridSizeChanged", () => chosen !== null && sequences.select(chosen));
}

// Mark a row and bring it into view.
function mark(id) {
  chosen = id;
  return sequences.select(id);
}

// What the grid writes into a cell of numbers.
export const formats = { percent: (share) => (share == null ? "" : percent(share)) };

export const cells = {};
cells.ClassCell = ({ value }) => {
  if (value == null) return null;
  return classMarkup.cell(get().facts?.classes.find(({ name }) => name === value) ?? { name: value });
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
