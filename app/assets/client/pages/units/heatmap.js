// The heatmap of the Units page: a row a unit, a column a step, under the words of the sequence.
// Cells are drawn once into a small image and stretched; what is lit is drawn on a canvas above.

import { contextOf } from "../../lib/canvas.js";
import { pixel } from "../../lib/colour.js";
import { headsMarkup, layout } from "../../lib/step-columns.js";
import { tone } from "../../lib/theme.js";
import * as arithmetic from "./arithmetic.js";

const ROWS = [5, 26]; // pixels of a row, at least and at the most
const NUMBERED = 10; // pixels of a row that has room for its number
const LABEL = 34; // pixels of the numbers, left of the cells
const BAR = 40; // pixels of the bars beside them

let shown = null; // { scene, column, row, width, height }
const axis = () => document.getElementById("units-axis");
const part = (name) => axis()?.querySelector(`.${name}`);

// Colours of both ends and of 0, as the theme has them.
function tones(scene) {
  const { low, high } = scene.ends ?? { low: tone("--unit-low"), high: tone("--unit-high") };
  return { low, high, middle: tone("--unit-middle"), ink: tone("--ink"), muted: tone("--ink-muted"), accent: tone("--accent"), soft: tone("--accent-soft"), surface: tone("--surface") };
}

// scene: { sequence, colours, units, order, values } and how they look: cells of `end` and -end have
// the colours `ends` (null: those of h), bars of `amount` those of `sides` by the sign of `total`
// (null: neither side)
export function draw(scene) {
  axis().innerHTML =
    `<div class="step-track"><div class="word-heads">${headsMarkup(scene.sequence, scene.colours)}</div>` +
    `<div class="step-grid"><div class="step-names"><canvas class="units-rows"></canvas></div>` +
    `<div class="units-plot" tabindex="0" role="img" aria-label="Heatmap of the units: arrow keys up and ` +
    `down choose a unit, left and right move the span of steps, with shift its end">` +
    `<canvas class="units-cells"></canvas><canvas class="units-marks"></canvas></div></div></div>`;
  shown = { scene };
  settle();
}

// The same sequence with other values or rows.
export function redraw(scene) {
  shown = { ...shown, scene };
  paint();
}

// What depends on the room.
function settle() {
  if (!shown || !part("step-names")) return; // the page was built anew, or left
  const { scene } = shown;
  const steps = scene.colours.length;
  const names = part("step-names").offsetWidth;
  const laid = layout(steps, axis().clientWidth - names - 2, false);
  axis().dataset.heads = String(laid.heads);
  const longest = Math.max(...scene.sequence.steps.surface.map((word) => word.length));
  axis().style.setProperty("--head", `${Math.min(66, 12 + 7 * longest)}px`);
  axis().style.setProperty("--column", `${laid.column.toFixed(2)}px`);
  shown = { ...shown, column: laid.column, width: laid.column * steps };
  part("step-track").style.width = `${names + shown.width}px`;
  paint();
}

function paint() {
  const { scene } = shown;
  const room = axis().clientHeight - part("word-heads").offsetHeight - 16;
  const row = Math.min(ROWS[1], Math.max(ROWS[0], Math.floor(room / scene.order.length)));
  shown = { ...shown, row, height: row * scene.order.length };
  const size = `width:${shown.width}px;height:${shown.height}px`;
  part("units-plot").style.cssText = size;
  part("units-rows").style.cssText = `width:${BAR + LABEL}px;height:${shown.height}px`;
  cells();
  mark(shown.marks ?? {});
}

function cells() {
  const { scene, width, height } = shown;
  const steps = scene.colours.length;
  const small = document.createElement("canvas");
  [small.width, small.height] = [steps, scene.order.length];
  const context = small.getContext("2d");
  const image = context.createImageData(steps, scene.order.length);
  const pixels = new Uint32Array(image.data.buffer);
  const colour = palette(tones(scene));
  scene.order.forEach((unit, row) => {
    for (let t = 0; t < steps; t += 1) {
      pixels[row * steps + t] = colour(scene.values[t * scene.units + unit] / scene.end);
    }
  });
  context.putImageData(image, 0, 0);
  const large = contextOf(part("units-cells")).context;
  large.imageSmoothingEnabled = false;
  large.drawImage(small, 0, 0, width, height);
}

// Colours of the shares from -1 to 1 in steps: mixing one a cell would take long.
const SHADES = 128;
function palette(ends) {
  const shades = Array.from({ length: 2 * SHADES + 1 }, (_, i) =>
    pixel(arithmetic.diverging(i - SHADES, SHADES, ends)),
  );
  return (share) => shades[Math.round(SHADES * Math.min(1, Math.max(-1, share))) + SHADES];
}

