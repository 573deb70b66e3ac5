// @ts-check
// Pure functions that the views share; no page needed, so node tests them as they are.

// The grid's sort model as the data route reads it.
export const sortText = (model) => (model ?? []).map(({ colId, sort }) => `${colId}:${sort}`).join(",");

// One such table.
//   id        of its element
//   key       the id of a row's data, as `getRowId` of the grid makes it
//   more      what else its rows depend on, as a query
//   rows      asks for a block: { rows, count }
//   position  asks for the place of a row in an order: { row }, null where a filter leaves it out
export function table({ id, key, more, rows: askRows, position: askPosition }) {
  const UNASKED = { sort: "", columns: "" };
  let order = UNASKED;
  let chosen = null;
  let unseen = false; // The chosen row has still to be brought into view.

  const grid = () => globalThis.dash_ag_grid?.getApiAsync(id);

  function queryOf(request) {
    const filters = request.filterModel ?? {};
    return {
      ...more(),
      sort: sortText(request.sortModel),
      columns: Object.keys(filters).length ? JSON.stringify(filters) : "",
    };
  }

  // A block of rows for the grid's request, and how many there are in all.
  async function rows(request) {
    order = queryOf(request);
    const answer = await askRows({ ...order, start: request.startRow, end: request.endRow });
    requestAnimationFrame(() => select(chosen, unseen));
    return answer;
  }

  // Mark a row; with `follow`, bring it into view, wherever the sort put it.
  async function select(row, follow = true) {
    chosen = row;
    unseen = follow && row !== null;
    const api = await grid();
    if (!api) return;
    if (row === null) {
      api.deselectAll();
      return;
    }
    let node = api.getRowNode(String(row));
    if (follow) {
      const at = node?.rowIndex ?? (await askPosition(row, order)).row;
      if (chosen !== row) return;
      // Before its first block the grid has no rows to go to; the block's arrival comes back here.
      if (at !== null && at < api.getDisplayedRowCount()) {
        api.ensureIndexVisible(at);
        unseen = false;
      }
      node = api.getRowNode(String(row));
    }
    node?.setSelected(true, true);
  }

  // The row `by` rows below (or above) the chosen one in the present order; null at the ends.
  async function neighbour(by) {
    const api = await grid();
    if (!api) return null;
    let at = -1;
    if (chosen !== null) {
      const node = api.getRowNode(String(chosen));
      at = node?.rowIndex ?? (await askPosition(chosen, order)).row ?? -1;
    }
    const next = at < 0 ? 0 : at + by;
    if (next < 0 || next >= api.getDisplayedRowCount()) return null;
    const there = api.getDisplayedRowAtIndex(next);
    if (there?.data) return key(there.data);
    const { rows: found } = await askRows({ ...order, start: next, end: next + 1 });
    return found.length ? key(found[0]) : null;
  }

  // Ask for all rows anew: what they depend on has changed.
  async function refresh() {
    order = { ...order, ...more() };
    const api = await grid();
    api?.purgeInfiniteCache();
  }

  // Leave off the sort of a column, which comes before any other order.
  async function unsort() {
    const api = await grid();
    api?.applyColumnState({ defaultState: { sort: null } });
  }

  // A click anywhere in a row chooses it; attached once a grid.
  async function attach(choose) {
    const api = await grid();
    if (!api || api.statelineAttached) return;
    api.statelineAttached = true;
    api.addEventListener("rowClicked", ({ data }) => data && choose(key(data)));
  }

  function open() {
    chosen = null;
    order = UNASKED;
  }

  return { attach, neighbour, open, order: () => order, refresh, rows, select, unsort };
}
