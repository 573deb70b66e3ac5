// @ts-check
// The picture of the map on the Words page: the states of the chosen word's occurrences, lit.

import * as addresses from "../../lib/addresses.js";
import { contextOf } from "../../lib/canvas.js";
import { at, closest, existing } from "../../lib/dom.js";
import { nearest } from "../../lib/geometry.js";
import { goTo } from "../../lib/navigation.js";
import { tone } from "../../lib/theme.js";
import { effectColour } from "./effect-colour.js";
import { get, opened, subscribeOpened, update } from "./state.js";

/** @import { Opened } from "./types" */

const REACH = 9; // pixels from the cursor to a state

/** @returns {HTMLCanvasElement[]} */
const canvases = () => [...existing("words-map").querySelectorAll("canvas")];

// Pixels of the page a pixel of the picture.
const scaleOf = (/** @type {Opened} */ { facts }) => existing("words-map").clientWidth / facts.picture[0];

/**
 * Split the places of the occurrences: pixels across and down, and effects towards the class.
 * @param {Float32Array} places
 */
function split(places) {
  const count = places.length / 3;
  const [x, y, effects] = [0, 1, 2].map((third) => places.subarray(third * count, (third + 1) * count));
  return { count, x, y, effects };
}

/** @param {Opened} state */
function drawLink({ facts, word }) {
  const link = /** @type {HTMLAnchorElement | null} */ (at("words-map-link"));
  if (link && word !== null) link.href = addresses.explore(facts.run, { filters: [["word", word]] });
}

function draw() {
  const state = opened();
  if (!state || !at("words-map")) return;
  const { context } = contextOf(canvases()[0]);
  const { count } = split(state.places);
  context.lineWidth = 1;
  context.strokeStyle = tone("--map-ground");
  drawDiscs(context, state, { from: 0, to: count, radius: count > 5000 ? 1.5 : count > 500 ? 2.5 : 3.5 });
  drawLit(state);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Opened} state
 * @param {{ from: number, to: number, radius: number }} which occurrences
 */
function drawDiscs(context, state, { from, to, radius }) {
  const { x, y, effects } = split(state.places);
  const scale = scaleOf(state);
  const towards = state.occurrences?.towards ?? 0;
  for (let i = from; i < to; i += 1) {
    context.beginPath();
    context.arc(x[i] * scale, y[i] * scale, radius, 0, 2 * Math.PI);
    context.fillStyle = effectColour(state.facts, towards, effects[i]);
    context.fill();
    context.stroke();
  }
}

/**
 * Draw the lit state on a canvas of its own: the others stay as they are.
 * @param {Opened} state
 */
function drawLit(state) {
  if (!at("words-map")) return;
  const { lit, places } = state;
  const { context } = contextOf(canvases()[1]);
  if (lit < 0 || lit >= split(places).count) return;
  context.lineWidth = 2.5;
  context.strokeStyle = tone("--ink");
  drawDiscs(context, state, { from: lit, to: lit + 1, radius: 6.5 });
}

/**
 * Return the occurrence under the cursor, -1 for none.
 * @param {Opened} state
 * @param {MouseEvent} event
 */
function indexAt(state, { clientX, clientY }) {
  const { left, top } = existing("words-map").getBoundingClientRect();
  const { x, y } = split(state.places);
  const scale = scaleOf(state);
  return nearest(x, y, [scale, 0, scale, 0], clientX - left, clientY - top, REACH);
}

/** @param {MouseEvent} event */
function hover(event) {
  const map = closest(event, "#words-map");
  const state = opened();
  if (!map || !state) return;
  const i = indexAt(state, event);
  map.style.cursor = i < 0 ? "" : "pointer";
  if (i >= 0) update({ lit: i });
}

/** @param {MouseEvent} event */
function click(event) {
  const link = /** @type {HTMLAnchorElement | null} */ (closest(event, "#words-map-link"));
  const state = opened();
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const { pathname, search } = new URL(link.href);
    goTo(pathname + search);
  } else if (state && closest(event, "#words-map")) {
    const i = indexAt(state, event);
    if (i >= 0) update({ lit: i, revealed: { occurrence: i } });
  }
}

/** Follow the state and the cursor. */
export function start() {
  subscribeOpened(["facts", "occurrences"], draw);
  subscribeOpened(["facts", "word"], drawLink);
  subscribeOpened(["lit"], drawLit);
  document.addEventListener("mousemove", hover);
  document.addEventListener("click", click);
  document.addEventListener("stateline:theme", draw);
  addEventListener("resize", draw);
}

/** Return what the map shows. */
export function getShown() {
  const { places, lit } = get();
  const { count, x, y } = split(places);
  return { dots: count, lit, at: lit < 0 ? null : [x[lit], y[lit]] };
}