// Numbers of the rows, where they have room or are lit, and a bar each for what orders them.
function rows({ unit, stretches = [], word, hover }, look) {
  const { scene, row } = shown;
  const { context } = contextOf(part("units-rows"));
  const most = Math.max(...scene.amount) || 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const lit = stretches.flatMap((stretch) => stretch.lit);
  scene.order.forEach((each, at) => {
    const top = at * row;
    const moved = word?.includes(each);
    if (moved) {
      context.fillStyle = look.soft;
      context.fillRect(0, top, BAR + LABEL, row);
    }
    const bar = (BAR - 4) * (scene.amount[each] / most);
    const { low, high } = scene.sides ?? { low: look.muted, high: look.muted };
    context.fillStyle = scene.total[each] < 0 ? low : high;
    context.fillRect(BAR - bar, top + row * 0.15, bar, Math.max(1, row * 0.7));
    const strong = each === unit || each === hover?.unit || moved || lit.includes(each);
    if (row < NUMBERED && !strong) return;
    if (row < NUMBERED && each !== unit && each !== hover?.unit) {
      context.fillStyle = look.accent; // no room for its number: a dash says that it is lit
      context.fillRect(BAR + LABEL - 8, top, 6, Math.max(1, row - 1));
      return;
    }
    context.font = `${strong ? 650 : 400} ${Math.min(11, Math.max(9.5, row - 1))}px Inter, sans-serif`;
    context.fillStyle = moved ? look.accent : strong ? look.ink : look.muted;
    context.fillText(String(each), BAR + LABEL - 3, top + row / 2);
  });
}

// Light units and steps without touching the cells.
// marks: { unit, stretches, word, hover: { unit, step } }, of which `stretches` are the span and what
// is opened, { from, to, lit, opened } with the units that are on, and `word` the units that it moves
export function mark(marks) {
  if (!shown || !part("units-marks")) return;
  shown.marks = marks;
  const { scene, column, row, width, height } = shown;
  const look = tones(scene);
  const { context } = contextOf(part("units-marks"));
  const { unit = null, stretches = [], word = null, hover = null } = marks;
  const place = new Map(scene.order.map((each, at) => [each, at * row]));
  if (word?.length) veil(context, word, look);
  for (const each of stretches) frame(context, each, place, look);
  context.strokeStyle = look.ink;
  if (place.has(unit)) {
    context.lineWidth = 2;
    context.strokeRect(1, place.get(unit), width - 2, row);
  }
  if (hover) {
    context.lineWidth = 1;
    context.strokeRect(0.5, place.get(hover.unit) + 0.5, width - 1, row - 1);
    context.strokeRect(hover.step * column, 0.5, column, height - 1);
  }
  rows(marks, look);
  for (const head of axis().querySelectorAll(".word-head")) {
    const t = Number(head.dataset.t);
    const within = (opened) =>
      stretches.some((each) => Boolean(each.opened) === opened && t >= each.from && t <= each.to);
    head.classList.toggle("lit", t === hover?.step);
    head.classList.toggle("brushed", within(false));
    head.classList.toggle("opened", within(true));
  }
}

// Pale all rows but those of some units, which are framed; neighbours together, as rows may be thin.
function veil(context, units, look) {
  const { scene, row, width } = shown;
  context.fillStyle = look.surface;
  context.globalAlpha = 0.72;
  context.strokeStyle = look.accent;
  context.lineWidth = 1.5;
  const lit = scene.order.map((each) => units.includes(each));
  lit.forEach((on, at) => {
    if (!on) context.fillRect(0, at * row, width, row);
  });
  context.globalAlpha = 1;
  lit.forEach((on, at) => {
    if (on !== (lit[at - 1] ?? false)) line(context, 0, at * row, width, at * row);
  });
  if (lit.at(-1)) line(context, 0, lit.length * row - 1, width, lit.length * row - 1);
}

// A stretch of steps between two lines, and the units in it that are on. The shade is faint, as the
// cells are read through it.
function frame(context, { from, to, lit, opened }, place, look) {
  const { column, row, height } = shown;
  const wide = (to - from + 1) * column;
  context.globalAlpha = 0.08;
  context.fillStyle = look.ink;
  context.fillRect(from * column, 0, wide, height);
  context.globalAlpha = 1;
  context.strokeStyle = opened ? look.accent : look.ink;
  context.lineWidth = opened ? 3 : 2;
  for (const at of [from, to + 1]) line(context, at * column, 0, at * column, height);
  context.strokeStyle = look.ink;
  context.lineWidth = 1.25;
  for (const each of lit.filter((one) => place.has(one))) {
    context.strokeRect(from * column, place.get(each) + 0.5, wide, row - 1);
  }
}

function line(context, x, y, toX, toY) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

// The unit and the step under a place of the window; null where there is none.
export function under({ clientX, clientY }) {
  const plot = part("units-plot");
  if (!shown || !plot) return null;
  const { left, top } = plot.getBoundingClientRect();
  const step = Math.floor((clientX - left) / shown.column);
  const at = Math.floor((clientY - top) / shown.row);
  const { order, colours } = shown.scene;
  if (step < 0 || step >= colours.length || at < 0 || at >= order.length) return null;
  return { unit: order[at], step };
}

// Bring a row and a column into view.
export function reveal(unit, step = null) {
  const at = shown ? shown.scene.order.indexOf(unit) : -1;
  const heads = part("word-heads")?.offsetHeight ?? 0;
  if (at >= 0) {
    const top = at * shown.row;
    const room = axis().clientHeight - heads - shown.row;
    if (top < axis().scrollTop) axis().scrollTop = top;
    else if (top > axis().scrollTop + room) axis().scrollTop = top - room;
  }
  if (step === null || !shown) return;
  const room = axis().clientWidth - part("step-names").offsetWidth;
  const left = step * shown.column;
  if (left < axis().scrollLeft || left > axis().scrollLeft + room - shown.column) {
    axis().scrollLeft = left - room / 2;
  }
}

const observer = new ResizeObserver(settle);

// A page that was built anew has a new axis.
export function open() {
  shown = null;
  observer.disconnect();
  observer.observe(axis());
}

export const getShown = () => shown;
