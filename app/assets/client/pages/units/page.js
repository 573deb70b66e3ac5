// The Units page: one selection, the heatmap of a sequence, and at the side a unit, a match, groups.

import { page as pathOf } from "../../lib/addresses.js";
import { stepColour } from "../../lib/colour.js";
import * as requests from "../../lib/data.js";
import { at } from "../../lib/dom.js";
import { pageHistory } from "../../lib/history.js";
import { tone } from "../../lib/theme.js";
import * as address from "./address.js";
import * as arithmetic from "./arithmetic.js";
import * as heatmap from "./heatmap.js";
import * as panels from "./panels.js";
import * as side from "./side.js";
import * as tools from "./tools.js";

// What the page shows; null before it was opened.
// facts, selection   as the address says it
// layer, data        entry of facts.layers; what is known of all its units and of words
// h, sequence, colours  states, words and answers of the sequence in the heatmap
// own                states of the sequence that the span is of
// detail, answer     of the unit and of the match that are shown; `answered` is its question
let page = null;
let asked = 0; // an answer to an older request is dropped
let drawn = 0; // heatmaps, for tests

export const here = () => page !== null && at("units-page") !== null;

// Each entry of the history keeps its selection, so that Back need not read the address.
const addressHistory = pageHistory({
  path: () => pathOf("units", page?.facts.run),
  isOpen: (state) => Boolean(state?.units) && here(),
  restore: (state) => restore(state.units),
});
export const { onPopstate } = addressHistory;

export function open(facts) {
  page = { facts, selection: facts.selection };
  heatmap.open();
  addressHistory.opened({ units: page.selection });
  load();
}

async function load() {
  const mine = (asked += 1);
  const { facts, selection } = page;
  const { layer } = selection;
  const number = address.shownOf(selection);
  const statesOf = (each) => requests.bytes(facts, `units/${each}`, { layer });
  try {
    const [data, bytes, sequence, others] = await Promise.all([
      requests.json(facts, "units", { layer }),
      statesOf(number),
      requests.json(facts, `sequence/${number}`),
      number === selection.sequence ? null : statesOf(selection.sequence),
    ]);
    if (mine !== asked || !here()) return;
    const { bin, confidence } = sequence.steps;
    const colours = bin.map((each, t) =>
      stepColour(facts.scale, each, confidence[t], facts.classes.length),
    );
    data.end = arithmetic.endOf(data.words.response.flat()); // of the colours of the matrix
    const entry = facts.layers.find(({ id }) => id === layer);
    const h = new Float32Array(bytes);
    const own = others ? new Float32Array(others) : h;
    Object.assign(page, { data, h, own, sequence, colours, layer: entry });
    show();
  } catch (error) {
    if (mine === asked && here()) side.fail("units-axis", error);
  }
}

// All that is shown; the heatmap anew where it has another sequence or layer.
function show(anew = true) {
  page.scene = scene();
  // The unit that does most here: an empty panel would not say what it is for.
  page.selection.unit ??= page.scene.order[0];
  tools.draw(page);
  if (anew) {
    drawn += 1;
    heatmap.draw(page.scene);
  } else heatmap.redraw(page.scene);
  side.groups();
  showPanel();
  side.unit();
  side.match();
  arrive();
}

// Only the heatmap's values or rows are others.
function repaint() {
  page.scene = scene();
  tools.draw(page);
  heatmap.redraw(page.scene);
  light();
}

// What the heatmap draws for the present choices.
function scene() {
  const { layer, h, data, sequence, colours, selection, facts } = page;
  const { rows, group, cells } = selection;
  const { units } = layer;
  const towards = selection.class ?? sequence.facts.predicted;
  const weights = arithmetic.weightsOf(layer, towards);
  const changed = weights ? arithmetic.contributions(h, units, weights) : arithmetic.changes(h, units, layer.backward);
  const amount = arithmetic.amounts(changed, units);
  const all = arithmetic.order(rows, { amount, ...data.units });
  const order = group === null ? all : all.filter((each) => data.units.cluster[each] === group);
  const value = cells === "value";
  const other = facts.classes.length === 2 ? facts.classes[1 - towards].colour : look().muted;
  const sides = weights ? { low: other, high: facts.classes[towards].colour } : null;
  return {
    sequence, colours, units, order, amount, towards,
    total: arithmetic.totals(changed, units),
    values: value ? h : changed,
    end: value ? arithmetic.largest(data.units) : arithmetic.endOf(changed),
    sides,
    ends: value ? null : sides,
  };
}

