// Columns of the table of words: as many as fit are shown whole, and the edge says that there are more.

const EDGE = 20; // pixels of the strip that says so
const grid = () => globalThis.dash_ag_grid?.getApiAsync("lexicon-table");
const edge = () => document.querySelector(".lexicon-more");

// Widths of columns in a row: those that fit share the room that is left, so that none is cut.
export function fitted(widths, room) {
  const total = widths.reduce((sum, width) => sum + width, 0);
  const space = total <= room ? room : room - EDGE;
  let [count, used] = [0, 0];
  while (count < widths.length && used + widths[count] <= space) used += widths[count++];
  const share = count ? Math.floor((space - used) / count) : 0;
  return widths.map((width, i) => (i < count ? width + share : width));
}

const shown = (api) => api.getAllDisplayedColumns();

function fit(api) {
  const room = document.querySelector("#lexicon-table .ag-body-viewport")?.clientWidth;
  if (!room) return; // Shortcuts stand in the table's place.
  const columns = shown(api);
  const widths = fitted(columns.map((column) => column.getColDef().width), room);
  api.setColumnWidths(columns.map((column, i) => ({ key: column.getColId(), newWidth: widths[i] })));
  hint(api);
}

// Columns that end beyond the right edge.
function beyond(api) {
  const { right } = api.getHorizontalPixelRange();
  return shown(api).filter((column) => !column.isPinned() && column.getLeft() + column.getActualWidth() > right + 1);
}

function hint(api) {
  const button = edge();
  if (!button) return;
  const names = beyond(api).map((column) => column.getColDef().headerName);
  button.hidden = names.length === 0;
  button.title = `More columns: ${names.join(", ")}`;
  button.setAttribute("aria-label", button.title);
}

// Take up a run; one sigmoid unit moves one logit, so that effects say all that contributions do.
export async function open(facts) {
  const api = await grid();
  if (!api) return;
  api.setColumnsVisible(["contribution"], facts.outputs > 1);
  if (!api.statelineColumns) {
    api.statelineColumns = true;
    api.addEventListener("gridSizeChanged", () => fit(api));
    for (const name of ["bodyScroll", "columnResized"]) api.addEventListener(name, () => hint(api));
  }
  fit(api);
}

// To the first column that is not seen whole.
document.addEventListener("click", async ({ target }) => {
  if (!target.closest?.(".lexicon-more")) return;
  const api = await grid();
  const [next] = beyond(api);
  if (next) api.ensureColumnVisible(next, "start");
});
