// @ts-check
// Names of words and marks of words on a canvas above the plot.

import { tone } from "../../lib/theme.js";

/** @import { Facts, Points } from "./types" */

/**
 * The drawing area of the plot, in pixels of its frame.
 * @typedef {{ left: number, right: number, top: number, bottom: number }} Box
 */
/** @typedef {[x: number, y: number]} Spot */

const FONT = "600 12px Inter, system-ui, sans-serif";
const MAX_NAMES = 10; // at either end

/**
 * Return the words whose names may be written, the most important first: at either end the strongest
 * and those that are strong for how often they occur, then the most frequent.
 * @param {Points} points
 */
export function namedWords({ effect, count }) {
  const rows = Array.from(effect, (_, i) => i);
  /**
   * @param {number[]} list
   * @param {(i: number) => number} size
   * @param {number} most
   */
  const largest = (list, size, most) => list.toSorted((a, b) => size(b) - size(a)).slice(0, most);
  const ends = [rows.filter((i) => effect[i] > 0), rows.filter((i) => effect[i] < 0)];
  const strong = ends.flatMap((end) => [
    ...largest(end, (i) => Math.abs(effect[i]), 4),
    ...largest(end, (i) => Math.abs(effect[i]) * Math.sqrt(count[i]), MAX_NAMES),
  ]);
  return [...new Set([...strong, ...largest(rows, (i) => count[i], 4)])];
}

/**
 * @param {Spot} spot
 * @param {Box} frame
 */
const isWithin = ([x, y], { left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom;

/**
 * Draw names and marks; a name is left out where it would meet another.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} frame
 * @param {{ facts: Facts, points: Points, spot: (i: number) => Spot, names: number[], chosen: number, hovered: number }} words
 *   chosen, hovered: -1 for none
 */
export function drawNames(context, frame, { facts, points, spot, names, chosen, hovered }) {
  /** @type {Box[]} */
  const taken = [];
  const marked = [chosen, hovered].filter((i, n, all) => i >= 0 && all.indexOf(i) === n);
  for (const i of marked) {
    if (!isWithin(spot(i), frame)) continue;
    drawMark(context, spot(i), facts.classes[points.class[i]].colour, i === chosen ? 7 : 6);
    writeName(context, spot(i), points.phrase[i], { frame, taken, colour: tone("--ink"), always: true });
  }
  for (const i of names) {
    if (marked.includes(i) || !isWithin(spot(i), frame)) continue;
    writeName(context, spot(i), points.phrase[i], { frame, taken, colour: tone("--ink-soft"), always: false });
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Spot} spot
 * @param {string} colour
 * @param {number} radius
 */
function drawMark(context, [x, y], colour, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.lineWidth = 2.5;
  context.strokeStyle = tone("--ink");
  context.stroke();
}

/**
 * Write a name beside its point.
 * @param {CanvasRenderingContext2D} context
 * @param {Spot} spot
 * @param {string} text
 * @param {{ frame: Box, taken: Box[], colour: string, always: boolean }} options
 *   taken: boxes of the names written before; always: whether it may meet one of them
 */
function writeName(context, [x, y], text, { frame, taken, colour, always }) {
  context.font = FONT;
  context.textBaseline = "middle";
  const wide = context.measureText(text).width;
  const left = x + 9 + wide > frame.right ? x - 9 - wide : x + 9;
  const box = { left: left - 2, right: left + wide + 2, top: y - 8, bottom: y + 8 };
  const meets = (/** @type {Box} */ other) =>
    box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top;
  if (!always && taken.some(meets)) return;
  taken.push(box);
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = tone("--surface");
  context.strokeText(text, left, y);
  context.fillStyle = colour;
  context.fillText(text, left, y);
}