export function look() {
  return { low: tone("--unit-low"), high: tone("--unit-high"), middle: tone("--unit-middle"), ink: tone("--ink"), muted: tone("--ink-muted") };
}

// more: { from, to } while a span is dragged, { hover } under the cursor
export function light(more = {}) {
  const { selection, word } = page;
  const { open: opened } = selection;
  const dragged = "from" in more ? { ...selection, ...more } : null;
  const own = address.shownOf(selection) === selection.sequence && selection.from !== null;
  const stretches = [];
  if (dragged) stretches.push({ from: more.from, to: more.to, lit: onUnits(dragged, page.h) });
  else if (own) stretches.push({ from: selection.from, to: selection.to, lit: onUnits() });
  if (opened) {
    const stretch = { ...selection, from: opened.first, to: opened.last, edges: false };
    const there = onUnits(stretch, page.h);
    const lit = onUnits().filter((each) => there.includes(each));
    stretches.push({ from: stretch.from, to: stretch.to, lit, opened: true });
  }
  heatmap.mark({ unit: selection.unit, stretches, word: word ?? null, hover: more.hover ?? null });
}

// Units that are on over a span: the chosen one, or another of the states `h`.
function onUnits(span = page.selection, h = page.own) {
  if (span.from === null) return [];
  return arithmetic.unitsOn(h, page.layer.units, span).filter((each) => !span.without.includes(each));
}

function showPanel() {
  const { panel: key } = page.selection;
  for (const tab of document.querySelectorAll(".units-tab")) {
    const on = tab.dataset.panel === key;
    tab.setAttribute("aria-selected", String(on));
    at(`units-${tab.dataset.panel}`).hidden = !on;
  }
  if (key === "groups") side.matrix();
}

export function panel(key) {
  select({ panel: key });
  showPanel();
}

// A new selection, and the address of it: another sequence, layer or opened place is a step of
// the history, as is what `step` says.
function select(change, step = false) {
  const before = page.selection;
  page.selection = { ...before, ...change };
  const placed = ({ layer, sequence, open: opened }) => JSON.stringify([layer, sequence, opened]);
  addressHistory.write(`?${address.query(page.selection)}`, {
    push: step || placed(before) !== placed(page.selection),
    state: { units: page.selection },
  });
  return reload(before);
}

// Load what the selection needs and the page does not have; false where it has everything.
function reload(before) {
  const now = page.selection;
  const shown = address.shownOf(now);
  const same = page.scene && before.layer === now.layer && address.shownOf(before) === shown;
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
export function chooseSequence(sequence) {
  const { selection } = page;
  if (sequence === address.shownOf(selection)) return;
  if (sequence === selection.sequence) openStretch(null);
  else select({ sequence, from: null, to: null, without: [], open: null, class: null });
}

// Show a match or a context, { sequence, first, last }, and keep the span; null goes back to it.
export function openStretch(stretch) {
  if (select({ open: stretch })) return;
  tools.draw(page);
  tools.settings(page);
  arrive();
}

// Bring into view what is opened, else the span.
function arrive() {
  const { unit: chosen, open: opened, from } = page.selection;
  light();
  panels.markOpened(opened, true);
  heatmap.reveal(chosen, opened?.first ?? from);
}

export function chooseLayer(layer) {
  select({ layer, unit: null, without: [], group: null });
}

export function chooseUnit(number) {
  select({ unit: number, panel: "unit" });
  showPanel();
  light();
  heatmap.reveal(number);
  side.unit();
}

// A span of the sequence in the heatmap; `step`: one can go back to the one before.
export function chooseSpan(span, step = true) {
  const sequence = address.shownOf(page.selection);
  ask({ ...span, sequence, open: null, panel: "match" }, step);
  showPanel();
  tools.draw(page);
}

// Something else that a match asks for.
export function ask(change, step = false) {
  const reset = "from" in change || "threshold" in change ? { without: [] } : {};
  select({ ...reset, ...change }, step);
  light();
  side.matchSoon();
}

export function setView(change) {
  select(change);
  repaint();
  if ("class" in change || "group" in change) side.groups();
}

// Light the units that a word moves; null for none.
export function hoverWord(word) {
  page.word = word === null ? null : arithmetic.moved(page.data.words.response[word]);
  light();
  side.matrix(word);
}

document.addEventListener("stateline:theme", () => {
  if (!here() || !page.scene) return;
  repaint();
  side.repaint();
});

export const getDrawn = () => drawn;

export const getPage = () => (here() && page.scene ? page : null);
