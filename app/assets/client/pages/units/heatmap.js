// @ts-check
// The heatmap of the Units page: one row per unit, one column per step, under the words of the sequence.
// Cells are drawn once into a small image and stretched; what is lit is drawn on a canvas above.

import { contextOf } from "../../lib/canvas.js";
import { pixel } from "../../lib/colour.js";
import { closest, existing } from "../../lib/dom.js";
import { html, render, trusted } from "../../lib/html.js";
import { headsMarkup, layout } from "../../lib/step-columns.js";
import { diverging } from "./arithmetic.js";
import { NAMES_WIDTH, drawMarks, drawRows } from "./heatmap-marks.js";
import { marksOf } from "./scene.js";
import { drawn, subscribeDrawn } from "./state.js";

/** @import { Ends, Marks, Place, Scene, Shown, Tones } from "./types" */

const ROWS = [5, 26]; // smallest and largest height of a row, in pixels
const NO_MARKS = { unit: null, stretches: [], word: null, hover: null };

/** @type {Shown | null} */
let shown = null;
let count = 0;

const axis = () => existing("units-axis");

/** @param {string} name */
const part = (name) => /** @type {HTMLElement} */ (axis().querySelector(`.${name}`));
/** @param {string} name */
const canvas = (name) => /** @type {HTMLCanvasElement} */ (axis().querySelector(`.${name}`));
// Whether the page still has the heatmap: it was perhaps built anew, or left.
const isThere = () => document.querySelector("#units-axis .units-marks") !== null;

/**
 * Draw a scene; the same sequence keeps its words.
 * @param {Scene} scene
 */
function draw(scene) {
  if (shown?.scene.sequence === scene.sequence && isThere()) {
    shown = { ...shown, scene };
    paint(shown);
    return;
  }
  count += 1;
  const heads = trusted(headsMarkup(scene.sequence, scene.colours));
  const title =
    "Heatmap of the units: arrow keys up and down choose a unit, left and right move the span of steps, with shift its end";
  render(axis(), html`<div class="step-track"><div class="word-heads">${heads}</div>
    <div class="step-grid"><div class="step-names"><canvas class="units-rows"></canvas></div>
    <div class="units-plot" tabindex="0" role="img" aria-label="${title}">
    <canvas class="units-cells"></canvas><canvas class="units-marks"></canvas></div></div></div>`);
  shown = { scene, column: 0, row: 0, width: 0, height: 0, marks: null };
  settle();
}

/** Fit the columns and rows into the room of the page. */
function settle() {
  if (!shown || !isThere()) return;
  const { scene } = shown;
  const steps = scene.colours.length;
  const names = part("step-names").offsetWidth;
  const { column, heads } = layout(steps, axis().clientWidth - names - 2, false);
  axis().dataset.heads = String(heads);
  const longest = Math.max(...scene.sequence.steps.surface.map((word) => word.length));
  axis().style.setProperty("--head", `${Math.min(66, 12 + 7 * longest)}px`);
  axis().style.setProperty("--column", `${column.toFixed(2)}px`);
  shown = { ...shown, column, width: column * steps };
  part("step-track").style.width = `${names + shown.width}px`;
  paint(shown);
}

/** @param {Shown} present */
function paint(present) {
  const { order } = present.scene;
  const room = axis().clientHeight - part("word-heads").offsetHeight - 16;
  const row = Math.min(ROWS[1], Math.max(ROWS[0], Math.floor(room / order.length)));
  shown = { ...present, row, height: row * order.length };
  part("units-plot").style.cssText = `width:${shown.width}px;height:${shown.height}px`;
  part("units-rows").style.cssText = `width:${NAMES_WIDTH}px;height:${shown.height}px`;
  const tones = drawn()?.tones;
  if (!tones) return;
  drawCells(shown, tones);
  mark(shown.marks ?? NO_MARKS, tones);
}

/**
 * @param {Shown} present
 * @param {Tones} tones
 */
