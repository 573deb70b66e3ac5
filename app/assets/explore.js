// The Explore page: one selection, shared by views that never know each other.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const REACH = 14; // pixels from the cursor to a state
  const CLICK = 4; // pixels that a click may move

  let facts = null; // of the run that is open
  let selection = { projection: null, colour: null, sequence: null, step: null };
  let sequence = null; // data of the sequence shown
  let colours = []; // of its steps
  let asked = 0; // requests for a sequence; an answer to an older one is dropped
  let drawMilliseconds = null;

  const at = (id) => document.getElementById(id);

  // Take up a run; called for every drawing of the map, and does nothing for the run that is open.
  function open(next) {
    if (facts === next) return;
    facts = next;
    sequence = null;
    asked += 1; // An answer still under way belongs to the run that was open before.
    selection = { ...next.selection, sequence: null, step: null };
    stateline.table.open(next);
    stateline.overlay.show(null);
    stateline.overlay.mark(null);
    attachWhenReady(performance.now());
    if (next.selection.sequence !== null) choose(next.selection.sequence);
  }

  // Plotly and the grid arrive in their own time; ten seconds is beyond any of it.
  function attachWhenReady(since) {
    if (stateline.overlay.attach() && globalThis.dash_ag_grid) {
      stateline.table.attach(choose);
      stateline.overlay.draw();
    } else if (performance.now() - since < 10_000) {
      requestAnimationFrame(() => attachWhenReady(since));
    }
  }

  function remember() {
    const address = location.pathname + stateline.pure.query(selection, facts.defaults);
    history.replaceState(history.state, "", address);
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
      stateline.map.legend(next, projection, colour);
      message(null);
      if (moved && selection.sequence !== null) choose(selection.sequence);
      return figure;
    } catch (error) {
      message(error.message);
      return null;
    }
  }

  function message(line) {
    const element = at("map-message");
    if (!element) return;
    element.hidden = line === null;
    element.dataset.kind = line === null ? "" : "error";
    if (line !== null) element.textContent = line;
  }

  // Show a sequence in all views: one request, then everything is drawn here.
  async function choose(id, step = null) {
    const began = performance.now();
    const request = (asked += 1);
    selection = { ...selection, sequence: id };
    stateline.table.select(id);
    remember();
    try {
      const answer = await stateline.data.sequence(facts, id, selection.projection);
      if (request !== asked || !at("workspace")) return;
      sequence = answer;
    } catch (error) {
      if (request === asked) message(error.message);
      return;
    }
    drawSequence(step);
    requestAnimationFrame(() => (drawMilliseconds = performance.now() - began));
  }

  function drawSequence(step) {
    const { steps } = sequence;
    const scale = facts.scales.expected;
    colours = steps.bin.map((bin, t) =>
      stateline.pure.stepColour(scale, bin, steps.confidence[t], facts.classes.length),
    );
    // On the map a pale line would drown among the points: there the answer alone gives the colour.
    const path = steps.bin.map((bin) => scale.colours[bin]);
    at("workspace").dataset.mode = "sequence";
    message(null);
    stateline.words.draw(facts, sequence, colours);
    stateline.steps.draw(facts, sequence, colours, path);
    stateline.overlay.show({ x: steps.x, y: steps.y, colours: path, words: steps.surface });
    mark(step);
    speak(at("sequence-info").innerText.replace(/\s+/g, " "));
  }

  // Back to the overview.
  function leave() {
    asked += 1;
    sequence = null;
    selection = { ...selection, sequence: null, step: null };
    mark(null);
    stateline.overlay.show(null);
    stateline.table.select(null);
    at("workspace").dataset.mode = "overview";
    remember();
    speak("Overview");
  }

  const speak = (line) => (at("live").textContent = line);

  // Light one step in every view; null for none.
  function mark(step, from = null) {
    selection.step = step;
    for (const lit of document.querySelectorAll("#detail .lit")) lit.classList.remove("lit");
    if (step !== null) {
      for (const element of document.querySelectorAll(`#detail [data-t="${step}"]`)) {
        element.classList.add("lit");
      }
      if (from !== "words") stateline.words.reveal(step);
    }
    stateline.overlay.mark(step);
    if (step === null) stateline.tooltip.hide();
  }

  function hover(step, anchor, from) {
    if (!sequence || step === selection.step) return;
    mark(step, from);
    if (step !== null) {
      speak(stateline.tooltip.line(facts, sequence, step));
      stateline.tooltip.show(facts, sequence, step, anchor);
    }
  }

  const stepOf = (target) => {
    const element = target.closest?.("#detail [data-t]");
    return element ? Number(element.dataset.t) : null;
  };

  document.addEventListener("mouseover", (event) => {
    if (!sequence) return;
    const step = stepOf(event.target);
    if (step !== null) {
      const inWords = event.target.closest("#words") !== null;
      hover(step, event.target.getBoundingClientRect(), inWords ? "words" : "steps");
    } else if (!event.target.closest?.("#map-frame")) hover(null);
  });

  document.addEventListener("focusin", (event) => {
    const step = sequence ? stepOf(event.target) : null;
    if (step !== null) hover(step, event.target.getBoundingClientRect(), "words");
  });

  function inFrame(event) {
    const frame = at("map-frame")?.getBoundingClientRect();
    return frame ? [event.clientX - frame.left, event.clientY - frame.top] : null;
  }

  document.addEventListener("mousemove", (event) => {
    if (!sequence || !event.target.closest?.("#map-frame")) return;
    const [x, y] = inFrame(event);
    const { clientX, clientY } = event;
    const anchor = { left: clientX, right: clientX, top: clientY, bottom: clientY };
    hover(stateline.overlay.stepAt(x, y, REACH), anchor, "map");
  });

  let pressed = null;
  document.addEventListener(
    "pointerdown",
    (event) => {
      const onMap = event.target.closest?.("#map") && event.button === 0;
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
    const row = stateline.map.rowAt(facts, x, y, REACH);
    if (row < 0) return;
    const [id, step] = stateline.pure.stepOfRow(await stateline.data.offsets(facts), row);
    if (id === selection.sequence) mark(step);
    else choose(id, step);
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#detail-close")) leave();
    const handle = event.target.closest?.(".collapse-handle");
    if (handle) collapse(handle);
    if (event.target.closest?.("#map-reset")) stateline.map.reset();
  });

  function collapse(handle) {
    const side = handle.dataset.side;
    const workspace = at("workspace");
    const shut = workspace.dataset[side] === "open";
    workspace.dataset[side] = shut ? "shut" : "open";
    handle.setAttribute("aria-expanded", String(!shut));
  }

  async function move(by) {
    const next = await stateline.table.neighbour(by);
    if (next !== null) choose(next);
  }

  function moveStep(by) {
    const last = sequence.steps.surface.length - 1;
    const from = selection.step ?? (by > 0 ? -1 : last + 1);
    const step = Math.min(last, Math.max(0, from + by));
    const word = at("words").querySelector(`[data-t="${step}"]`);
    for (const other of at("words").querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
    word.tabIndex = 0;
    word.focus({ preventScroll: true });
    stateline.words.reveal(step);
  }

  // Keys that belong to a field, a menu or a header of the grid stay with it.
  const isTaken = (target) =>
    target.closest?.("input, select, textarea, .ag-header, .ag-popup, header") !== null;

  document.addEventListener(
    "keydown",
    (event) => {
      if (!facts || !at("workspace") || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTaken(event.target)) return;
      const inTable = event.target === document.body || event.target.closest(".pane-right");
      const inSteps = event.target === document.body || event.target.closest("#detail");
      if (event.key === "Escape" && selection.sequence !== null) leave();
      else if (event.key === "ArrowDown" && inTable) move(1);
      else if (event.key === "ArrowUp" && inTable) move(-1);
      else if (event.key === "ArrowRight" && inSteps && sequence) moveStep(1);
      else if (event.key === "ArrowLeft" && inSteps && sequence) moveStep(-1);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  stateline.explore = { choose, leave, showMap };

  // What tests read; nothing on the page depends on it.
  const counter = (name, read) =>
    Object.defineProperty(stateline, name, { get: read, enumerable: true });
  counter("overlayDraws", () => stateline.overlay.counters.draws);
  counter("segments", () => stateline.overlay.counters.segments);
  counter("labels", () => stateline.overlay.counters.labels);
  counter("points", () => stateline.map.drawn());
  counter("hoveredStep", () => selection.step);
  counter("sequenceShown", () => sequence?.facts.sequence_id ?? null);
  counter("drawMilliseconds", () => drawMilliseconds);
})();
