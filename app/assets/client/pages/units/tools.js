// Controls of the Units page: which sequence, rows and cells; what a click, a drag or a key does.

import * as addresses from "../../lib/addresses.js";
import * as classMarkup from "../../lib/classes.js";
import { at } from "../../lib/dom.js";
import { percent } from "../../lib/format.js";
import { escape } from "../../lib/html.js";
import * as series from "../../lib/series.js";
import { stepNoun } from "../../lib/series.js";
import * as address from "./address.js";
import * as arithmetic from "./arithmetic.js";
import * as unitsPage from "./page.js";
import * as panels from "./panels.js";
import { stepsName } from "./panels.js";

const ORDERS = { amount: "", group: "group", number: "number", spread: "spread over the run" };

function select(key, name, options, value) {
  const entries = Object.entries(options).map(
    ([each, text]) => `<option value="${each}"${String(value) === each ? " selected" : ""}>${escape(text)}</option>`,
  );
  return (
    `<label class="choice"><span class="choice-name">${name}</span>` +
    `<select class="form-select form-select-sm" data-units="${key}">${entries.join("")}</select></label>`
  );
}

// Sequence, then what the heatmap shows of it.
export function draw({ facts, selection, sequence, layer, scene }) {
  const { label, predicted, confidence, length } = sequence.facts;
  const { classes } = facts;
  const { open, group } = selection;
  const shown = address.shownOf(selection);
  const explored = { sequence: shown, step: open?.first ?? selection.from ?? 0 };
  const linear = layer.weights !== null;
  const names = Object.fromEntries(classes.map(({ name }, index) => [index, name]));
  const layers = Object.fromEntries(facts.layers.map(({ id, name }) => [id, name]));
  const chip = (index) => classMarkup.chip(classes[index]);
  const verdict = label === predicted ? `<span class="right">right</span>` : `<span class="wrong">wrong</span>`;
  const choices = [
    facts.layers.length > 1 ? select("layer", "Layer", layers, selection.layer) : "",
    select("cells", "Cells", { value: "value h", change: linear ? "contribution" : "change of h" }, selection.cells),
    linear ? select("class", "Towards", names, scene.towards) : "",
    select("rows", "Rows", { ...ORDERS, amount: linear ? "contribution" : "movement" }, selection.rows),
  ];
  const only = group === null ? "" : `<button type="button" class="chip" data-group="${group}" title="Show all rows">group ${group} ×</button>`;
  at("units-tools").innerHTML =
    `<div class="units-sequence"><button type="button" class="icon-button" data-sequence-by="-1" aria-label="Sequence before">‹</button>` +
    `<label>Sequence <input type="number" class="units-number" data-units="sequence" min="0" max="${facts.sequences - 1}" value="${shown}"></label>` +
    `<button type="button" class="icon-button" data-sequence-by="1" aria-label="Sequence after">›</button>` +
    `<span class="units-verdict">${chip(label)}<span class="arrow">→</span>${chip(predicted)} ${percent(confidence)} ${verdict}</span>` +
    `<span class="scope">${series.steps(facts, length)}, ${layer.units} units</span>` +
    `<a href="${addresses.explore(facts.run, explored)}">Open in Explore</a></div>` +
    (open ? openedMarkup(selection) : "") +
    `<div class="units-choices">${choices.join("")}${only}</div>`;
  legend({ facts, layer, selection, scene });
}

// What is opened in place of the sequence of the span, and the way back.
function openedMarkup({ open, sequence, from, to }) {
  const back = from === null ? `#${sequence}` : `${stepsName(from, to)} of #${sequence}`;
  return (
    `<div class="units-opened"><span>Opened: <strong>${stepsName(open.first, open.last)}</strong> of #${open.sequence}</span>` +
    `<button type="button" class="tool-button" data-back>‹ Back to ${back}</button></div>`
  );
}

// What colours and rows mean.
function legend({ facts, layer, selection, scene }) {
  const { low, high, middle } = { ...unitsPage.look(), ...scene.ends };
  const name = escape(facts.classes[scene.towards].name);
  const noun = stepNoun(facts);
  const linear = layer.weights !== null;
  const value = selection.cells === "value";
  const shows = value ? `h after each ${noun}` : linear ? `what each ${noun} added to the logit of ${name} through the unit` : `change of h at each ${noun}`;
  const end = value ? scene.end.toFixed(2) : scene.end.toPrecision(2);
  const beyond = value ? "" : "; larger ones have the colours of the ends";
  const moved = linear
    ? `contribution to ${name} (weight × change of h), sizes summed over the ${noun}s; a bar's colour is the sign of their plain sum`
    : `sizes of the changes of h, summed over the ${noun}s: ${layer.read ? "the readout is not linear" : "the head reads another layer"}, so that no unit has a contribution of its own`;
  const rows = { amount: "", group: "Rows by group. ", number: "Rows by number. ", spread: "Rows by the standard deviation of h over the run. " }[selection.rows];
  at("units-legend").innerHTML =
    `<div class="ramp"><div class="ramp-bar" style="background:linear-gradient(90deg,${low},${middle},${high})"></div>` +
    `<div class="ramp-labels"><span>−${end}</span><span>0</span><span>${end}</span></div></div>` +
    `<p><strong>Cells:</strong> ${shows}${beyond}. <strong>Bars${selection.rows === "amount" ? " and rows" : ""}:</strong> ${moved}. ${rows}` +
    `Click a row for its unit; drag across columns to select and match.</p>`;
}

