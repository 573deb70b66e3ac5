// @ts-check
// Nearest points and segments, and places of the frame as coordinates.

// Index of the point nearest to (px, py) in pixels, at most `reach` away; -1 where none is.
// `place` maps coordinates to pixels: [scaleX, shiftX, scaleY, shiftY].
export function nearest(x, y, place, px, py, reach) {
  const [scaleX, shiftX, scaleY, shiftY] = place;
  let [best, found] = [reach * reach, -1];
  for (let i = 0; i < x.length; i += 1) {
    const across = x[i] * scaleX + shiftX - px;
    const along = y[i] * scaleY + shiftY - py;
    const square = across * across + along * along;
    if (square <= best) [best, found] = [square, i];
  }
  return found;
}

// The segment nearest to (px, py), as the step it leads to; -1 where none is within reach.
export function nearestSegment(spots, px, py, reach) {
  let [best, found] = [reach, -1];
  for (let t = 1; t < spots.length; t += 1) {
    const [[ax, ay], [bx, by]] = [spots[t - 1], spots[t]];
    const [across, along] = [bx - ax, by - ay];
    const square = across * across + along * along;
    const share = square ? ((px - ax) * across + (py - ay) * along) / square : 0;
    const at = Math.min(1, Math.max(0, share));
    const away = Math.hypot(ax + at * across - px, ay + at * along - py);
    if (away <= best) [best, found] = [away, t];
  }
  return found;
}

// Coordinates of a place of the frame.
export const toData = ([scaleX, shiftX, scaleY, shiftY], [px, py]) => [
  (px - shiftX) / scaleX,
  (py - shiftY) / scaleY,
];
