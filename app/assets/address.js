// The address says what one looks at; Back and Forward go through it.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const state = (stateline.state ??= {}); // what explore.js opens
  const at = (id) => document.getElementById(id);

  // The address follows; what one would go back to is a step of the history.
  function remember(step = false) {
    const address = location.pathname + stateline.pure.query(state.selection, state.facts.defaults);
    if (address === location.pathname + location.search) return;
    history[step ? "pushState" : "replaceState"](history.state, "", address);
  }

  // Dash went to another page whose layout is still on the way: until it opens, or Back returned
  // from it, every step of the history is Dash's.
  let away = false;
  const onRun = () => location.pathname === stateline.addresses.explore(state.facts?.run);
  globalThis.addEventListener?.("_dashprivate_pushstate", () => (away = !onRun()));

  // Back and Forward within the run are the page's own; Dash would build the page anew.
  globalThis.addEventListener?.(
    "popstate",
    (event) => {
      if (!state.facts || !at("workspace") || away || !onRun()) return;
      event.stopImmediatePropagation();
      restore(stateline.pure.selectionOf(location.search, state.facts.defaults));
    },
    true,
  );

  async function restore(next) {
    const silent = { remember: false };
    stateline.controls.open(state.facts, {
      ...stateline.controls.view(),
      labels: next.labels,
      distance: next.distance,
      confidence: next.confidence,
    });
    const now = state.selection;
    if (JSON.stringify(next.filters) !== JSON.stringify(now.filters)) {
      await stateline.filters.apply(next.filters, silent);
    }
    if (next.order !== now.order) stateline.table.order(next.order, silent);
    if (next.projection !== now.projection) setProjection(next.projection);
    if (next.colour !== now.colour) setHeader("colour-select", next.colour);
    if (next.class !== now.class || next.bars !== now.bars) {
      stateline.evidence.choose({ class: next.class, bars: next.bars }, silent);
    }
    if (next.pinned !== now.pinned) stateline.explore.pin(next.pinned, silent);
    stateline.explore.drop();
    if (next.text !== null) {
      if (next.text === now.text) stateline.explore.stay(next.step);
      else stateline.typed.restore(next.text, next.step);
    } else if (next.sequence === null) {
      if (now.sequence !== null || now.text !== null) stateline.explore.leave(silent);
    } else if (next.sequence !== now.sequence) stateline.explore.choose(next.sequence, next.step, silent);
    else stateline.explore.stay(next.step);
  }

  // A projection and the layer that it is of: the choices follow one another.
  function setProjection(projection) {
    const { key } = stateline.pure.measuredOf(state.facts, projection);
    const here = state.facts.projections.filter(({ layer }) => layer === key);
    const options = here.map(({ id, method }) => ({ label: method, value: id }));
    globalThis.dash_clientside.set_props("projection-select", { options, value: projection });
    setHeader("layer-select", key);
  }

  const setHeader = (id, value) => globalThis.dash_clientside.set_props(id, { value });

  stateline.address = { remember, arrived: () => (away = false) };
})();
