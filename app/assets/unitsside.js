// What the side of the Units page shows: a unit, a match, the groups; asked for where it is missing.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const at = (id) => document.getElementById(id);
  const math = () => stateline.unitsmath;
  const panels = () => stateline.unitspanels;
  const look = () => stateline.units.look();
  const pageNow = () => stateline.units.page();

  function fail(id, error) {
    at(id).innerHTML = `<p class="units-hint" role="alert">${stateline.pure.escape(error.message)}</p>`;
  }

  async function unit() {
    const { facts, selection, layer, detail: held } = pageNow();
    const number = selection.unit;
    if (held?.unit === number && held.layer === layer.id) return;
    const wanted = () => pageNow()?.selection.unit === number && pageNow().layer === layer;
    try {
      const detail = await stateline.data.json(facts, `unit/${number}`, { layer: layer.id });
      if (!wanted()) return;
      pageNow().detail = { ...detail, layer: layer.id };
      drawUnit();
    } catch (error) {
      if (wanted()) fail("units-unit", error);
    }
  }

  function drawUnit() {
    const { facts, layer, data, detail, selection } = pageNow();
    const tones = look();
    const paint = (value) => math().diverging(value, math().largest(data.units), tones);
    at("units-unit").innerHTML = panels().unitMarkup(facts, layer, data, detail, paint);
    panels().markOpened(selection.open);
  }

  let waiting = 0;
  function matchSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(() => pageNow() && match(), 120);
  }

  // An opened match leaves the question as it is, and so the list.
  async function match() {
    const page = pageNow();
    const { facts, selection } = page;
    stateline.unitstools.settings(page);
    const question = stateline.unitsaddress.question(selection);
    if (selection.from === null) page.answered = null;
    if (selection.from === null || String(question) === page.answered) return;
    const wanted = () => {
      const now = pageNow()?.selection;
      return now && String(stateline.unitsaddress.question(now)) === String(question);
    };
    try {
      const answer = await stateline.data.json(facts, `units/${selection.sequence}/match`, Object.fromEntries(question));
      if (!wanted()) return;
      const first = !pageNow().answered;
      Object.assign(pageNow(), { answer, answered: String(question) });
      drawMatch(first);
    } catch (error) {
      if (!wanted()) return;
      pageNow().answered = null;
      fail("match-found", error);
    }
  }

  // reveal: bring the opened match into view; not while the settings above the list are moved
  function drawMatch(reveal = false) {
    const { facts, selection, answer, layer, own } = pageNow();
    const strongest = math().strongest(own, layer.units, selection, selection.threshold < 0 ? -1 : 1);
    at("match-found").innerHTML = panels().matchMarkup(facts, selection, answer, look(), strongest);
    panels().markOpened(selection.open, reveal);
  }

  function groups() {
    const { facts, layer, data, selection, scene } = pageNow();
    const { towards } = scene;
    const weights = math().weightsOf(layer, towards);
    const effects = data.words.response.map((each) => (weights ? math().effect(each, weights) : 0));
    const most = Math.max(...effects.map(Math.abs), 0);
    const paint = (word) => stateline.unitsgroups.tone(facts, towards, effects[word], most, look());
    const className = facts.classes[towards].name;
    const choices = { only: selection.group, paint, linear: weights !== null, className };
    at("units-groups").innerHTML = stateline.unitsgroups.markup(facts, data, choices);
    if (selection.panel === "groups") matrix();
  }

  // lit: a word whose row is named
  function matrix(lit = null) {
    const canvas = at("units-groups").querySelector(".group-matrix");
    if (!canvas) return;
    const { data } = pageNow();
    const tones = look();
    const paint = (value) => math().diverging(value, data.end, tones);
    stateline.unitsgroups.drawMatrix(canvas, data, tones, paint, lit);
  }

  // Again, in other colours.
  function repaint() {
    const { detail, answered } = pageNow();
    groups();
    if (detail) drawUnit();
    if (answered) drawMatch();
  }

  stateline.unitsside = { fail, groups, match, matchSoon, matrix, repaint, unit };
})();
