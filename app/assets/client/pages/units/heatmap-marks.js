// @ts-check
// Marks on the heatmap: the chosen unit, stretches of steps, the units that a word moves, and the
// numbers and bars of the rows.

/** @import { Marked, Marks, Shown, Tones } from "./types" */

const NUMBERED = 10; // height of a row that has room for its number, in pixels
const LABEL = 34; // width of the numbers, left of the cells
const BAR = 40; // width of the bars beside them
export const NAMES_WIDTH = BAR + LABEL;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Shown} shown
 * @param {Marks} marks
 * @param {Tones} tones
 */
export function drawMarks(context, shown, { unit, stretches, word, hover }, tones) {
  const { scene, column, row, width, height } = shown;
  const tops = new Map(scene.order.map((each, at) => [each, at * row]));
  if (word?.length) drawVeil(context, shown, word, tones);
  for (const each of stretches) drawStretch(context, shown, each, tops, tones);
  context.strokeStyle = tones.ink;
  const chosen = unit === null ? undefined : tops.get(unit);
  if (chosen !== undefined) {
    context.lineWidth = 2;
    context.strokeRect(1, chosen, width - 2, row);
  }
  if (hover) {
    context.lineWidth = 1;
    const top = tops.get(hover.unit);
    if (top !== undefined) context.strokeRect(0.5, top + 0.5, width - 1, row - 1);
    context.strokeRect(hover.step * column, 0.5, column, height - 1);
  }
}

/**
 * Pale all rows but those of some units, and frame these, neighbours together as rows may be thin.
 * @param {CanvasRenderingContext2D} context
 * @param {Shown} shown
 * @param {number[]} units
 * @param {Tones} tones
 */
function drawVeil(context, { scene, row, width }, units, tones) {
  context.fillStyle = tones.surface;
  context.globalAlpha = 0.72;
  context.strokeStyle = tones.accent;
  context.lineWidth = 1.5;
  const lit = scene.order.map((each) => units.includes(each));
  lit.forEach((on, at) => {
    if (!on) context.fillRect(0, at * row, width, row);
  });
  context.globalAlpha = 1;
  lit.forEach((on, at) => {
    if (on !== (lit[at - 1] ?? false)) drawLine(context, 0, at * row, width, at * row);
  });
  if (lit.at(-1)) drawLine(context, 0, lit.length * row - 1, width, lit.length * row - 1);
}

/**
 * Draw a stretch of steps between two lines, and frame the units in it that are on. The shade is
 * faint, as the cells are read through it.
 * @param {CanvasRenderingContext2D} context
 * @param {Shown} shown
 * @param {Marked} stretch
 * @param {Map<number, number>} tops of the rows, by unit
 * @param {Tones} tones
 */
function drawStretch(context, { column, row, height }, { from, to, lit, opened }, tops, tones) {
  const wide = (to - from + 1) * column;
  context.globalAlpha = 0.08;
  context.fillStyle = tones.ink;
  context.fillRect(from * column, 0, wide, height);
  context.globalAlpha = 1;
  context.strokeStyle = opened ? tones.accent : tones.ink;
  context.lineWidth = opened ? 3 : 2;
  for (const step of [from, to + 1]) drawLine(context, step * column, 0, step * column, height);
  context.strokeStyle = tones.ink;
  context.lineWidth = 1.25;
  for (const unit of lit) {
    const top = tops.get(unit);
    if (top !== undefined) context.strokeRect(from * column, top + 0.5, wide, row - 1);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} toX
 * @param {number} toY
 */
function drawLine(context, x, y, toX, toY) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

/**
 * Draw numbers of the rows, where they have room or are lit, and a bar each for its amount.
 * @param {CanvasRenderingContext2D} context
 * @param {Shown} shown
 * @param {Marks} marks
 * @param {Tones} tones
 */
export function drawRows(context, { scene, row }, { unit, stretches, word, hover }, tones) {
  const largest = Math.max(...scene.amount) || 1;
  const sides = scene.sides ?? { low: tones.muted, high: tones.muted };
  const on = stretches.flatMap(({ lit }) => lit);
  context.textAlign = "right";
  context.textBaseline = "middle";
  scene.order.forEach((each, at) => {
    const top = at * row;
    const moved = word?.includes(each) ?? false;
    if (moved) {
      context.fillStyle = tones.soft;
      context.fillRect(0, top, NAMES_WIDTH, row);
    }
    const bar = (BAR - 4) * (scene.amount[each] / largest);
    context.fillStyle = scene.total[each] < 0 ? sides.low : sides.high;
    context.fillRect(BAR - bar, top + row * 0.15, bar, Math.max(1, row * 0.7));
    const chosen = each === unit || each === hover?.unit;
    const lit = chosen || moved || on.includes(each);
    if (row >= NUMBERED || chosen) drawNumber(context, each, { top, row, lit, moved }, tones);
    else if (lit) {
      context.fillStyle = tones.accent; // no room for its number: a dash says that it is lit
      context.fillRect(NAMES_WIDTH - 8, top, 6, Math.max(1, row - 1));
    }
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} unit
 * @param {{ top: number, row: number, lit: boolean, moved: boolean }} look
 * @param {Tones} tones
 */
function drawNumber(context, unit, { top, row, lit, moved }, tones) {
  context.font = `${lit ? 650 : 400} ${Math.min(11, Math.max(9.5, row - 1))}px Inter, sans-serif`;
  context.fillStyle = moved ? tones.accent : lit ? tones.ink : tones.muted;
  context.fillText(String(unit), NAMES_WIDTH - 3, top + row / 2);
}
