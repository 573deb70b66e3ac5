// @ts-check
// Names of words and marks of words on a canvas above the plot.

import { FONT, placeLabels, writeLabel } from "../../lib/labels.js";
import { tone } from "../../lib/theme.js";

/** @import { Box } from "../../lib/labels.js" */
/** @import { Facts, Points } from "./types" */

/**
 * The drawing area of the plot, in pixels of its frame.
 * @typedef {{ left: number, right: number, top: number, bottom: number }} Frame
 */
/** @typedef {[x: number, y: number]} Spot */

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
 * @param {Frame} frame
 */
const isWithin = ([x, y], { left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom;

/**
 * Draw names and marks; a name is left out where it would meet another.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {{ facts: Facts, points: Points, spot: (i: number) => Spot, names: number[], chosen: number, hovered: number }} words
 *   chosen, hovered: -1 for none
 */
export function drawNames(context, frame, { facts, points, spot, names, chosen, hovered }) {
  const marked = [chosen, hovered].filter((i, n, all) => i >= 0 && all.indexOf(i) === n);
  const others = names.filter((i) => !marked.includes(i));
  const rows = [...marked, ...others].filter((i) => isWithin(spot(i), frame));
  context.font = FONT;
  const labels = rows.map((i) => ({
    boxes: [boxOf(spot(i), context.measureText(points.phrase[i]).width, frame)],
    always: marked.includes(i),
  }));
  for (const [n, box] of placeLabels(labels, []).entries()) {
    if (!box) continue;
    const i = rows[n];
    const isMarked = labels[n].always;
    if (isMarked) drawMark(context, spot(i), facts.classes[points.class[i]].colour, i === chosen ? 7 : 6);
    const colour = tone(isMarked ? "--ink" : "--ink-soft");
    writeLabel(context, points.phrase[i], box[0] + 2, spot(i)[1], colour, tone("--surface"));
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
 * Return the box of a name beside its point: on the right, or on the left where the frame ends.
 * @param {Spot} spot
 * @param {number} wide
 * @param {Frame} frame
 * @returns {Box}
 */
function boxOf([x, y], wide, frame) {
  const left = x + 9 + wide > frame.right ? x - 9 - wide : x + 9;
  return [left - 2, y - 8, left + wide + 2, y + 8];
}
