// @ts-check
// Effect of each word against how often it occurs. Plotly draws the points; the chosen word, the one
// under the cursor and the names are drawn on the canvas above, so that no point is drawn again.

import { contextOf } from "../../lib/canvas.js";
import * as classMarkup from "../../lib/classes.js";
import { at, closest, existing } from "../../lib/dom.js";
import { signed, thousands } from "../../lib/format.js";
import { nearest } from "../../lib/geometry.js";
import { html, render, trusted } from "../../lib/html.js";
import * as tooltip from "../../lib/tooltip.js";
import { figureOf, towardsName } from "./plot-figure.js";
import { drawNames, namedWords } from "./plot-names.js";
import { choose } from "./selection.js";
import { opened, subscribeOpened } from "./state.js";

/** @import { Facts, Opened, Points } from "./types" */

const REACH = 12; // pixels from the cursor to a word

/** @type {Points} */
const NO_POINTS = { phrase: [], count: [], sequences: [], class: [], effect: [], towards: null, total: 0 };
const NO_VALUES = new Float32Array(0);

let points = NO_POINTS; // that are drawn
let across = NO_VALUES; // log10 of the counts
let up = NO_VALUES; // effects
/** @type {number[]} */
let names = [];
let hovered = -1;
let draws = 0;

const plot = () => /** @type {any} */ (document.querySelector("#words-plot .js-plotly-plot"));

/** @param {Opened} state */
function take(state) {
  points = state.points ?? NO_POINTS;
  across = Float32Array.from(points.count, Math.log10);
  up = Float32Array.from(points.effect);
  names = namedWords(points);
  hovered = -1;
  if (!state.points) return;
  draw();
  render(existing("words-plot-note"), noteMarkup(state.facts));
}

function draw() {
  const state = opened();
  if (!state?.points || !at("words-plot")) return;
  window.dash_clientside.set_props("words-plot", { figure: figureOf(state, state.points) });
  attach();
}

/** @param {Facts} facts */
function noteMarkup(facts) {
  const drawn = points.phrase.length;
  if (!drawn) return html``;
  const amount =
    drawn < points.total
      ? `the ${thousands(drawn)} most frequent of ${thousands(points.total)} words listed`
      : `${thousands(drawn)} ${drawn === 1 ? "word" : "words"}, as listed`;
  const used = facts.classes.filter((_, index) => points.class.includes(index));
  const legend = used.map((each) => trusted(classMarkup.chip(each)));
  return html`<span class="words-legend">pushes most to ${legend}</span><span>${amount}</span>`;
}

/**
 * Return [scale, shift] of log10 of the count, then of the effect, to pixels of the frame; null before
 * the first drawing.
 * @returns {[number, number, number, number] | null}
 */
function mappingOf() {
  const axes = plot()?._fullLayout;
  if (!axes?.xaxis?.l2p || !axes.yaxis?.l2p) return null;
  /** @param {any} axis */
  const pair = ({ _offset, l2p }) => [l2p(1) - l2p(0), _offset + l2p(0)];
  return /** @type {[number, number, number, number]} */ ([...pair(axes.xaxis), ...pair(axes.yaxis)]);
}

/** Draw the overlay after zooming and resizing; attached once a plot. */
function attach() {
  const element = plot();
  if (!element?.on) {
    if (at("words-plot")) requestAnimationFrame(attach); // Plotly arrives in its own time.
    return;
  }
  if (!element.statelineAttached) {
    element.statelineAttached = true;
    element.on("plotly_afterplot", drawOverlay);
    element.on("plotly_relayouting", drawOverlay);
  }
  drawOverlay();
}

function drawOverlay() {
  const canvas = /** @type {HTMLCanvasElement | null} */ (at("words-plot-overlay"));
  const [mapping, state] = [mappingOf(), opened()];
  if (!canvas || !mapping || !state) return;
  draws += 1;
  const { xaxis, yaxis } = plot()._fullLayout;
  const frame = {
    left: xaxis._offset,
    right: xaxis._offset + xaxis._length,
    top: yaxis._offset,
    bottom: yaxis._offset + yaxis._length,
  };
  drawNames(contextOf(canvas).context, frame, {
    facts: state.facts,
    points,
    spot: (i) => [across[i] * mapping[0] + mapping[1], up[i] * mapping[2] + mapping[3]],
    names,
    chosen: state.word === null ? -1 : points.phrase.indexOf(state.word),
    hovered,
  });
}

/** @param {MouseEvent} event */
function indexAt({ clientX, clientY }) {
  const mapping = mappingOf();
  const frame = at("words-plot-frame")?.getBoundingClientRect();
  if (!mapping || !frame) return -1;
  return nearest(across, up, mapping, clientX - frame.left, clientY - frame.top, REACH);
}

/**
 * @param {number} index
 * @param {MouseEvent} event
 */
function hover(index, { clientX, clientY }) {
  const state = opened();
  if (index === hovered || !state) return;
  hovered = index;
  existing("words-plot-frame").style.cursor = index < 0 ? "" : "pointer";
  drawOverlay();
  if (index < 0) tooltip.hide();
  else tooltip.show(tooltipMarkup(state.facts, index), { left: clientX, right: clientX, top: clientY, bottom: clientY });
}

/**
 * @param {Facts} facts
 * @param {number} i
 */
function tooltipMarkup(facts, i) {
  return tooltip.cardMarkup(points.phrase[i], `${thousands(points.count[i])} times`, [
    ["In sequences", thousands(points.sequences[i])],
    ["Pushes most to", facts.classes[points.class[i]].name],
    [`Effect towards ${towardsName(facts, points)}`, signed(points.effect[i])],
    ["Click", "shows where it occurs"],
  ]);
}

/** @param {MouseEvent} event */
function move(event) {
  if (!at("words-plot-frame")) return;
  if (closest(event, "#words-plot")) hover(event.buttons ? -1 : indexAt(event), event);
  else if (hovered >= 0) hover(-1, event);
}

// Where the button went down on the plot.
/** @type {[x: number, y: number] | null} */
let pressed = null;

/** @param {PointerEvent} event */
function press(event) {
  pressed = closest(event, "#words-plot") && event.button === 0 ? [event.clientX, event.clientY] : null;
}

/** @param {PointerEvent} event */
function release(event) {
  if (!pressed) return;
  const moved = Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]);
  pressed = null;
  const index = moved <= 4 ? indexAt(event) : -1;
  if (index >= 0) choose(points.phrase[index]);
}

/** Follow the state and the cursor. */
export function start() {
  subscribeOpened(["facts", "points"], take);
  subscribeOpened(["word"], drawOverlay);
  document.addEventListener("mousemove", move);
  document.addEventListener("pointerdown", press, true);
  document.addEventListener("pointerup", release, true);
  document.addEventListener("stateline:theme", draw);
}

/** Return what the plot shows. */
export function getShown() {
  const chosen = opened()?.word ?? null;
  return { words: points.phrase.length, chosen, hovered, draws, place: mappingOf() };
}
