// @ts-check
// Many points at once: split by colour, thinned evenly, or written as pixels.

// Rows of the points a bin, as one typed array a bin, plus their coordinates.
export function splitBins(bins, x, y, count, rows = null) {
  const total = rows ? rows.length : bins.length;
  const sizes = new Uint32Array(count);
  for (let i = 0; i < total; i += 1) sizes[bins[rows ? rows[i] : i]] += 1;
  const parts = Array.from(sizes, (size) => ({
    x: new Float32Array(size),
    y: new Float32Array(size),
    rows: new Int32Array(size),
  }));
  const filled = new Uint32Array(count);
  for (let i = 0; i < total; i += 1) {
    const row = rows ? rows[i] : i;
    const part = parts[bins[row]];
    const at = filled[bins[row]];
    filled[bins[row]] += 1;
    part.x[at] = x[row];
    part.y[at] = y[row];
    part.rows[at] = row;
  }
  return parts;
}

// Write round dots of the points that pass (null: all) into the pixels of an image (columns x rows).
export function dots(pixels, columns, rows, { x, y, bins, passes, colours, place, radius }) {
  const [scaleX, shiftX, scaleY, shiftY] = place;
  const reach = Math.ceil(radius);
  const spans = [];
  for (let down = -reach; down <= reach; down += 1) {
    const square = (radius + 0.25) ** 2 - down * down;
    if (square >= 0) spans.push([down, Math.floor(Math.sqrt(square))]);
  }
  for (let i = 0; i < x.length; i += 1) {
    if (passes && !passes[i]) continue;
    const column = Math.round(x[i] * scaleX + shiftX);
    const row = Math.round(y[i] * scaleY + shiftY);
    if (column < reach || row < reach || column >= columns - reach || row >= rows - reach) continue;
    const colour = colours[bins[i]];
    for (const [down, half] of spans) {
      const middle = (row + down) * columns + column;
      pixels.fill(colour, middle - half, middle + half + 1);
    }
  }
}

// `count` of `total` rows, evenly spaced; the server picks the states it sends the same way.
export function evenly(total, count) {
  return Int32Array.from({ length: count }, (_, i) => Math.floor((i * total) / count));
}
