// Pure functions that the views share; no page needed, so node tests them as they are.
(() => {
  const stateline = (globalThis.stateline ??= {});

  const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

  // `share` (0 to 1) of the second colour in the first.
  function mix(first, second, share) {
    const [from, to] = [channels(first), channels(second)];
    const mixed = from.map((channel, i) => Math.round(channel + (to[i] - channel) * share));
    return "#" + mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("");
  }

  // Relative luminance, 0 to 1 (WCAG 2.2).
  function luminance(colour) {
    const [red, green, blue] = channels(colour).map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  function contrast(first, second) {
    const [low, high] = [luminance(first), luminance(second)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  // Black or white, whichever reads better: at least 4.5 to 1 on any background.
  function ink(background) {
    const black = contrast(background, "#000000");
    return black >= contrast(background, "#ffffff") ? "#000000" : "#ffffff";
  }

  const PALE = "#e4e7eb";

  // Colour of one step's expected prediction. Two classes: the diverging scale. More: the likeliest
  // class, paler the less sure it is; a tie of all classes still shows a fifth of its colour.
  function stepColour(scale, bin, confidence, classes) {
    const colour = scale.colours[bin];
    if (scale.kind === "ramp") return colour;
    const least = 1 / classes;
    const sure = Math.min(1, Math.max(0, (confidence - least) / (1 - least)));
    return mix(PALE, colour, 0.2 + 0.8 * sure);
  }

  // Rows of the points a bin, as one typed array a bin, plus their coordinates.
  function splitBins(bins, x, y, count, rows = null) {
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

  // Index of the point nearest to (px, py) in pixels, at most `reach` away; -1 where none is.
  // `place` maps coordinates to pixels: [scaleX, shiftX, scaleY, shiftY].
  function nearest(x, y, place, px, py, reach) {
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

  // `count` of `total` rows, evenly spaced; the server picks the states it sends the same way.
  function evenly(total, count) {
    return Int32Array.from({ length: count }, (_, i) => Math.floor((i * total) / count));
  }

  // First row of each sequence, one more entry for the end, from the sequences' lengths.
  function offsetsOf(lengths) {
    const offsets = new Float64Array(lengths.length + 1);
    for (let i = 0; i < lengths.length; i += 1) offsets[i + 1] = offsets[i] + lengths[i];
    return offsets;
  }

  // [sequence, step] of a state's row.
  function stepOfRow(offsets, row) {
    let [low, high] = [0, offsets.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (offsets[middle] <= row) low = middle;
      else high = middle;
    }
    return [low, row - offsets[low]];
  }

  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const thousands = (number) => number.toLocaleString("en-GB");

  // The query of an address: what differs from the run's defaults only.
  function query(selection, defaults) {
    const parts = new URLSearchParams();
    for (const key of ["projection", "colour", "sequence"]) {
      const value = selection[key];
      if (value !== null && value !== defaults[key]) parts.set(key, value);
    }
    const text = parts.toString();
    return text ? `?${text}` : "";
  }

  // The grid's sort model as the data route reads it.
  const sortText = (model) => (model ?? []).map(({ colId, sort }) => `${colId}:${sort}`).join(",");

  // A text of the page, safe inside markup and attributes.
  const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => ENTITIES[letter]);

  stateline.pure = {
    contrast,
    escape,
    evenly,
    ink,
    mix,
    nearest,
    offsetsOf,
    percent,
    query,
    sortText,
    splitBins,
    stepColour,
    stepOfRow,
    thousands,
  };
})();
