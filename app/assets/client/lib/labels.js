// @ts-check
// Labels on a canvas: where each finds a place, and how it is written.

/** @typedef {[left: number, top: number, right: number, bottom: number]} Box in pixels of the canvas */

export const FONT = "600 12px Inter, system-ui, sans-serif";

/** @type {(one: number[], other: number[]) => boolean} */
export const meets = ([a, b, c, d], [left, top, right, bottom]) =>
  a < right && c > left && b < bottom && d > top;

/**
 * Return the box of each label, the first labels first: of its candidates the first that meets none of
 * `taken` and `blocked`. Where there is none, null; of a label that is always written, its first candidate.
 * @param {{ boxes: Box[], always?: boolean }[]} labels
 * @param {number[][]} taken boxes that labels keep off; those of the placed labels are added
 * @param {number[][]} [blocked] further boxes that they keep off
 * @returns {(Box | null)[]}
 */
export function placeLabels(labels, taken, blocked = []) {
  return labels.map(({ boxes, always }) => {
    const isFree = (/** @type {Box} */ box) => ![...taken, ...blocked].some((other) => meets(other, box));
    const box = boxes.find(isFree) ?? (always ? boxes[0] : null);
    if (box) taken.push(box);
    return box;
  });
}

/**
 * Write a text with a rim in the ground's colour.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} left
 * @param {number} middle
 * @param {string} colour
 * @param {string} ground
 */
export function writeLabel(context, text, left, middle, colour, ground) {
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = ground;
  context.strokeText(text, left, middle);
  context.fillStyle = colour;
  context.fillText(text, left, middle);
}
