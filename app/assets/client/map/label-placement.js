// @ts-check
// Candidate places of the texts on the overlay, off the tools that lie on the map. Places are in
// pixels of the frame; a box is [left, top, right, bottom].

import { FONT, meets, placeLabels, writeLabel } from "../lib/labels.js";

/** @import { Box } from "../lib/labels.js" */
/** @typedef {[number, number]} Spot */

// From the map's coordinates to pixels; `place` is [scale, shift] of x, then of y.
/** @type {(place: number[], x: number, y: number) => Spot} */
export const toPixels = (place, x, y) => [x * place[0] + place[1], y * place[2] + place[3]];

// What lies on the frame: the tools and the line of the legend, and the handles of the side
// columns, a little below the middle since the handles' own column is longer than the frame.
const TOOLS = 400;
const HANDLE = 18;
export function furniture({ width, height }) {
  const [top, bottom] = [height / 2 - 25, height / 2 + 90];
  return [
    [width - TOOLS, 0, width, 44],
    [0, height - 26, width, height],
    [0, top, HANDLE, bottom],
    [width - HANDLE, top, width, bottom],
  ];
}

// A text that is always written, beside its place or, where something stands there, above, below
// or on the other side; what it covers is taken for labels.
export function write(context, [x, y], text, colour, tone, frame, taken, side) {
  context.font = FONT;
  const long = context.measureText(text).width;
  const sides = side > 0 ? [x + 15, x - 15 - long] : [x - 15 - long, x + 15];
  const boxes = sides.flatMap((left) =>
    [0, -17, 17, -34, 34, -51, 51].map((down) => /** @type {Box} */ ([left, y + down - 8, left + long, y + down + 8])),
  );
  const busy = furniture(frame);
  const inside = boxes.filter((each) => within(each, frame) && !busy.some((other) => meets(other, each)));
  const [box] = placeLabels([{ boxes: inside.length ? inside : [boxes[0]], always: true }], taken);
  writeLabel(context, text, box[0], (box[1] + box[3]) / 2, colour, tone.ground);
}

/** @type {(box: number[], frame: { width: number, height: number }) => boolean} */
const within = ([left, top, right, bottom], { width, height }) =>
  left > 3 && right < width - 3 && top > 1 && bottom < height - 1;

// Boxes for a text near its point that lie within the frame, the wished places first.
export function boxesBeside(x, y, long, frame) {
  const places = [
    [x + 7, y - 8],
    [x - 7 - long, y - 8],
    [x - long / 2, y - 22],
    [x - long / 2, y + 6],
  ];
  return places
    .map(([left, top]) => /** @type {Box} */ ([left, top, left + long, top + 16]))
    .filter((box) => within(box, frame));
}
