// The Units page: one selection, the heatmap of a sequence, and at the side a unit, a match, groups.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const at = (id) => document.getElementById(id);
  const math = () => stateline.unitsmath;

  // What the page shows; null before it was opened.
  // facts, selection   as the address says it
  // view               { by, cells, towards, only, panel } of the controls, not in the address
  // layer, data        entry of facts.layers; what is known of all its units and of words
  // h, sequence, colours  states, words and answers of the sequence in the heatmap
  // detail, answer     of the unit and of the match that are shown
  let page = null;
  let asked = 0; // an answer to an older request is dropped
  let drawn = 0; // heatmaps, for tests

  const here = () => page !== null && at("units-page") !== null;

  function open(facts) {
    page = { facts, selection: facts.selection, view: { by: "amount", cells: "value", towards: null, only: null, panel: "unit" } };
    stateline.unitsheat.open();
    if (page.selection.from !== null) page.view.panel = "match";
    load();
  }

  async function load() {
    const mine = (asked += 1);
    const { facts, selection } = page;
    const { layer, sequence: number } = selection;
    try {
      const [data, bytes, sequence] = await Promise.all([
        stateline.data.json(facts, "units", { layer }),
        stateline.data.bytes(facts, `units/${number}`, { layer }),
        stateline.data.json(facts, `sequence/${number}`),
      ]);
      if (mine !== asked || !here()) return;
      const { bin, confidence } = sequence.steps;
      const colours = bin.map((each, t) =>
        stateline.pure.stepColour(facts.scale, each, confidence[t], facts.classes.length),
      );
      data.end = math().endOf(data.words.response.flat()); // of the colours of the matrix
      const entry = facts.layers.find(({ id }) => id === layer);
      Object.assign(page, { data, h: new Float32Array(bytes), sequence, colours, layer: entry });
      page.view.towards ??= sequence.facts.predicted;
      show();
    } catch (error) {
      if (mine === asked && here()) fail("units-axis", error);
    }
  }

  function fail(id, error) {
    at(id).innerHTML = `<p class="units-hint" role="alert">${stateline.pure.escape(error.message)}</p>`;
  }

  // Everything anew: another sequence or layer.
  function show() {
    page.scene = scene();
    // The unit that does most here: an empty panel would not say what it is for.
    page.selection.unit ??= page.scene.order[0];
    stateline.unitstools.draw(page);
    stateline.unitsheat.draw(page.scene);
    drawn += 1;
    groups();
    panel(page.view.panel);
    unit();
    match();
    arrive();
  }

  // Only the heatmap's values or rows are others.
  function repaint() {
    page.scene = scene();
    stateline.unitstools.draw(page);
    stateline.unitsheat.redraw(page.scene);
    light();
  }

  const weights = () => math().weightsOf(page.layer, page.view.towards);

  // What the heatmap draws for the present choices.
  function scene() {
    const { layer, h, data, sequence, colours, view, facts } = page;
    const { units } = layer;
    const changed = layer.weights ? math().contributions(h, units, weights()) : math().changes(h, units, layer.backward);
    const amount = math().amounts(changed, units);
    const all = math().order(view.by, { amount, ...data.units });
    const order = view.only === null ? all : all.filter((each) => data.units.cluster[each] === view.only);
    const value = view.cells === "value";
    const other = facts.classes.length === 2 ? facts.classes[1 - view.towards].colour : look().muted;
    const sides = layer.weights ? { low: other, high: facts.classes[view.towards].colour } : null;
    return {
      sequence, colours, units, order, amount,
      total: math().totals(changed, units),
      values: value ? h : changed,
      end: value ? largest() : math().endOf(changed),
      sides,
      ends: value ? null : sides,
    };
  }

  // The largest size of any unit of the layer, in the whole run: colours mean the same everywhere.
  const largest = () => Math.max(...page.data.units.low.map(Math.abs), ...page.data.units.high.map(Math.abs)) || 1;

  // Colour of a value of h.
  function valueColour(value) {
    return math().diverging(value, largest(), look());
  }

  function look() {
    const { tone } = stateline.theme;
    return { low: tone("--unit-low"), high: tone("--unit-high"), middle: tone("--unit-middle"), ink: tone("--ink"), muted: tone("--ink-muted") };
  }

  function light(more = {}) {
    const { unit: chosen, from, to } = page.selection;
    const lit = page.word ?? onUnits();
    stateline.unitsheat.mark({ unit: chosen, from, to, lit, step: page.step ?? null, ...more });
  }

  function onUnits() {
    const { from, without } = page.selection;
    if (from === null) return [];
    return math().unitsOn(page.h, page.layer.units, page.selection).filter((each) => !without.includes(each));
  }

  function panel(key) {
    page.view.panel = key;
    for (const tab of document.querySelectorAll(".units-tab")) {
      const on = tab.dataset.panel === key;
      tab.setAttribute("aria-selected", String(on));
      at(`units-${tab.dataset.panel}`).hidden = !on;
    }
    if (key === "groups") matrix();
  }

  // A new selection: the address follows; another sequence or layer is a step of the history.
  function select(change) {
    const before = page.selection;
    page.selection = { ...before, ...change };
    const moved = before.sequence !== page.selection.sequence || before.layer !== page.selection.layer;
    const address = `${location.pathname}?${math().query(page.selection)}`;
    history[moved ? "pushState" : "replaceState"](history.state, "", address);
    if (moved) load();
  }

  function chooseSequence(sequence) {
    if (sequence === page.selection.sequence) return;
    page.answer = null;
    page.view.towards = null;
    select({ sequence, from: null, to: null, without: [] });
  }

  // Show a sequence from one of its steps on, which is lit until something else is.
  function visit(sequence, step) {
    page.step = step;
    if (sequence === page.selection.sequence) arrive();
    else chooseSequence(sequence);
  }

  function arrive() {
    light();
    stateline.unitsheat.reveal(page.selection.unit, page.step ?? null);
  }

  function chooseLayer(layer) {
    page.view.only = null;
    select({ layer, unit: null, without: [] });
  }

  function chooseUnit(number) {
    select({ unit: number });
    panel("unit");
    light();
    stateline.unitsheat.reveal(number);
    unit();
  }

  // The span of steps, or something else that a match asks for.
  function chooseSpan(change) {
    page.step = null;
    const reset = "from" in change || "threshold" in change ? { without: [] } : {};
    select({ ...reset, ...change });
    light();
    matchSoon();
  }

  async function unit() {
    const { facts, selection, layer, data } = page;
    try {
      const detail = await stateline.data.json(facts, `unit/${selection.unit}`, { layer: layer.id });
      if (!here() || page.selection.unit !== detail.unit || page.layer !== layer) return;
      page.detail = detail;
      at("units-unit").innerHTML = stateline.unitspanels.unitMarkup(facts, layer, data, detail, valueColour);
    } catch (error) {
      if (here()) fail("units-unit", error);
    }
  }

  let waiting = 0;
  function matchSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(() => here() && match(), 120);
  }

  async function match() {
    const { facts, selection } = page;
    stateline.unitstools.settings(page, largest());
    if (selection.from === null) return;
    try {
      const query = math().query(selection);
      query.delete("unit");
      const answer = await stateline.data.json(facts, `units/${selection.sequence}/match`, Object.fromEntries(query));
      if (!here() || page.selection !== selection) return;
      page.answer = answer;
      matched();
    } catch (error) {
      if (here() && page.selection === selection) fail("match-found", error);
    }
  }

  function matched() {
    const { facts, selection, answer, layer, h } = page;
    const strongest = math().strongest(h, layer.units, selection, selection.threshold < 0 ? -1 : 1);
    at("match-found").innerHTML = stateline.unitspanels.matchMarkup(facts, selection, answer, look(), strongest);
  }

  function groups() {
    const { facts, data, view } = page;
    const linear = page.layer.weights !== null;
    const effects = data.words.response.map((each) => (linear ? math().effect(each, weights()) : 0));
    const most = Math.max(...effects.map(Math.abs), 0);
    const paint = (word) => stateline.unitsgroups.tone(facts, view.towards, effects[word], most, look());
    const { only, towards } = view;
    const className = facts.classes[towards].name;
    at("units-groups").innerHTML = stateline.unitsgroups.markup(facts, data, { only, paint, linear, className });
    if (view.panel === "groups") matrix();
  }

  const matrixCanvas = () => at("units-groups")?.querySelector(".group-matrix");

  function matrix(lit = null) {
    const canvas = matrixCanvas();
    if (!canvas) return;
    const tones = look();
    const paint = (value) => math().diverging(value, page.data.end, tones);
    stateline.unitsgroups.drawMatrix(canvas, page.data, tones, paint, lit);
  }

  function setView(change) {
    page.view = { ...page.view, ...change };
    repaint();
    if ("towards" in change || "only" in change) groups();
  }

  // Light the units that a word moves; null for none.
  function hoverWord(word) {
    page.word = word === null ? null : math().moved(page.data.words.response[word]);
    light();
    matrix(word);
  }

  document.addEventListener("stateline:theme", () => {
    if (!here() || !page.scene) return;
    repaint();
    groups();
    if (page.detail) at("units-unit").innerHTML = stateline.unitspanels.unitMarkup(page.facts, page.layer, page.data, page.detail, valueColour);
    if (page.answer && page.selection.from !== null) matched();
  });

  stateline.units = {
    chooseLayer, chooseSequence, chooseSpan, chooseUnit, hoverWord, light, look, matrixCanvas, open, panel,
    visit,
    view: setView,
    page: () => (here() && page.scene ? page : null),
  };

  // What tests read; nothing on the page depends on it.
  Object.defineProperty(stateline, "unitsDrawn", { get: () => drawn, enumerable: true });
})();
