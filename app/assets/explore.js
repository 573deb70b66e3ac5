// The Explore page: one selection, shared by views that never know each other.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const REACH = 14; // pixels from the cursor to a state
  const CLICK = 4; // pixels that a click may move
  const TIME = ["#c4cad1", "#11161c"]; // of a trajectory by time, its first and last step
  const TIME_DARK = ["#59636e", "#f4f6f8"];

  let facts = null; // of the run that is open
  let selection = {}; // as the address says it
  const shown = { main: null, pinned: null }; // { sequence, colours } drawn in each place
  let hovered = null; // { which, step, segment } under the cursor
  let asked = 0; // requests for a sequence; an answer to an older one is dropped
  let drawMilliseconds = null;
  let acts = []; // what Esc takes back, the last first: "sequence" or "filter"

  const at = (id) => document.getElementById(id);
  const views = {
    main: () => ({
      root: at("detail-main"),
      info: at("sequence-info"),
      words: at("words"),
      heatmap: at("heatmap"),
      distances: at("distances"),
    }),
    pinned: () => {
      const root = at("pinned");
      const part = (name) => root.querySelector(`.${name}`);
      return {
        root,
        info: part("sequence-info"),
        words: part("words"),
        heatmap: part("pinned-heatmap"),
        distances: part("pinned-distances"),
      };
    },
  };

  // Take up a run; called for every drawing of the map, and does nothing for the run that is open.
  function open(next) {
    if (facts === next) return;
    facts = next;
    asked += 1; // An answer still under way belongs to the run that was open before.
    selection = { ...next.selection, sequence: null, step: null, pinned: null, filters: [] };
    [shown.main, shown.pinned, hovered, acts] = [null, null, null, []];
    stateline.table.open(next);
    stateline.controls.open(next);
    for (const which of ["main", "pinned"]) stateline.overlay.show(which, null);
    stateline.overlay.mark(null);
    stateline.brush.show(null);
    stateline.overlay.label([]);
    stateline.filters.open(next);
    attachWhenReady(performance.now());
    hints();
    const { sequence, step, pinned } = next.selection;
    if (pinned !== null) pin(pinned, { remember: false });
    if (sequence !== null) choose(sequence, step, { remember: false });
  }

  // Plotly and the grid arrive in their own time; ten seconds is beyond any of it.
  function attachWhenReady(since) {
    if (stateline.overlay.attach() && globalThis.dash_ag_grid) {
      stateline.table.attach((id) => choose(id));
      stateline.brush.draw();
      stateline.overlay.draw();
    } else if (performance.now() - since < 10_000) {
      requestAnimationFrame(() => attachWhenReady(since));
    }
  }

  // The address follows; what one would go back to is a step of the history.
  function remember(step = false) {
    const address = location.pathname + stateline.pure.query(selection, facts.defaults);
    if (address === location.pathname + location.search) return;
    history[step ? "pushState" : "replaceState"](history.state, "", address);
  }

  // The figure for the header's choices; the other views follow a new projection.
  async function showMap(next, projection, colour) {
    open(next);
    try {
      const [points, bins] = await Promise.all([
        stateline.data.points(next, projection),
        stateline.data.colours(next, colour, projection),
      ]);
      if (facts !== next || !at("workspace")) return null; // The page was left meanwhile.
      const moved = projection !== selection.projection;
      selection = { ...selection, projection, colour };
      remember();
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
    legend();
    density();
    muted();
    if (moved && selection.pinned !== null) pin(selection.pinned, { remember: false });
    if (moved && selection.sequence !== null) choose(selection.sequence, selection.step, { remember: false });
    labels();
  }

  function legend(labelLine = null) {
    stateline.map.legend(facts, selection.projection, selection.colour, labelLine);
  }

  function message(line) {
    const element = at("map-message");
    if (!element) return;
    element.hidden = line === null;
    element.dataset.kind = line === null ? "" : "error";
    if (line !== null) element.textContent = line;
  }

  // Show a sequence in all views: one request, then everything is drawn here.
  async function choose(id, step = null, { remember: step_ = true } = {}) {
    const began = performance.now();
    const request = (asked += 1);
    if (selection.sequence === null) acts.push("sequence");
    selection = { ...selection, sequence: id, step };
    stateline.table.select(id);
    if (step_) remember(true);
    let answer;
    try {
      answer = await stateline.data.sequence(facts, id, selection.projection);
    } catch (error) {
      if (request === asked) message(error.message);
      return;
    }
    if (request !== asked || !at("workspace")) return;
    drawSequence("main", answer);
    hovered = null;
    mark();
    at("workspace").dataset.mode = "sequence";
    message(null);
    labels();
    speak(at("sequence-info").innerText.replace(/\s+/g, " "));
    requestAnimationFrame(() => (drawMilliseconds = performance.now() - began));
  }

  // Keep a sequence beside those chosen later; null lets it go.
  async function pin(id, { remember: step_ = true } = {}) {
    selection = { ...selection, pinned: id };
    if (step_) remember();
    if (id === null) shown.pinned = null;
    else {
      try {
        const answer = await stateline.data.sequence(facts, id, selection.projection);
        if (selection.pinned === id && at("workspace")) drawSequence("pinned", answer);
      } catch (error) {
        message(error.message);
      }
    }
    beside();
  }

  // The pinned sequence stands beside another one only.
  function beside() {
    const button = at("detail-pin");
    if (!button) return;
    const apart = shown.pinned !== null && selection.pinned !== selection.sequence;
    at("pinned").hidden = !apart;
    const here = selection.pinned !== null && selection.pinned === selection.sequence;
    button.setAttribute("aria-pressed", String(here));
    button.title = here ? "Let it go" : "Keep it beside the next one";
    stateline.overlay.show("pinned", apart ? shown.pinned.scene : null);
  }

  function drawSequence(which, sequence) {
    const { steps } = sequence;
    const scale = facts.scales.expected;
    const colours = steps.bin.map((bin, t) =>
      stateline.pure.stepColour(scale, bin, steps.confidence[t], facts.classes.length),
    );
    shown[which] = { sequence, colours };
    const place = views[which]();
    stateline.words.draw(place, facts, sequence, colours);
    drawSteps(which);
  }

  // Heatmap, bars and trajectory: what the view controls change.
  function drawSteps(which) {
    const { sequence, colours } = shown[which];
    const { steps } = sequence;
    const view = stateline.controls.view();
    // On the map a pale line would drown among the points: there the answer alone gives the colour.
    const answers = steps.bin.map((bin) => facts.scales.expected.colours[bin]);
    const path = view.path === "time" ? byTime(answers.length) : answers;
    const place = views[which]();
    const aligned = at("detail").dataset.axis === "columns";
    at(place.root.id).dataset.columns = String(aligned);
    stateline.steps.draw(place, facts, sequence, colours, path, {
      largest: facts.largestDistance,
      threshold: view.distance,
      edges: aligned ? wordEdges(place) : undefined,
    });
    const longest = facts.largestDistance || 1;
    const widths = {
      even: null,
      time: steps.x.map((_, t) => 0.4 + (1.8 * t) / Math.max(1, steps.x.length - 1)),
      distance: steps.distance.map((length) => 0.4 + (2.2 * length) / longest),
    }[view.thickness];
    const { x, y, surface: words } = steps;
    const number = sequence.facts.sequence_id;
    shown[which].scene = { x, y, colours: answers, path, widths, words, number };
    stateline.overlay.style({ width: view.width });
    if (which === "main") stateline.overlay.show("main", shown.main.scene);
    beside();
  }

  function byTime(count) {
    const dark = document.documentElement.dataset.bsTheme === "dark";
    const [from, to] = dark ? TIME_DARK : TIME;
    return Array.from({ length: count }, (_, t) => stateline.pure.mix(from, to, t / Math.max(1, count - 1)));
  }

  // The words' own widths as the step axis: each column stands under its word.
  function wordEdges({ words }) {
    const edges = [0];
    for (const word of words.querySelectorAll(".word")) edges.push(edges.at(-1) + word.offsetWidth + 3);
    return edges;
  }

  // Back to the overview.
  function leave({ remember: step_ = true } = {}) {
    asked += 1;
    shown.main = null;
    selection = { ...selection, sequence: null, step: null };
    acts = acts.filter((act) => act !== "sequence");
    hovered = null;
    mark();
    stateline.overlay.show("main", null);
    stateline.table.select(null);
    at("workspace").dataset.mode = "overview";
    beside();
    if (step_) remember(true);
    labels();
    speak("Overview");
  }

  const speak = (line) => (at("live").textContent = line);

  // Light one step in every view: that under the cursor, else the one that was chosen.
  function mark(from = null) {
    const chosen = selection.step === null ? null : { which: "main", step: selection.step, segment: false };
    const now = hovered ?? (shown.main ? chosen : null);
    for (const element of document.querySelectorAll("#detail .lit")) element.classList.remove("lit");
    if (now && shown[now.which]) {
      const { root, words } = views[now.which]();
      const steps = now.segment ? [now.step - 1, now.step] : [now.step];
      for (const t of steps) {
        for (const element of root.querySelectorAll(`[data-t="${t}"]`)) {
          // A segment is the bar of the step that it leads to.
          if (now.segment && t !== now.step && element.closest(".step-plot")) continue;
          element.classList.add("lit");
        }
      }
      if (from !== "words") stateline.words.reveal(words, now.step);
    }
    stateline.overlay.mark(now);
  }

  function hover(next, anchor, from) {
    const same = (a, b) => a?.which === b?.which && a?.step === b?.step && a?.segment === b?.segment;
    if (same(next, hovered)) return;
    hovered = next;
    mark(from);
    if (next === null) {
      stateline.tooltip.hide();
      return;
    }
    const { sequence } = shown[next.which];
    const { markup, segmentMarkup, line, show } = stateline.tooltip;
    speak(line(facts, sequence, next.step));
    show((next.segment ? segmentMarkup : markup)(facts, sequence, next.step), anchor);
  }

  // What the cursor is on: a step of the main or of the pinned sequence.
  function stepOf(target) {
    const element = target.closest?.("#detail [data-t]");
    if (!element) return null;
    const which = element.closest("#pinned") ? "pinned" : "main";
    return shown[which] ? { which, step: Number(element.dataset.t), segment: false } : null;
  }

  const anyShown = () => shown.main || shown.pinned;

  document.addEventListener("mouseover", (event) => {
    if (!anyShown()) return;
    const step = stepOf(event.target);
    if (step) {
      const inWords = event.target.closest(".words") !== null;
      hover(step, event.target.getBoundingClientRect(), inWords ? "words" : "steps");
    } else if (!event.target.closest?.("#map-frame")) hover(null);
  });

  document.addEventListener("focusin", (event) => {
    const step = anyShown() ? stepOf(event.target) : null;
    if (step) hover(step, event.target.getBoundingClientRect(), "words");
  });

  function inFrame(event) {
    const frame = at("map-frame")?.getBoundingClientRect();
    return frame ? [event.clientX - frame.left, event.clientY - frame.top] : null;
  }

  document.addEventListener("mousemove", (event) => {
    if (!facts || !at("map-frame")) return;
    const onMap = event.target.closest?.("#map") && !event.buttons && !stateline.brush.active();
    if (!onMap) {
      spot(null);
      return;
    }
    const [x, y] = inFrame(event);
    const { clientX, clientY } = event;
    const anchor = { left: clientX, right: clientX, top: clientY, bottom: clientY };
    const step = stateline.overlay.under(x, y, REACH);
    if (anyShown()) hover(step, anchor, "map");
    spot(step || shown.main ? null : stateline.map.indexAt(x, y, REACH), anchor);
  });

  // A state of no sequence that is open: ringed, and named by what the map knows of it.
  let spotted = null;
  async function spot(index, anchor) {
    const next = index === null || index < 0 ? null : index;
    if (next === spotted) return;
    spotted = next;
    if (next === null) {
      stateline.overlay.spotAt(null);
      if (!hovered) stateline.tooltip.hide();
      return;
    }
    const offsets = await stateline.data.offsets(facts); // fetched with the map, and held
    if (next !== spotted) return;
    const [id, step] = stateline.pure.stepOfRow(offsets, stateline.map.rowOf(facts, next));
    const { points, bins } = stateline.map.shown();
    const { labels: names, kind, label } = facts.scales[selection.colour];
    const text = kind === "ramp" ? null : names[bins[next]];
    stateline.overlay.spotAt({ x: points.x[next], y: points.y[next], text: `#${id}` });
    stateline.tooltip.show(stateline.tooltip.stateMarkup(id, step, label, text), anchor);
  }

  let pressed = null;
  document.addEventListener(
    "pointerdown",
    (event) => {
      const onMap = event.target.closest?.("#map") && event.button === 0 && !stateline.brush.active();
      pressed = onMap ? [event.clientX, event.clientY] : null;
    },
    true,
  );
  document.addEventListener(
    "pointerup",
    (event) => {
      if (!pressed || !facts) return;
      const moved = Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]);
      pressed = null;
      if (moved <= CLICK) chooseAt(...inFrame(event));
    },
    true,
  );

  // The sequence of the state under a click on the map, at that step.
  async function chooseAt(x, y) {
    const index = stateline.map.indexAt(x, y, REACH);
    if (index < 0) return;
    const offsets = await stateline.data.offsets(facts);
    const [id, step] = stateline.pure.stepOfRow(offsets, stateline.map.rowOf(facts, index));
    if (id === selection.sequence) stay(step);
    else choose(id, step);
  }

  // Let a step stay lit.
  function stay(step) {
    selection = { ...selection, step };
    remember();
    mark();
  }

  document.addEventListener("click", (event) => {
    if (!facts || !at("workspace")) return;
    const within = (query) => event.target.closest?.(query);
    if (within("#detail-close")) leave();
    else if (within("#detail-pin")) pin(selection.pinned === selection.sequence ? null : selection.sequence);
    else if (within("#pinned-close")) pin(null);
    else if (within("#axis-switch")) align();
    else if (within("#map-reset")) stateline.map.reset();
    else if (within("#hints-close")) dismiss();
    else if (within(".collapse-handle")) collapse(within(".collapse-handle"));
    const word = within("#detail-main .word");
    if (word) stay(Number(word.dataset.t));
  });

  // Words wrapped as a text, or in columns over the heatmap and the bars.
  function align() {
    const detail = at("detail");
    const columns = detail.dataset.axis !== "columns";
    detail.dataset.axis = columns ? "columns" : "text";
    at("axis-switch").setAttribute("aria-pressed", String(columns));
    for (const which of ["main", "pinned"]) if (shown[which]) drawSteps(which);
    mark();
  }

  function collapse(handle) {
    const side = handle.dataset.side;
    const workspace = at("workspace");
    const shut = workspace.dataset[side] === "open";
    workspace.dataset[side] = shut ? "shut" : "open";
    handle.setAttribute("aria-expanded", String(!shut));
  }

  // Hints for a first visit, until they are sent away.
  const HINTS = "stateline-hints";
  function hints() {
    let seen = null;
    try {
      seen = localStorage.getItem(HINTS);
    } catch {
      // Without storage they come each time, and go at a click.
    }
    at("hints").hidden = seen !== null;
  }

  function dismiss() {
    at("hints").hidden = true;
    try {
      localStorage.setItem(HINTS, "seen");
    } catch {
      // See above.
    }
  }

  // The filter bar has changed what passes.
  let passes = null;
  function filtered(filters, found, step) {
    const more = filters.length - selection.filters.length;
    if (more > 0) acts.push(...Array(more).fill("filter"));
    for (let i = more; i < 0; i += 1) acts.splice(acts.lastIndexOf("filter"), 1);
    selection = { ...selection, filters };
    passes = found;
    if (step) remember(true);
    muted();
    labels();
  }

  // States that stay in full colour: those that pass, but for the ones faded on top.
  let mutedFor = 0;
  async function muted() {
    const { fade, first, last } = stateline.controls.view();
    const request = (mutedFor += 1);
    let kept = passes;
    if (fade !== "none") {
      const right = await stateline.data.colours(facts, "correct", selection.projection);
      const faded = fade === "correct" ? 1 : 0;
      kept = right.map((bin, i) => (bin !== faded && (!passes || passes[i]) ? 1 : 0));
    }
    const offsets = first || last ? await stateline.data.offsets(facts) : [0];
    if (request !== mutedFor) return;
    stateline.brush.show(kept);
    const starts = Array.from(offsets.slice(0, -1));
    stateline.brush.rings({ first, last }, { first: starts, last: Array.from(offsets.slice(1), (end) => end - 1) });
  }

  let densityFor = 0;
  async function density() {
    const request = (densityFor += 1);
    const wanted = stateline.controls.view().density;
    const lines = wanted ? await stateline.data.density(facts, selection.projection) : [];
    if (request === densityFor) stateline.brush.density(lines);
  }

  // Labels of the chosen sequence, or without one of all that pass.
  let labelsFor = 0;
  async function labels() {
    const request = (labelsFor += 1);
    const view = stateline.controls.view();
    selection = { ...selection, labels: view.labels, distance: view.distance, confidence: view.confidence };
    remember();
    let [items, total] = [[], 0];
    if (view.labels.length && shown.main) {
      items = stateline.labels.ofSequence(shown.main.sequence.steps, facts.largestDistance, view);
      total = items.length;
    } else if (view.labels.length) {
      try {
        const found = await stateline.data.labels(facts, selection);
        [items, total] = [stateline.labels.unpack(found), found.count];
      } catch (error) {
        if (request === labelsFor) message(error.message);
        return;
      }
    }
    if (request !== labelsFor || !at("workspace")) return;
    stateline.overlay.label(items);
    const { labels: drawn } = stateline.overlay.counters;
    legend(view.labels.length ? stateline.labels.line(total, drawn, items.length) : null);
  }

  // A view control has changed.
  function viewed(view, name) {
    const steps = () => {
      for (const which of ["main", "pinned"]) if (shown[which]) drawSteps(which);
      mark();
    };
    if (name === "labels" || name === "confidence") labels();
    else if (name === "distance") {
      steps();
      labels();
    } else if (name === "path" || name === "thickness" || name === "width") steps();
    else if (name === "size") {
      stateline.map.resize(view.size);
      stateline.brush.draw();
    } else if (name === "density") density();
    else muted();
  }

  // Back and Forward within the run are the page's own; Dash would build the page anew.
  globalThis.addEventListener?.(
    "popstate",
    (event) => {
      if (!facts || !at("workspace")) return;
      if (decodeURIComponent(location.pathname) !== `/explore/${facts.run}`) return;
      event.stopImmediatePropagation();
      restore(stateline.pure.selectionOf(location.search, facts.defaults));
    },
    true,
  );

  async function restore(next) {
    const silent = { remember: false };
    stateline.controls.open(facts, {
      ...stateline.controls.view(),
      labels: next.labels,
      distance: next.distance,
      confidence: next.confidence,
    });
    const now = selection;
    if (JSON.stringify(next.filters) !== JSON.stringify(now.filters)) {
      await stateline.filters.apply(next.filters, silent);
    }
    if (next.projection !== now.projection) setHeader("projection-select", next.projection);
    if (next.colour !== now.colour) setHeader("colour-select", next.colour);
    if (next.pinned !== now.pinned) pin(next.pinned, silent);
    if (next.sequence === null) {
      if (now.sequence !== null) leave(silent);
    } else if (next.sequence !== now.sequence) choose(next.sequence, next.step, silent);
    else stay(next.step);
  }

  const setHeader = (id, value) => globalThis.dash_clientside.set_props(id, { value });

  async function move(by) {
    const next = await stateline.table.neighbour(by);
    if (next !== null) choose(next);
  }

  function moveStep(by) {
    const last = shown.main.sequence.steps.surface.length - 1;
    const from = hovered?.which === "main" ? hovered.step : selection.step;
    const step = Math.min(last, Math.max(0, (from ?? (by > 0 ? -1 : last + 1)) + by));
    const word = at("words").querySelector(`[data-t="${step}"]`);
    for (const other of at("words").querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    word.tabIndex = 0;
    selection = { ...selection, step };
    remember();
    word.focus({ preventScroll: true });
    stateline.words.reveal(at("words"), step);
  }

  // Esc gives up what is under way, then what was done last.
  function back() {
    if (stateline.brush.cancel() || stateline.controls.shut()) return true;
    const last = acts.pop();
    if (last === "filter") {
      acts.push(last); // Taken out again when the filter has gone.
      stateline.filters.removeLast();
    } else if (last === "sequence") leave();
    return last !== undefined;
  }

  // Keys that belong to a field, a menu or a header of the grid stay with it.
  const isTaken = (target) =>
    target.closest?.("input, select, textarea, .ag-header, .ag-popup, header") !== null;

  document.addEventListener(
    "keydown",
    (event) => {
      if (!facts || !at("workspace") || event.ctrlKey || event.metaKey || event.altKey) return;
      const { key, target } = event;
      if (key === "Escape" && target.id === "search") target.blur();
      else if (key === "Escape" && target.closest?.(".popover-panel")) stateline.controls.shut();
      else if (isTaken(target)) return;
      else {
        const inTable = target === document.body || target.closest(".pane-right");
        const inSteps = target === document.body || target.closest("#detail");
        if (key === "Escape") {
          if (!back()) return;
        } else if (key === "/") at("search").focus();
        else if (key === "?") setHelp();
        else if (key === "ArrowDown" && inTable) move(1);
        else if (key === "ArrowUp" && inTable) move(-1);
        else if (key === "ArrowRight" && inSteps && shown.main) moveStep(1);
        else if (key === "ArrowLeft" && inSteps && shown.main) moveStep(-1);
        else return;
      }
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  const setHelp = () => globalThis.dash_clientside.set_props("_pages_location", { href: "/help" });

  document.addEventListener("stateline:theme", () => {
    for (const which of ["main", "pinned"]) if (at("workspace") && shown[which]) drawSteps(which);
  });

  stateline.explore = { choose, filtered, leave, selection: () => selection, showMap, viewed };

  // What tests read; nothing on the page depends on it.
  const counter = (name, read) =>
    Object.defineProperty(stateline, name, { get: read, enumerable: true });
  counter("overlayDraws", () => stateline.overlay.counters.draws);
  counter("segments", () => stateline.overlay.counters.segments);
  counter("labelsDrawn", () => stateline.overlay.counters.labels);
  counter("points", () => stateline.map.drawn());
  counter("hoveredStep", () => hovered?.step ?? selection.step ?? null);
  counter("hovered", () => hovered);
  counter("sequenceShown", () => shown.main?.sequence.facts.sequence_id ?? null);
  counter("pinnedShown", () => shown.pinned?.sequence.facts.sequence_id ?? null);
  counter("drawMilliseconds", () => drawMilliseconds);
})();