function drawCells({ scene, width, height }, tones) {
  const steps = scene.colours.length;
  const small = document.createElement("canvas");
  [small.width, small.height] = [steps, scene.order.length];
  const context = /** @type {CanvasRenderingContext2D} */ (small.getContext("2d"));
  const image = context.createImageData(steps, scene.order.length);
  const pixels = new Uint32Array(image.data.buffer);
  const colour = palette({ ...tones, ...scene.ends });
  scene.order.forEach((unit, row) => {
    for (let t = 0; t < steps; t += 1) {
      pixels[row * steps + t] = colour(scene.values[t * scene.units + unit] / scene.end);
    }
  });
  context.putImageData(image, 0, 0);
  const large = contextOf(canvas("units-cells")).context;
  large.imageSmoothingEnabled = false;
  large.drawImage(small, 0, 0, width, height);
}

const SHADES = 128; // on either side of 0: mixing a colour for each cell would take long

/**
 * Return a function from a share, -1 to 1, to the colour of a pixel.
 * @param {Ends & { middle: string }} ends
 */
function palette(ends) {
  const shades = Array.from({ length: 2 * SHADES + 1 }, (_, i) => pixel(diverging(i - SHADES, SHADES, ends)));
  return (/** @type {number} */ share) => shades[Math.round(SHADES * Math.min(1, Math.max(-1, share))) + SHADES];
}

/**
 * Light units and steps without touching the cells.
 * @param {Marks} marks
 * @param {Tones} tones
 */
function mark(marks, tones) {
  if (!shown || !isThere()) return;
  shown.marks = marks;
  drawMarks(contextOf(canvas("units-marks")).context, shown, marks, tones);
  drawRows(contextOf(canvas("units-rows")).context, shown, marks, tones);
  const { stretches, hover } = marks;
  for (const head of /** @type {NodeListOf<HTMLElement>} */ (axis().querySelectorAll(".word-head"))) {
    const t = Number(head.dataset.t);
    const isWithin = (/** @type {boolean} */ opened) =>
      stretches.some((each) => Boolean(each.opened) === opened && t >= each.from && t <= each.to);
    head.classList.toggle("lit", t === hover?.step);
    head.classList.toggle("brushed", isWithin(false));
    head.classList.toggle("opened", isWithin(true));
  }
}

/**
 * Return the unit and the step under the cursor, null where there is none.
 * @param {PointerEvent} event
 * @returns {Place | null}
 */
export function placeUnder(event) {
  const plot = closest(event, "#units-axis .units-plot");
  if (!shown || !plot) return null;
  const { left, top } = plot.getBoundingClientRect();
  const step = Math.floor((event.clientX - left) / shown.column);
  const at = Math.floor((event.clientY - top) / shown.row);
  const { order, colours } = shown.scene;
  if (step < 0 || step >= colours.length || at < 0 || at >= order.length) return null;
  return { unit: order[at], step };
}

/**
 * Bring a row and a column into view.
 * @param {number | null} unit
 * @param {number | null} step
 */
function reveal(unit, step) {
  if (!shown || !isThere()) return;
  const at = unit === null ? -1 : shown.scene.order.indexOf(unit);
  if (at >= 0) {
    const top = at * shown.row;
    const room = axis().clientHeight - part("word-heads").offsetHeight - shown.row;
    if (top < axis().scrollTop) axis().scrollTop = top;
    else if (top > axis().scrollTop + room) axis().scrollTop = top - room;
  }
  if (step === null) return;
  const room = axis().clientWidth - part("step-names").offsetWidth;
  const left = step * shown.column;
  if (left < axis().scrollLeft || left > axis().scrollLeft + room - shown.column) {
    axis().scrollLeft = left - room / 2;
  }
}

const observer = new ResizeObserver(settle);

/** Take up the heatmap's element of a page that was just built. */
export function open() {
  shown = null;
  observer.disconnect();
  observer.observe(axis());
}

/** Follow the state. */
export function start() {
  subscribeDrawn(["scene"], ({ scene }) => draw(scene));
  subscribeDrawn(
    ["scene", "sequence", "unit", "from", "to", "threshold", "edges", "without", "open", "dragged", "hovered", "hoveredWord"],
    (state) => mark(marksOf(state), state.tones),
  );
  subscribeDrawn(["loaded"], ({ unit, open: opened, from }) => reveal(unit, opened?.first ?? from));
  subscribeDrawn(["revealed"], ({ revealed }) => revealed && reveal(revealed.unit, revealed.step));
}

/** Return the number of heatmaps that were drawn anew. */
export const getCount = () => count;
export const getShown = () => shown;
