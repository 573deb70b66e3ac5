// @ts-check
// Columns of the table of words: as many as fit are shown whole, and a strip at the edge says that
// there are more.

import { closest } from "../../lib/dom.js";
import { subscribeOpened } from "./state.js";

/** @import { Facts } from "./types" */

const EDGE = 20; // pixels of the strip

const grid = async () => window.dash_ag_grid?.getApiAsync("words-table");

/**
 * Return the widths of columns in a row: those that fit share the room that is left.
 * @param {number[]} widths
 * @param {number} room
 */
export function fitted(widths, room) {
  const total = widths.reduce((sum, width) => sum + width, 0);
  const space = total <= room ? room : room - EDGE;
  let [count, used] = [0, 0];
  while (count < widths.length && used + widths[count] <= space) used += widths[count++];
  const share = count ? Math.floor((space - used) / count) : 0;
  return widths.map((width, i) => (i < count ? width + share : width));
}

/**
 * @param {any} api of the grid
 * @returns {any[]}
 */
const shownColumns = (api) => api.getAllDisplayedColumns();

/** @param {any} api */
function fit(api) {
  const room = document.querySelector("#words-table .ag-body-viewport")?.clientWidth;
  if (!room) return; // Shortcuts are shown in place of the table.
  const columns = shownColumns(api);
  const widths = fitted(columns.map((column) => column.getColDef().width), room);
  api.setColumnWidths(columns.map((column, i) => ({ key: column.getColId(), newWidth: widths[i] })));
  drawStrip(api);
}

/**
 * Return the columns that end beyond the right edge.
 * @param {any} api
 */
function hiddenColumns(api) {
  const { right } = api.getHorizontalPixelRange();
  return shownColumns(api).filter(
    (column) => !column.isPinned() && column.getLeft() + column.getActualWidth() > right + 1,
  );
}

/** @param {any} api */
function drawStrip(api) {
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector(".words-more"));
  if (!button) return;
  const names = hiddenColumns(api).map((column) => column.getColDef().headerName);
  button.hidden = names.length === 0;
  button.title = `More columns: ${names.join(", ")}`;
  button.setAttribute("aria-label", button.title);
}

/**
 * Take up a run; one sigmoid unit moves one logit, so that effects say all that contributions do.
 * @param {Facts} facts
 */
async function open(facts) {
  const api = await grid();
  if (!api) return;
  api.setColumnsVisible(["contribution"], facts.outputs > 1);
  if (!api.statelineColumns) {
    api.statelineColumns = true;
    api.addEventListener("gridSizeChanged", () => fit(api));
    for (const name of ["bodyScroll", "columnResized"]) api.addEventListener(name, () => drawStrip(api));
  }
  fit(api);
}

/** Follow the run and the clicks on the strip, which show the first column that is not seen whole. */
export function start() {
  subscribeOpened(["facts"], ({ facts }) => open(facts));
  document.addEventListener("click", async (event) => {
    if (!closest(event, ".words-more")) return;
    const api = await grid();
    const [next] = hiddenColumns(api);
    if (next) api.ensureColumnVisible(next, "start");
  });
}
