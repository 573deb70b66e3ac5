// @ts-check
// The cursor and the keys on the heatmap: hover, click, drag and arrows.

import { closest } from "../../lib/dom.js";
import { stepName } from "../../lib/series.js";
import * as tooltip from "../../lib/tooltip.js";
import * as arithmetic from "./arithmetic.js";
import { signedValue } from "./contexts.js";
import { placeUnder } from "./heatmap.js";
import { chooseSpan, chooseUnit } from "./selection.js";
import { drawn, update } from "./state.js";

/** @import { Drawn, Place, Span } from "./types" */

// Where the button went down, and where the cursor is now.
/** @type {{ from: number, to: number, unit: number | null } | null} */
let drag = null;
/** @type {Place | null} */
let hovered = null;

/**
 * Return the step and, on the cells, the unit under the cursor; heads have a step only.
 * @param {PointerEvent} event
 * @returns {{ step: number, unit: number | null } | null}
 */
function placeOf(event) {
  const head = closest(event, "#units-axis .word-head");
  if (head) return { step: Number(head.dataset.t), unit: null };
  return placeUnder(event);
}

/** @param {Span} span */
const sorted = ({ from, to }) => ({ from: Math.min(from, to), to: Math.max(from, to) });

/** @param {PointerEvent} event */
function press(event) {
  const place = drawn() && event.button === 0 ? placeOf(event) : null;
  if (!place) return;
  drag = { from: place.step, to: place.step, unit: place.unit };
  tooltip.hide();
}

/** @param {PointerEvent} event */
function move(event) {
  const state = drawn();
  if (!state) return;
  const place = placeOf(event);
  if (!drag || !place) {
    const { unit = null, step = 0 } = place ?? {};
    hover(state, unit === null ? null : { unit, step }, event);
    return;
  }
  drag.to = place.step;
  if (drag.from !== drag.to) update({ dragged: sorted(drag), hovered: null });
}

function release() {
  const done = drag;
  drag = null;
  if (!done || !drawn()) return;
  if (done.from === done.to && done.unit !== null) chooseUnit(done.unit);
  else chooseSpan(sorted(done));
}

/**
 * @param {Drawn} state
 * @param {Place | null} place
 * @param {PointerEvent} event
 */
function hover(state, place, { clientX, clientY }) {
  if (place?.unit === hovered?.unit && place?.step === hovered?.step) return;
  const left = hovered !== null && place === null;
  hovered = place;
  update({ hovered: place, dragged: null });
  if (left) tooltip.hide();
  if (place) {
    tooltip.show(tooltipMarkup(state, place), { left: clientX + 14, right: clientX, top: clientY, bottom: clientY });
  }
}

/**
 * @param {Drawn} state
 * @param {Place} place
 */
function tooltipMarkup({ facts, loaded, scene }, { unit, step }) {
  const { layer, h, sequence } = loaded;
  const at = step * layer.units + unit;
  const pairs = [
    ["h", signedValue(h[at])],
    ["Change", signedValue(arithmetic.changes(h, layer.units, layer.backward)[at])],
  ];
  const weights = arithmetic.weightsOf(layer, scene.towards);
  if (weights) {
    const contribution = arithmetic.contributions(h, layer.units, weights)[at];
    pairs.push([`To ${facts.classes[scene.towards].name}`, signedValue(contribution)]);
  }
  pairs.push(["Sizes summed", scene.amount[unit].toFixed(3)]);
  return tooltip.cardMarkup(stepName(facts, sequence, step), `unit ${unit} · step ${step}`, pairs);
}

/**
 * @param {number} value
 * @param {number} last
 */
const within = (value, last) => Math.min(last, Math.max(0, value));

/**
 * Up and down through the rows; left and right move the span, with shift its end.
 * @param {KeyboardEvent} event
 */
function pressKey(event) {
  const state = drawn();
  if (!state || !closest(event, "#units-axis .units-plot")) return;
  const rows = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const columns = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!rows && !columns) return;
  event.preventDefault();
  if (rows) {
    const { order } = state.scene;
    const now = state.unit === null ? -1 : order.indexOf(state.unit);
    chooseUnit(order[now < 0 ? 0 : within(now + rows, order.length - 1)]);
  } else if (columns) moveSpan(state, columns, event.shiftKey);
}

/**
 * @param {Drawn} state
 * @param {number} by steps
 * @param {boolean} extend whether the span keeps its start
 */
function moveSpan(state, by, extend) {
  const last = state.scene.colours.length - 1;
  // An opened stretch is moved on from, as a span of its own.
  const { open } = state;
  const from = open ? open.first : (state.from ?? -by);
  const to = open ? open.last : (state.to ?? -by);
  const end = within(to + by, last);
  const first = extend ? Math.max(0, Math.min(from, end)) : Math.max(0, within(from + by, last - (to - from)));
  // A held key is not an entry of the history each time.
  chooseSpan({ from: first, to: extend ? end : first + (to - from) }, state.from === null);
  update({ revealed: { unit: null, step: end } });
}

/** Follow the cursor and the keys. */
export function start() {
  document.addEventListener("pointerdown", press);
  document.addEventListener("pointermove", move);
  document.addEventListener("pointerup", release);
  document.addEventListener("keydown", pressKey);
}
