// @ts-check
// Controls above the heatmap: which sequence, and which cells and rows; below it, what they mean.

import * as addresses from "../../lib/addresses.js";
import * as classMarkup from "../../lib/classes.js";
import { existing } from "../../lib/dom.js";
import { percent } from "../../lib/format.js";
import { html, render, trusted } from "../../lib/html.js";
import * as series from "../../lib/series.js";
import { stepsName } from "./contexts.js";
import { shownSequence, subscribeDrawn } from "./state.js";

/** @import { Drawn, Selection } from "./types" */

const ORDERS = { amount: "", group: "group", number: "number", spread: "spread over the run" };
const ORDER_NOTES = {
  amount: "",
  group: "Rows by group. ",
  number: "Rows by number. ",
  spread: "Rows by the standard deviation of h over the run. ",
};

/**
 * @param {string} key
 * @param {string} name
 * @param {Record<string, string>} options texts by their values
 * @param {string | number} value the chosen one
 */
function select(key, name, options, value) {
  const entries = Object.entries(options).map(
    ([each, text]) => html`<option value="${each}"${String(value) === each && trusted(" selected")}>${text}</option>`,
  );
  return html`<label class="choice"><span class="choice-name">${name}</span>
    <select class="form-select form-select-sm" data-units="${key}">${entries}</select></label>`;
}

/** @param {Drawn} state */
function draw(state) {
  render(existing("units-tools"), html`${sequenceMarkup(state)}${openedMarkup(state)}${choicesMarkup(state)}`);
  render(existing("units-legend"), legendMarkup(state));
}

/** @param {Drawn} state */
function sequenceMarkup(state) {
  const { facts, loaded, open, from } = state;
  const { label, predicted, confidence, length } = loaded.sequence.facts;
  const shown = shownSequence(state);
  const explored = { sequence: shown, step: open?.first ?? from ?? 0 };
  const chip = (/** @type {number} */ index) => trusted(classMarkup.chip(facts.classes[index]));
  const verdict = label === predicted ? "right" : "wrong";
  return html`<div class="units-sequence">
    <button type="button" class="icon-button" data-sequence-by="-1" aria-label="Sequence before">‹</button>
    <label>Sequence <input type="number" class="units-number" data-units="sequence" min="0" max="${facts.sequences - 1}" value="${shown}"></label>
    <button type="button" class="icon-button" data-sequence-by="1" aria-label="Sequence after">›</button>
    <span class="units-verdict">${chip(label)}<span class="arrow">→</span>${chip(predicted)}${" "}
    ${percent(confidence)} <span class="${verdict}">${verdict}</span></span>
    <span class="scope">${series.steps(facts, length)}, ${loaded.layer.units} units</span>
    <a href="${addresses.explore(facts.run, explored)}">Open in Explore</a></div>`;
}

/**
 * The stretch that is opened in place of the sequence of the span, and the way back.
 * @param {Selection} selection
 */
function openedMarkup({ open, sequence, from, to }) {
  if (!open) return null;
  const back = from === null || to === null ? `#${sequence}` : `${stepsName(from, to)} of #${sequence}`;
  return html`<div class="units-opened">
    <span>Opened: <strong>${stepsName(open.first, open.last)}</strong> of #${open.sequence}</span>
    <button type="button" class="tool-button" data-back>‹ Back to ${back}</button></div>`;
}

/** @param {Drawn} state */
function choicesMarkup({ facts, loaded, scene, layer, cells, rows, group }) {
  const linear = loaded.layer.weights !== null;
  const names = Object.fromEntries(facts.classes.map(({ name }, index) => [index, name]));
  const layers = Object.fromEntries(facts.layers.map(({ id, name }) => [id, name]));
  const choices = [
    facts.layers.length > 1 && select("layer", "Layer", layers, layer),
    select("cells", "Cells", { value: "value h", change: linear ? "contribution" : "change of h" }, cells),
    linear && select("class", "Towards", names, scene.towards),
    select("rows", "Rows", { ...ORDERS, amount: linear ? "contribution" : "movement" }, rows),
  ];
  const only = group !== null &&
    html`<button type="button" class="chip" data-group="${group}" title="Show all rows">group ${group} ×</button>`;
  return html`<div class="units-choices">${choices}${only}</div>`;
}

/** @param {Drawn} state */
function legendMarkup(state) {
  const { scene, tones, rows } = state;
  const value = state.cells === "value";
  const { low, high, middle } = { ...tones, ...scene.ends };
  const end = value ? scene.end.toFixed(2) : scene.end.toPrecision(2);
  const beyond = value ? "" : "; larger ones have the colours of the ends";
  const ramp = `background:linear-gradient(90deg,${low},${middle},${high})`;
  return html`<div class="ramp"><div class="ramp-bar" style="${ramp}"></div>
    <div class="ramp-labels"><span>−${end}</span><span>0</span><span>${end}</span></div></div>
    <p><strong>Cells:</strong> ${cellsText(state)}${beyond}.${" "}
    <strong>Bars${rows === "amount" ? " and rows" : ""}:</strong> ${barsText(state)}. ${ORDER_NOTES[rows]}
    Click a row for its unit; drag across columns to select and match.</p>`;
}

/** @param {Drawn} state */
function cellsText({ facts, loaded, scene, cells }) {
  const noun = series.stepNoun(facts);
  if (cells === "value") return `h after each ${noun}`;
  if (!loaded.layer.weights) return `change of h at each ${noun}`;
  return `what each ${noun} added to the logit of ${facts.classes[scene.towards].name} through the unit`;
}

/** @param {Drawn} state */
function barsText({ facts, loaded, scene }) {
  const noun = series.stepNoun(facts);
  const { weights, read } = loaded.layer;
  const { name } = facts.classes[scene.towards];
  if (weights) {
    return `contribution to ${name} (weight × change of h), sizes summed over the ${noun}s; a bar's colour is the sign of their plain sum`;
  }
  const why = read ? "the readout is not linear" : "the head reads another layer";
  return `sizes of the changes of h, summed over the ${noun}s: ${why}, so that no unit has a contribution of its own`;
}

/** Follow the state. */
export function start() {
  subscribeDrawn(["scene", "sequence", "open", "from", "to"], draw);
}