// The settings of a match, and an empty place for what it finds.
export function settings({ selection, layer, own, data, answered }) {
  const steps = own.length / layer.units;
  const end = Math.max(0.01, arithmetic.largest(data.units));
  const body = panels.settingsMarkup(selection, steps, end);
  const place = at("units-match").querySelector(".match-place");
  // A slider that is being dragged must not be replaced under the hand.
  if (place && !place.contains(document.activeElement)) place.innerHTML = body;
  if (!place) at("units-match").innerHTML = `<div class="match-place">${body}</div><div id="match-found"></div>`;
  if (selection.from === null) at("match-found").innerHTML = panels.noSpan();
  else if (!answered) at("match-found").innerHTML = `<p class="units-hint">Looking through the run …</p>`;
}

// A field has changed.
function changed(target) {
  const page = unitsPage.getPage();
  const { units: key } = target.dataset;
  const number = Number(target.value);
  const { from, to, threshold } = page.selection;
  const last = page.own.length / page.layer.units - 1; // of the sequence of the span
  const whole = (most) => Math.min(most, Math.max(0, Math.trunc(number)));
  if (key === "sequence") unitsPage.chooseSequence(whole(page.facts.sequences - 1));
  else if (key === "layer") unitsPage.chooseLayer(target.value);
  else if (key === "cells" || key === "rows") unitsPage.setView({ [key]: target.value });
  else if (key === "class") unitsPage.setView({ class: number });
  else if (key === "from") unitsPage.ask({ from: whole(last), to: Math.max(whole(last), to ?? 0) }, from === null);
  else if (key === "to") unitsPage.ask({ from: Math.min(whole(last), from ?? whole(last)), to: whole(last) }, from === null);
  else if (key === "edges") unitsPage.ask({ edges: target.checked });
  else if (key === "threshold") unitsPage.ask({ threshold: threshold < 0 ? -number : number });
  else if (key === "side") unitsPage.ask({ threshold: (target.value === "low" ? -1 : 1) * (Math.abs(threshold) || 0.01) });
}

for (const kind of ["change", "input"]) {
  document.addEventListener(kind, ({ target }) => {
    if (!target.dataset?.units || !unitsPage.getPage()) return;
    const slides = target.type === "range";
    if (slides) target.parentElement.querySelector("output").textContent = signedOf(target);
    if (slides === (kind === "input")) changed(target);
  });
}

const signedOf = (slider) =>
  ((unitsPage.getPage().selection.threshold < 0 ? -1 : 1) * Number(slider.value)).toFixed(2);

document.addEventListener("click", ({ target }) => {
  const page = unitsPage.getPage();
  const within = (query) => target.closest?.(query)?.dataset;
  if (!page || !target.closest?.("#units-page")) return;
  const { facts, selection, layer } = page;
  const shown = address.shownOf(selection);
  const wrap = (number, count) => (number + count) % count;
  const [tab, group, unit, without] = [".units-tab", "[data-group]", "[data-unit]", "[data-without]"].map(within);
  const [by, next, back, context] = ["[data-unit-by]", "[data-sequence-by]", "[data-back]", ".context-open"].map(within);
  if (tab) unitsPage.panel(tab.panel);
  else if (group) unitsPage.setView({ group: selection.group === Number(group.group) ? null : Number(group.group) });
  else if (unit) unitsPage.chooseUnit(Number(unit.unit));
  else if (by) unitsPage.chooseUnit(wrap(selection.unit + Number(by.unitBy), layer.units));
  else if (next) unitsPage.chooseSequence(wrap(shown + Number(next.sequenceBy), facts.sequences));
  else if (without) unitsPage.ask({ without: toggled(selection.without, Number(without.without)) });
  else if (back) unitsPage.openStretch(null);
  else if (context) unitsPage.openStretch(panels.stretchOf(context));
});

const toggled = (list, value) =>
  list.includes(value) ? list.filter((each) => each !== value) : [...list, value].toSorted((a, b) => a - b);
