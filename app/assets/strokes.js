// Texts on the overlay, each with a rim in the ground's colour, placed so that none covers another.
// Places are in pixels of the frame; a box is [left, top, right, bottom].
(() => {
  const stateline = (globalThis.stateline ??= {});
  const FONT = "600 12px Inter, system-ui, sans-serif";

  // From the map's coordinates to pixels; `place` is [scale, shift] of x, then of y.
  const toPixels = (place, x, y) => [x * place[0] + place[1], y * place[2] + place[3]];

  // A text that is always written, beside its place or, where another one stands there, above or
  // below; what it covers is taken for labels.
  function write(pen, [x, y], text, colour, tone, width, taken, side) {
    pen.font = FONT;
    const long = pen.measureText(text).width;
    const reach = long + 18;
    const right = side > 0 ? x + reach < width : x - reach < 0;
    const left = right ? x + 15 : x - 15 - long;
    const boxes = [0, -17, 17, -34, 34].map((down) => [left, y + down - 8, left + long, y + down + 8]);
    const box = boxes.find((each) => !taken.some((other) => meets(other, each))) ?? boxes[0];
    stamp(pen, text, left, (box[1] + box[3]) / 2, colour, tone);
    taken.push(box);
  }

  const meets = ([a, b, c, d], [left, top, right, bottom]) =>
    a < right && c > left && b < bottom && d > top;

  function stamp(pen, text, left, middle, colour, tone) {
    pen.textBaseline = "middle";
    pen.textAlign = "left";
    pen.lineWidth = 4;
    pen.lineJoin = "round";
    pen.strokeStyle = tone.ground;
    pen.strokeText(text, left, middle);
    pen.fillStyle = colour;
    pen.fillText(text, left, middle);
  }

  // [left, top, right, bottom] of a text near its point that meets no other; null where none is.
  function freePlace(x, y, long, width, taken) {
    const places = [
      [x + 7, y - 8],
      [x - 7 - long, y - 8],
      [x - long / 2, y - 22],
      [x - long / 2, y + 6],
    ];
    for (const [left, top] of places) {
      const box = [left, top, left + long, top + 16];
      if (left < 2 || box[2] > width - 2) continue;
      if (!taken.some((other) => meets(other, box))) return box;
    }
    return null;
  }

  stateline.strokes = { FONT, freePlace, meets, stamp, toPixels, write };
})();
