// What the side of the Units page shows: a unit, a match, the groups; asked for where it is missing.

import * as requests from "../../lib/data.js";
import { at } from "../../lib/dom.js";
import { escape } from "../../lib/html.js";
import * as address from "./address.js";
import * as arithmetic from "./arithmetic.js";
import * as unitGroups from "./groups.js";
import * as unitsPage from "./page.js";
import * as panels from "./panels.js";
import * as tools from "./tools.js";

const look = () => unitsPage.look();
const pageNow = () => unitsPage.getPage();

export function fail(id, error) {
  at(id).innerHTML = `<p class="units-hint" role="alert">${escape(error.message)}</p>`;
}

export async function unit() {
  const { facts, selection, layer, detail: held } = pageNow();
  const number = selection.unit;
  if (held?.unit === number && held.layer === layer.id) return;
  const wanted = () => pageNow()?.selection.unit === number && pageNow().layer === layer;
  try {
    const detail = await requests.json(facts, `unit/${number}`, { layer: layer.id });
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
  const paint = (value) => arithmetic.diverging(value, arithmetic.largest(data.units), tones);
  at("units-unit").innerHTML = panels.unitMarkup(facts, layer, data, detail, paint);
  panels.markOpened(selection.open);
}

let waiting = 0;
export function matchSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(() => pageNow() && match(), 120);
}

// An opened match leaves the question as it is, and so the list.
export async function match() {
  const page = pageNow();
  const { facts, selection } = page;
  tools.settings(page);
  const question = address.question(selection);
  if (selection.from === null) page.answered = null;
  if (selection.from === null || String(question) === page.answered) return;
  const wanted = () => {
    const now = pageNow()?.selection;
    return now && String(address.question(now)) === String(question);
  };
  try {
    const answer = await requests.json(facts, `units/${selection.sequence}/match`, Object.fromEntries(question));
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
  const strongest = arithmetic.strongest(own, layer.units, selection, selection.threshold < 0 ? -1 : 1);
  at("match-found").innerHTML = panels.matchMarkup(facts, selection, answer, look(), strongest);
  panels.markOpened(selection.open, reveal);
}

export function groups() {
  const { facts, layer, data, selection, scene } = pageNow();
  const { towards } = scene;
  const weights = arithmetic.weightsOf(layer, towards);
  const effects = data.words.response.map((each) => (weights ? arithmetic.effect(each, weights) : 0));
  const most = Math.max(...effects.map(Math.abs), 0);
  const paint = (word) => unitGroups.tone(facts, towards, effects[word], most, look());
  const className = facts.classes[towards].name;
  const choices = { only: selection.group, paint, linear: weights !== null, className };
  at("units-groups").innerHTML = unitGroups.markup(facts, data, choices);
  if (selection.panel === "groups") matrix();
}

// lit: a word whose row is named
export function matrix(lit = null) {
  const canvas = at("units-groups").querySelector(".group-matrix");
  if (!canvas) return;
  const { data } = pageNow();
  const tones = look();
  const paint = (value) => arithmetic.diverging(value, data.end, tones);
  unitGroups.drawMatrix(canvas, data, tones, paint, lit);
}

// Again, in other colours.
export function repaint() {
  const { detail, answered } = pageNow();
  groups();
  if (detail) drawUnit();
  if (answered) drawMatch();
}
