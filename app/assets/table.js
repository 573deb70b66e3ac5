// The table: its blocks of rows, the chosen row, and moving through its present order.
(() => {
  const stateline = (globalThis.stateline ??= {});
  let order = { sort: "", columns: "", filters: "" };
  let facts = null;

  const grid = () => globalThis.dash_ag_grid?.getApiAsync("sequences");

  function queryOf(request) {
    const filters = request.filterModel ?? {};
    return {
      sort: stateline.pure.sortText(request.sortModel),
      columns: Object.keys(filters).length ? JSON.stringify(filters) : "",
      filters: stateline.filters.text(),
    };
  }

  // The line above the table; an answer may arrive after its page was left.
  function say(line) {
    const element = document.getElementById("sequences-count");
    if (element) element.textContent = line;
  }

  // A block of rows for the grid's request, and the count above the table.
  async function rows(request, present) {
    facts = present;
    order = queryOf(request);
    const query = { ...order, start: request.startRow, end: request.endRow };
    const { rows: rowData, count } = await stateline.data.rows(facts, query);
    const { thousands } = stateline.pure;
    const all = thousands(facts.sequences);
    say(count === facts.sequences ? `all ${all}` : `${thousands(count)} of ${all} shown`);
    requestAnimationFrame(() => select(chosen, unseen));
    return { rowData, rowCount: count };
  }

  let chosen = null;
  let unseen = false; // The chosen row has still to be brought into view.

  // Mark the row of a sequence; with `follow`, bring it into view, wherever the sort put it.
  async function select(id, follow = true) {
    chosen = id;
    unseen = follow && id !== null;
    const api = await grid();
    if (!api) return;
    if (id === null) {
      api.deselectAll();
      return;
    }
    let node = api.getRowNode(String(id));
    if (follow) {
      const row = node?.rowIndex ?? (await stateline.data.position(facts, id, order)).row;
      if (chosen !== id) return;
      // Before its first block the grid has no rows to go to; the block's arrival comes back here.
      if (row !== null && row < api.getDisplayedRowCount()) {
        api.ensureIndexVisible(row);
        unseen = false;
      }
      node = api.getRowNode(String(id));
    }
    node?.setSelected(true, true);
  }

  // The sequence `by` rows below (or above) the chosen one in the present order; null at the ends.
  async function neighbour(by) {
    const api = await grid();
    if (!api) return null;
    let row = -1;
    if (chosen !== null) {
      const node = api.getRowNode(String(chosen));
      row = node?.rowIndex ?? (await stateline.data.position(facts, chosen, order)).row ?? -1;
    }
    const next = row < 0 ? 0 : row + by;
    if (next < 0 || next >= api.getDisplayedRowCount()) return null;
    const there = api.getDisplayedRowAtIndex(next);
    if (there?.data) return there.data.sequence_id;
    const query = { ...order, start: next, end: next + 1 };
    return (await stateline.data.rows(facts, query)).rows[0]?.sequence_id ?? null;
  }

  // Ask for all rows anew: the filter bar has changed.
  async function refresh() {
    order = { ...order, filters: stateline.filters.text() };
    const api = await grid();
    api?.purgeInfiniteCache();
  }

  // A click anywhere in a row chooses it; attached once a grid.
  async function attach(choose) {
    const api = await grid();
    if (!api || api.statelineAttached) return;
    api.statelineAttached = true;
    api.addEventListener("rowClicked", ({ data }) => data && choose(data.sequence_id));
  }

  stateline.table = {
    attach,
    neighbour,
    refresh,
    rows,
    say,
    select,
    open(present) {
      facts = present;
      chosen = null;
      order = { sort: "", columns: "", filters: "" };
    },
  };

  const functions = (globalThis.dashAgGridFunctions ??= {});
  functions.percent = (share) => (share == null ? "" : stateline.pure.percent(share));

  const components = (globalThis.dashAgGridComponentFunctions ??= {});
  components.ClassCell = ({ value }) => {
    if (value == null) return null;
    const colour = facts?.classes.find(({ name }) => name === value)?.colour;
    return React.createElement(
      "span",
      { className: "class-chip", title: value },
      React.createElement("span", { className: "class-dot", style: { background: colour } }),
      React.createElement("span", { className: "class-name" }, value),
    );
  };
  // What its sequence is a picture of, a pixel a value.
  components.PictureCell = ({ value }) =>
    value == null
      ? null
      : React.createElement("span", {
          className: "cell-picture",
          ref: (place) => place?.replaceChildren(stateline.series.thumbnail(value)),
        });
  components.CorrectCell = ({ value }) =>
    value == null
      ? null
      : React.createElement(
          "span",
          { className: value ? "tick right" : "tick wrong", title: value ? "Right" : "Wrong" },
          value ? "✓" : "✗",
        );
})();
