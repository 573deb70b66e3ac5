// @ts-check
// The picture at the end of a trajectory: what was read, beside where it led. On the overlay's context.

import { meets } from "../lib/labels.js";

const AWAY = 18; // pixels from the end's middle, beyond its ring
const FRAME = 3; // pixels around a picture
// Pixels along the map's edges, [sides, top and bottom], where its tools and handles are; where
// nothing else is free, a picture may stand there too.
const EDGES = [[20, 46], [2, 2]];

// Where a picture of this size may stand around its end: [left, top], the wished places first.
function places([x, y], width, height) {
  const right = x + AWAY;
  const left = x - AWAY - width;
  const [above, middle, below] = [y - AWAY - height, y - height / 2, y + AWAY];
  return [
    [right, above], [right, below], [left, above], [left, below],
    [x - width / 2, above - 4], [x - width / 2, below + 4], [left, middle],
  ];
}

// [left, top, right, bottom] of the place inside the map that covers the fewest of `spots`, and
// nothing of `taken`; null where there is none.
export function roomFor(end, picture, spots, taken, frame) {
  return EDGES.reduce((found, edge) => found ?? roomInside(edge, end, picture, spots, taken, frame), null);
}

/** @param {number[]} edges */
function roomInside([sides, ends], end, { width, height }, spots, taken, frame) {
  const boxes = places(end, width, height)
    .map(([left, top]) => [left - FRAME, top - FRAME, left + width + FRAME, top + height + FRAME])
    .filter(([left, top, right, bottom]) =>
      left > sides && top > ends && right < frame.width - sides && bottom < frame.height - ends)
    .filter((box) => !taken.some((other) => meets(other, box)));
  /** @type {(box: number[]) => number} */
  const covered = ([left, top, right, bottom]) =>
    spots.filter(([x, y]) => x > left && x < right && y > top && y < bottom).length;
  let best = null;
  for (const box of boxes) {
    const count = covered(box);
    if (!best || count < best.count) best = { box, count };
  }
  return best && best.box;
}

// The picture with a frame in the colour of the last answer, tied to its end; true where it had room.
export function draw(context, picture, end, spots, taken, frame, { colour, edge, ground, dashed }) {
  const box = roomFor(end, picture, spots, taken, frame);
  if (!box) return false;
  const [left, top, right, bottom] = box;
  tie(context, end, box, ground, colour);
  context.fillStyle = ground;
  context.fillRect(left - 2, top - 2, right - left + 4, bottom - top + 4);
  // Cells keep their edges, however far they are enlarged.
  context.imageSmoothingEnabled = false;
  context.drawImage(picture.canvas, left + FRAME, top + FRAME, picture.width, picture.height);
  context.imageSmoothingEnabled = true;
  context.setLineDash(dashed ? [4, 3] : []);
  context.strokeStyle = colour;
  context.lineWidth = FRAME;
  context.strokeRect(left + FRAME / 2, top + FRAME / 2, right - left - FRAME, bottom - top - FRAME);
  context.setLineDash([]);
  // Pale colours need an edge of their own.
  context.strokeStyle = edge;
  context.lineWidth = 1;
  context.strokeRect(left - 0.5, top - 0.5, right - left + 1, bottom - top + 1);
  taken.push(box);
  return true;
}

// A line from the ring to the nearest point of the frame.
/** @param {any} context @param {number[]} end @param {number[]} box @param {string} ground @param {string} colour */
function tie(context, [x, y], [left, top, right, bottom], ground, colour) {
  const [toX, toY] = [Math.min(right, Math.max(left, x)), Math.min(bottom, Math.max(top, y))];
  const far = Math.hypot(toX - x, toY - y);
  const [fromX, fromY] = [x + ((toX - x) * 11) / far, y + ((toY - y) * 11) / far];
  for (const [tone, width] of [[ground, 5], [colour, 2]]) {
    context.strokeStyle = tone;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(fromX, fromY);
    context.lineTo(toX, toY);
    context.stroke();
  }
}
