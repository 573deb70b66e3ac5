// @ts-check
// Changes of the fields of the Units page, and clicks on its buttons.

import { closest } from "../../lib/dom.js";
import { stretchOf } from "./contexts.js";
import * as selection from "./selection.js";
import { drawn, shownSequence } from "./state.js";

/** @import { Drawn, Selection } from "./types" */

/**
 * @param {Drawn} state
 * @param {HTMLInputElement} field
 */
function changeField(state, field) {
  const { value, checked } = field;
  const number = Number(value);
  const { from, to, threshold, facts, loaded } = state;
  const last = loaded.own.length / loaded.layer.units - 1; // of the sequence of the span
  const whole = (/** @type {number} */ largest) => Math.min(largest, Math.max(0, Math.trunc(number)));
  const side = value === "low" ? -1 : 1;
  /** @type {Record<string, () => void>} */
  const changes = {
    sequence: () => selection.chooseSequence(whole(facts.sequences - 1)),
    layer: () => selection.chooseLayer(value),
    cells: () => selection.setView({ cells: /** @type {Selection["cells"]} */ (value) }),
    rows: () => selection.setView({ rows: /** @type {Selection["rows"]} */ (value) }),
    class: () => selection.setView({ class: number }),
    from: () => selection.ask({ from: whole(last), to: Math.max(whole(last), to ?? 0) }, from === null),
    to: () => selection.ask({ from: Math.min(whole(last), from ?? whole(last)), to: whole(last) }, from === null),
    edges: () => selection.ask({ edges: checked }),
    threshold: () => selection.ask({ threshold: threshold < 0 ? -number : number }),
    side: () => selection.ask({ threshold: side * (Math.abs(threshold) || 0.01) }),
  };
  changes[field.dataset.units ?? ""]?.();
}

/** @param {Event} event */
function onField(event) {
  const state = drawn();
  const field = /** @type {HTMLInputElement | null} */ (closest(event, "[data-units]"));
  if (!state || !field) return;
  const slides = field.type === "range";
  if (slides) {
    const output = field.parentElement?.querySelector("output");
    if (output) output.textContent = ((state.threshold < 0 ? -1 : 1) * Number(field.value)).toFixed(2);
  }
  if (slides === (event.type === "input")) changeField(state, field);
}

/**
 * @param {number} number
 * @param {number} count
 */
const wrap = (number, count) => (number + count) % count;

/**
 * @param {number[]} list sorted
 * @param {number} value
 */
const toggled = (list, value) =>
  list.includes(value) ? list.filter((each) => each !== value) : [...list, value].toSorted((a, b) => a - b);

// What a click on an element with some selector does, the first that applies.
/** @type {[string, (state: Drawn, attributes: DOMStringMap) => void][]} */
const CLICKS = [
  [".units-tab", (_, { panel }) => selection.setView({ panel: /** @type {Selection["panel"]} */ (panel) })],
  ["[data-group]", (state, { group }) => selection.setView({ group: state.group === Number(group) ? null : Number(group) })],
  ["[data-unit]", (_, { unit }) => selection.chooseUnit(Number(unit))],
  [
    "[data-unit-by]",
    (state, { unitBy }) => selection.chooseUnit(wrap((state.unit ?? 0) + Number(unitBy), state.loaded.layer.units)),
  ],
  [
    "[data-sequence-by]",
    (state, { sequenceBy }) =>
      selection.chooseSequence(wrap(shownSequence(state) + Number(sequenceBy), state.facts.sequences)),
  ],
  ["[data-without]", (state, { without }) => selection.ask({ without: toggled(state.without, Number(without)) })],
  ["[data-back]", () => selection.openStretch(null)],
  [".context-open", (_, attributes) => selection.openStretch(stretchOf(attributes))],
];

/** @param {MouseEvent} event */
function onClick(event) {
  const state = drawn();
  if (!state || !closest(event, "#units-page")) return;
  for (const [selector, act] of CLICKS) {
    const element = closest(event, selector);
    if (element) {
      act(state, element.dataset);
      return;
    }
  }
}

/** Follow the fields and buttons. */
export function start() {
  document.addEventListener("change", onField);
  document.addEventListener("input", onField);
  document.addEventListener("click", onClick);
}
