// The Units page: one selection, the heatmap of a sequence, and at the side a unit, a match, groups.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const at = (id) => document.getElementById(id);
  const math = () => stateline.unitsmath;
  const address = () => stateline.unitsaddress;
  const side = () => stateline.unitsside;

  // What the page shows; null before it was opened.
  // facts, selection   as the address says it
  // layer, data        entry of facts.layers; what is known of all its units and of words
  // h, sequence, colours  states, words and answers of the sequence in the heatmap
  // own                states of the sequence that the span is of
  // detail, answer     of the unit and of the match that are shown; `answered` is its question
  let page = null;
  let asked = 0; // an answer to an older request is dropped
  let drawn = 0; // heatmaps, for tests

  const here = () => page !== null && at("units-page") !== null;

  function open(facts) {
    page = { facts, selection: facts.selection };
    stateline.unitsheat.open();
    address().begin(page.selection);
    load();
  }

  async function load() {
    const mine = (asked += 1);
    const { facts, selection } = page;
    const { layer } = selection;
    const number = address().shownOf(selection);
    const statesOf = (each) => stateline.data.bytes(facts, `units/${each}`, { layer });
    try {
      const [data, bytes, sequence, others] = await Promise.all([
        stateline.data.json(facts, "units", { layer }),
        statesOf(number),
        stateline.data.json(facts, `sequence/${number}`),
        number === selection.sequence ? null : statesOf(selection.sequence),
      ]);
      if (mine !== asked || !here()) return;
      const { bin, confidence } = sequence.steps;
      const colours = bin.map((each, t) =>
        stateline.pure.stepColour(facts.scale, each, confidence[t], facts.classes.length),
      );
      data.end = math().endOf(data.words.response.flat()); // of the colours of the matrix
      const entry = facts.layers.find(({ id }) => id === layer);
      const h = new Float32Array(bytes);
      const own = others ? new Float32Array(others) : h;
      Object.assign(page, { data, h, own, sequence, colours, layer: entry });
      show();
    } catch (error) {
      if (mine === asked && here()) side().fail("units-axis", error);
    }
  }

  // All that is shown; the heatmap anew where it has another sequence or layer.
  function show(anew = true) {
    page.scene = scene();
    // The unit that does most here: an empty panel would not say what it is for.
    page.selection.unit ??= page.scene.order[0];
    stateline.unitstools.draw(page);
    if (anew) drawn += 1;
    stateline.unitsheat[anew ? "draw" : "redraw"](page.scene);
    side().groups();
    showPanel();
    side().unit();
    side().match();
    arrive();
  }

  // Only the heatmap's values or rows are others.
  function repaint() {
    page.scene = scene();
    stateline.unitstools.draw(page);
    stateline.unitsheat.redraw(page.scene);
    light();
  }

  // What the heatmap draws for the present choices.
  function scene() {
    const { layer, h, data, sequence, colours, selection, facts } = page;
    const { rows, group, cells } = selection;
    const { units } = layer;
    const towards = selection.class ?? sequence.facts.predicted;
    const weights = math().weightsOf(layer, towards);
    const changed = weights ? math().contributions(h, units, weights) : math().changes(h, units, layer.backward);
    const amount = math().amounts(changed, units);
    const all = math().order(rows, { amount, ...data.units });
    const order = group === null ? all : all.filter((each) => data.units.cluster[each] === group);
    const value = cells === "value";
    const other = facts.classes.length === 2 ? facts.classes[1 - towards].colour : look().muted;
    const sides = weights ? { low: other, high: facts.classes[towards].colour } : null;
    return {
      sequence, colours, units, order, amount, towards,
      total: math().totals(changed, units),
      values: value ? h : changed,
      end: value ? math().largest(data.units) : math().endOf(changed),
      sides,
      ends: value ? null : sides,
    };
  }

  function look() {
    const { tone } = stateline.theme;
    return { low: tone("--unit-low"), high: tone("--unit-high"), middle: tone("--unit-middle"), ink: tone("--ink"), muted: tone("--ink-muted") };
  }

  // more: { from, to } while a span is dragged, { hover } under the cursor
  function light(more = {}) {
    const { selection, word } = page;
    const { open: opened } = selection;
    const dragged = "from" in more ? { ...selection, ...more } : null;
    const own = address().shownOf(selection) === selection.sequence && selection.from !== null;
    const stretches = [];
    if (dragged) stretches.push({ from: more.from, to: more.to, lit: onUnits(dragged, page.h) });
    else if (own) stretches.push({ from: selection.from, to: selection.to, lit: onUnits() });
    if (opened) {
      const stretch = { ...selection, from: opened.first, to: opened.last, edges: false };
      const there = onUnits(stretch, page.h);
      const lit = onUnits().filter((each) => there.includes(each));
      stretches.push({ from: stretch.from, to: stretch.to, lit, opened: true });
    }
    stateline.unitsheat.mark({ unit: selection.unit, stretches, word: word ?? null, hover: more.hover ?? null });
  }

  // Units that are on over a span: the chosen one, or another of the states `h`.
  function onUnits(span = page.selection, h = page.own) {
    if (span.from === null) return [];
    return math().unitsOn(h, page.layer.units, span).filter((each) => !span.without.includes(each));
  }

  function showPanel() {
    const { panel: key } = page.selection;
    for (const tab of document.querySelectorAll(".units-tab")) {
      const on = tab.dataset.panel === key;
      tab.setAttribute("aria-selected", String(on));
      at(`units-${tab.dataset.panel}`).hidden = !on;
    }
    if (key === "groups") side().matrix();
  }

  function panel(key) {
    select({ panel: key });
    showPanel();
  }

  // A new selection, and the address of it: another sequence, layer or opened place is a step of
  // the history, as is what `step` says.
  function select(change, step = false) {
    const before = page.selection;
    page.selection = { ...before, ...change };
    const placed = ({ layer, sequence, open: opened }) => JSON.stringify([layer, sequence, opened]);
    address().remember(page.selection, step || placed(before) !== placed(page.selection));
    return reload(before);
  }

  // Load what the selection needs and the page does not have; false where it has everything.
  function reload(before) {
    const now = page.selection;
    const shown = address().shownOf(now);
    const same = page.scene && before.layer === now.layer && address().shownOf(before) === shown;
    if (same && shown === now.sequence) page.own = page.h;
    else if (!same || before.sequence !== now.sequence) {
      load();
      return true;
    }
    return false;
  }

  // Back or Forward.
  function restore(selection) {
    const before = page.selection;
    page.selection = selection;
    // Settings under the hand are not drawn anew.
    if (at("units-match").contains(document.activeElement)) document.activeElement.blur();
    if (!reload(before)) show(false);
  }

  // Another sequence, and no span; the one of the span is only gone back to.
  function chooseSequence(sequence) {
    const { selection } = page;
    if (sequence === address().shownOf(selection)) return;
    if (sequence === selection.sequence) openStretch(null);
    else select({ sequence, from: null, to: null, without: [], open: null, class: null });
  }

  // Show a match or a context, { sequence, first, last }, and keep the span; null goes back to it.
  function openStretch(stretch) {
    if (select({ open: stretch })) return;
    stateline.unitstools.draw(page);
    stateline.unitstools.settings(page);
    arrive();
  }

  // Bring into view what is opened, else the span.
  function arrive() {
    const { unit: chosen, open: opened, from } = page.selection;
    light();
    stateline.unitspanels.markOpened(opened, true);
    stateline.unitsheat.reveal(chosen, opened?.first ?? from);
  }

  function chooseLayer(layer) {
    select({ layer, unit: null, without: [], group: null });
  }

  function chooseUnit(number) {
    select({ unit: number, panel: "unit" });
    showPanel();
    light();
    stateline.unitsheat.reveal(number);
    side().unit();
  }

  // A span of the sequence in the heatmap; `step`: one can go back to the one before.
  function chooseSpan(span, step = true) {
    const sequence = address().shownOf(page.selection);
    ask({ ...span, sequence, open: null, panel: "match" }, step);
    showPanel();
    stateline.unitstools.draw(page);
  }

  // Something else that a match asks for.
  function ask(change, step = false) {
    const reset = "from" in change || "threshold" in change ? { without: [] } : {};
    select({ ...reset, ...change }, step);
    light();
    side().matchSoon();
  }

  function setView(change) {
    select(change);
    repaint();
    if ("class" in change || "group" in change) side().groups();
  }

  // Light the units that a word moves; null for none.
  function hoverWord(word) {
    page.word = word === null ? null : math().moved(page.data.words.response[word]);
    light();
    side().matrix(word);
  }

  document.addEventListener("stateline:theme", () => {
    if (!here() || !page.scene) return;
    repaint();
    side().repaint();
  });

  stateline.units = {
    ask, chooseLayer, chooseSequence, chooseSpan, chooseUnit, hoverWord, isHere: here, light, look, open, openStretch,
    panel, restore,
    view: setView,
    page: () => (here() && page.scene ? page : null),
  };

  // What tests read; nothing on the page depends on it.
  Object.defineProperty(stateline, "unitsDrawn", { get: () => drawn, enumerable: true });
})();
