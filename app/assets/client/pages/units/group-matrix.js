// @ts-check
// The matrix of words and units: the mean change of each unit at each word, by group.

import { contextOf } from "../../lib/canvas.js";
import * as rotatedText from "../../export/rotated-text.js";
import { groupsOf } from "./groups.js";

/** @import { LayerData, Tones } from "./types" */

const ROW = 12; // pixels of a word
const NAMES = 92; // pixels of the words, left of the matrix

/** @param {LayerData} data */
function layout(data) {
  const groups = groupsOf(data);
  return { words: groups.flatMap((each) => each.words), units: groups.flatMap((each) => each.units), groups };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {LayerData} data
 * @param {Tones} tones
 * @param {(value: number) => string} paint colour of a change
 * @param {number | null} lit word whose row is named in bold
 */
export function drawMatrix(canvas, data, tones, paint, lit) {
  const { words, units, groups } = layout(data);
  const style = `height:${words.length * ROW}px`;
  if (canvas.style.cssText !== style) canvas.style.cssText = style;
  const { context, width } = contextOf(canvas);
  const cell = (width - NAMES) / units.length;
  context.textAlign = "right";
  context.textBaseline = "middle";
  words.forEach((word, row) => {
    context.fillStyle = word === lit ? tones.ink : tones.muted;
    context.font = `${word === lit ? 650 : 400} 10px Inter, sans-serif`;
    const name = rotatedText.cut(data.words.phrase[word], NAMES - 8, (/** @type {string} */ text) => context.measureText(text));
    context.fillText(name, NAMES - 6, (row + 0.5) * ROW);
    const response = data.words.response[word];
    units.forEach((unit, column) => {
      context.fillStyle = paint(response[unit]);
      context.fillRect(NAMES + column * cell, row * ROW, Math.ceil(cell), ROW - 1);
    });
  });
  context.strokeStyle = tones.ink;
  context.lineWidth = 1;
  let [down, across] = [0, 0];
  for (const { words: rows, units: columns } of groups) {
    context.strokeRect(NAMES + across * cell, down * ROW, columns.length * cell, rows.length * ROW - 1);
    [down, across] = [down + rows.length, across + columns.length];
  }
}

/**
 * Return the word and the unit under the cursor.
 * @param {Element} canvas
 * @param {LayerData} data
 * @param {MouseEvent} event
 */
export function placeUnder(canvas, data, { clientX, clientY }) {
  const { left, top, width } = canvas.getBoundingClientRect();
  const { words, units } = layout(data);
  const row = Math.floor((clientY - top) / ROW);
  const column = Math.floor((clientX - left - NAMES) / ((width - NAMES) / units.length));
  return { word: words[row] ?? null, unit: units[column] ?? null };
}
