// The Explore page: one selection, shared by views that never know each other.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const state = (stateline.state ??= {}); // opened below
  let asked = 0; // requests for a sequence; an answer to an older one is dropped
  let drawMilliseconds = null;
  let sequencesDrawn = 0;
  const at = (id) => document.getElementById(id);
  // Take up a run; called for every drawing of the map, and does nothing for the run that is open.
  function open(next) {
    if (state.facts === next) return;
    // What all parts of the page share:
    Object.assign(state, {
      facts: next, // of the run that is open
      selection: { ...next.selection, sequence: null, text: null, step: null, pinned: null, filters: [] }, // as the address says it
      shown: { main: null, pinned: null }, // { sequence, colours, scene } drawn in each place
      hovered: null, // { which, step, segment } under the cursor
      acts: [], // what Esc takes back, the last first: "sequence" or "filter"
      passes: null, // a byte a drawn state, 1 where it passes the filters; null where all do
      labelled: null, // { total, sent } of the labels asked for; null without any
    });
    asked += 1; // An answer still under way belongs to the run that was open before.
    stateline.address.arrived();
    stateline.table.open(next);
    stateline.controls.open(next);
    stateline.typed.open(next);
    for (const which of ["main", "pinned"]) stateline.overlay.show(which, null);
    stateline.overlay.mark(null);
    stateline.brush.show(null);
    stateline.overlay.label([]);
    stateline.filters.open(next);
    stateline.axis.open();
    stateline.evidence.open();
    attachWhenReady();
    stateline.panes.hints();
    const { sequence, text, step, pinned } = next.selection;
    if (pinned !== null) pin(pinned, { remember: false });
    if (text !== null) stateline.typed.restore(text, step);
    else if (sequence !== null) choose(sequence, step, { remember: false });
  }

  // Plotly and the grid arrive in their own time, on a slow machine late.
  function attachWhenReady() {
    const { facts } = state;
    if (stateline.overlay.attach() && globalThis.dash_ag_grid) {
      stateline.table.attach((id) => choose(id));
      stateline.brush.draw();
      stateline.overlay.draw();
    } else {
      requestAnimationFrame(() => {
        if (state.facts === facts && at("workspace")) attachWhenReady();
      });
    }
  }

  // The figure for the header's choices; the other views follow a new projection.
  async function showMap(next, projection, colour) {
    open(next);
    try {
      const [points, bins] = await Promise.all([
        stateline.data.points(next, projection),
        stateline.data.colours(next, colour, projection),
      ]);
      if (state.facts !== next || !at("workspace")) return null; // The page was left meanwhile.
      const moved = projection !== state.selection.projection;
      state.selection = { ...state.selection, projection, colour };
      stateline.address.remember();
      const figure = stateline.map.figure(next, projection, colour, points, bins);
      message(null);
      stateline.filters.drawBar();
      all(moved);
      return figure;
    } catch (error) {
      message(error.message);
      return null;
    }
  }

  // Everything that depends on the map's choices.
  function all(moved) {
    stateline.clusters.open(state.facts, state.selection.projection);
    stateline.layers.legend();
    stateline.layers.density();
    stateline.layers.muted();
    const { sequence, text, step, pinned } = state.selection;
    if (moved && pinned !== null) pin(pinned, { remember: false });
    if (moved && text !== null) stateline.typed.restore(text, step);
    if (moved && sequence !== null) choose(sequence, step, { remember: false });
    stateline.layers.labels();
  }

  function message(line) {
    const element = at("map-message");
    if (!element) return;
    element.hidden = line === null;
    element.dataset.kind = line === null ? "" : "error";
    if (line !== null) element.textContent = line;
  }

  // Show a sequence in all views: one request, then everything is drawn here.
  async function choose(id, step = null, { remember = true } = {}) {
    const began = performance.now();
    const request = (asked += 1);
    take({ sequence: id, text: null, step });
    stateline.table.select(id);
    if (remember) stateline.address.remember(true);
    let answer;
    try {
      answer = await stateline.data.sequence(state.facts, id, state.selection.projection);
    } catch (error) {
      if (request === asked) message(error.message);
      return;
    }
    if (request === asked && at("workspace")) show(answer, began);
  }

  // Something is chosen: Esc leads back from there.
  function take(chosen) {
    if (state.selection.sequence === null && state.selection.text === null) state.acts.push("sequence");
    state.selection = { ...state.selection, ...chosen };
  }

  // Draw a sequence, stored or typed, into all views.
  function show(answer, began) {
    at("workspace").dataset.mode = "sequence"; // What is out of sight has no size to be drawn in.
    stateline.overlay.together(() => {
      stateline.sequence.draw("main", answer);
      state.hovered = null;
      stateline.hover.mark();
      message(null);
      stateline.layers.labels();
      stateline.neighbours.follow();
    });
    speak(at("sequence-info").innerText.replace(/\s+/g, " "));
    requestAnimationFrame(() => {
      drawMilliseconds = performance.now() - began;
      sequencesDrawn += 1;
    });
  }

  // Show a typed text in all views. False where something else was chosen meanwhile; an error where
  // the text cannot be read: then the views stay as they are.
  let reading = null; // the request that is under way
  async function readText(text, step = null, { remember = true } = {}) {
    const began = performance.now();
    const request = (asked += 1);
    reading = request;
    const chosen = { sequence: null, text, step };
    const { projection } = state.selection;
    // The address says so already: without it the next change would take the text out.
    if (!remember) take(chosen);
    let answer;
    try {
      answer = await stateline.data.typed(state.facts, text, projection);
    } catch (error) {
      if (request !== asked || !at("workspace")) return false;
      if (!remember) leave({ remember: false });
      throw error;
    }
    if (request !== asked || !at("workspace")) return false;
    if (projection !== state.selection.projection) return readText(text, step, { remember });
    take(chosen);
    stateline.table.select(null);
    if (remember) stateline.address.remember(true);
    show(answer, began);
    return true;
  }

  // Give up a text that is being read.
  function drop() {
    if (reading === asked) asked += 1;
  }

  // Keep a sequence beside those chosen later; null lets it go.
  async function pin(id, { remember = true } = {}) {
    state.selection = { ...state.selection, pinned: id };
    if (remember) stateline.address.remember();
    if (id === null) state.shown.pinned = null;
    else {
      const { projection } = state.selection;
      try {
        const answer = await stateline.data.sequence(state.facts, id, projection);
        const wanted = state.selection.pinned === id && state.selection.projection === projection;
        if (wanted && at("workspace")) stateline.sequence.draw("pinned", answer);
      } catch (error) {
        message(error.message);
      }
    }
    stateline.sequence.beside();
  }

  // Back to the overview.
  function leave({ remember = true } = {}) {
    asked += 1;
    state.shown.main = null;
    state.selection = { ...state.selection, sequence: null, text: null, step: null };
    state.acts = state.acts.filter((act) => act !== "sequence");
    state.hovered = null;
    stateline.hover.mark();
    stateline.overlay.show("main", null);
    stateline.table.select(null);
    at("workspace").dataset.mode = "overview";
    stateline.sequence.beside();
    if (remember) stateline.address.remember(true);
    stateline.layers.labels();
    stateline.neighbours.follow();
    speak("Overview");
  }

  const speak = (line) => (at("live").textContent = line);

  function pinOrLetGo() {
    const { pinned, sequence } = state.selection;
    if (sequence === null) return; // A typed text is stored nowhere.
    pin(pinned === sequence ? null : sequence);
  }

  // Let a step stay lit.
  function stay(step) {
    state.selection = { ...state.selection, step };
    stateline.address.remember();
    stateline.hover.mark();
    stateline.neighbours.follow();
  }

  document.addEventListener("click", (event) => {
    if (!state.facts || !at("workspace")) return;
    const within = (query) => event.target.closest?.(query);
    if (within("#detail-close")) leave();
    else if (within("#detail-pin")) pinOrLetGo();
    else if (within("#pinned-close")) pin(null);
    else if (within("#axis-switch")) stateline.axis.toggle();
    else if (within("#map-reset")) stateline.map.reset();
    const step = within("#detail-main [data-t]");
    if (step) stay(Number(step.dataset.t));
  });

  // The filter bar has changed what passes.
  function filtered(filters, found, step) {
    const more = filters.length - state.selection.filters.length;
    if (more > 0) state.acts.push(...Array(more).fill("filter"));
    for (let i = more; i < 0; i += 1) state.acts.splice(state.acts.lastIndexOf("filter"), 1);
    state.selection = { ...state.selection, filters };
    state.passes = found;
    if (step) stateline.address.remember(true);
    stateline.layers.muted();
    stateline.layers.labels();
  }

  // The table has taken up another order.
  function ordered(order, remember) {
    state.selection = { ...state.selection, order };
    if (remember) stateline.address.remember(true);
  }

  // A view control has changed.
  function viewed(view, name) {
    const steps = () => {
      stateline.sequence.redraw();
      stateline.hover.mark();
      stateline.layers.legend();
    };
    if (name === "labels" || name === "confidence") stateline.layers.labels();
    else if (name === "distance") {
      steps();
      stateline.layers.labels();
    } else if (name === "path" || name === "thickness" || name === "width") steps();
    else if (name === "size") stateline.map.resize(view.size);
    else if (name === "density") stateline.layers.density();
    else if (name === "clusters") stateline.clusters.show(view.clusters);
    else stateline.layers.muted();
  }

  stateline.explore = {
    choose,
    drop,
    filtered,
    leave,
    message,
    ordered,
    pin,
    read: readText,
    selection: () => state.selection,
    showMap,
    speak,
    stay,
    viewed,
  };

  // What tests read; nothing on the page depends on it.
  const counter = (name, read) =>
    Object.defineProperty(stateline, name, { get: read, enumerable: true });
  counter("overlayDraws", () => stateline.overlay.counters.draws + stateline.brush.draws());
  counter("segments", () => stateline.overlay.counters.segments);
  counter("stretched", () => ({ long: stateline.overlay.counters.long, short: stateline.overlay.counters.short }));
  counter("turnings", () => stateline.overlay.counters.turnings);
  counter("labelsDrawn", () => stateline.overlay.counters.labels);
  counter("clusterLabels", () => stateline.clusters.standing());
  counter("clusterLevel", () => stateline.clusters.level());
  counter("neighboursShown", () => stateline.neighbours.shown());
  counter("neighbourLit", () => stateline.neighbours.lit());
  counter("pictures", () => stateline.overlay.counters.pictures);
  counter("points", () => stateline.map.drawn());
  counter("hoveredStep", () => state.hovered?.step ?? state.selection?.step ?? null);
  counter("hovered", () => state.hovered);
  counter("sequenceShown", () => state.shown?.main?.sequence.facts.sequence_id ?? null);
  counter("typedShown", () => (state.shown?.main && state.selection.text) ?? null);
  counter("pinnedShown", () => state.shown?.pinned?.sequence.facts.sequence_id ?? null);
  counter("drawMilliseconds", () => drawMilliseconds);
  counter("sequencesDrawn", () => sequencesDrawn);
})();
