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

  // The segment nearest to (px, py), as the step it leads to; -1 where none is within reach.
  function nearestSegment(spots, px, py, reach) {
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
  const toData = ([scaleX, shiftX, scaleY, shiftY], [px, py]) => [
    (px - shiftX) / scaleX,
    (py - shiftY) / scaleY,
  ];

  // A colour as one little-endian RGBA number, as ImageData holds it.
  function pixel(colour) {
    const [red, green, blue] = channels(colour);
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  }

  // Write round dots of the points that pass (null: all) into the pixels of an image (columns x rows).
  function dots(pixels, columns, rows, { x, y, bins, passes, colours, place, radius }) {
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

  // A canvas cleared and ready to draw on in the page's pixels.
  function penOf(element) {
    const { clientWidth: width, clientHeight: height } = element;
    const ratio = globalThis.devicePixelRatio || 1;
    if (element.width !== Math.round(width * ratio)) element.width = Math.round(width * ratio);
    if (element.height !== Math.round(height * ratio)) element.height = Math.round(height * ratio);
    const pen = element.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    return { pen, width, height, ratio };
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

  // The states that a projection shows: an entry of facts.layers.
  function measuredOf(facts, projection) {
    const { layer } = facts.projections.find(({ id }) => id === projection);
    return facts.layers.find(({ key }) => key === layer);
  }

  // The step that a layer had read just before step `t` of `count`; -1 where that was its first.
  const readBefore = ({ backward }, t, count) => (backward ? (t + 1 < count ? t + 1 : -1) : t - 1);

  // All steps in the order in which a layer read them.
  const readingOrder = ({ backward }, count) =>
    Array.from({ length: count }, (_, i) => (backward ? count - 1 - i : i));

  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const thousands = (number) => number.toLocaleString("en-GB");
  // With its sign, and a minus as wide as a plus.
  const signed = (value, digits = 2) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;

  // What an address holds of a typed text: app/selection.py and app/gate.py refuse longer ones.
  const LONGEST_TEXT = 1_500; // characters
  const LONGEST_WRITTEN = 2_500; // of the text as an address writes it

  function textInAddress(text) {
    const written = new URLSearchParams({ text }).toString();
    return text.length <= LONGEST_TEXT && written.length <= LONGEST_WRITTEN ? text : "";
  }

  // A selection as its address says it: every value as text.
  const ADDRESS = {
    projection: String,
    colour: String,
    sequence: String,
    text: textInAddress,
    step: String,
    pinned: String,
    filters: (filters) => (filters.length ? JSON.stringify(filters) : ""),
    labels: (kinds) => kinds.join(","),
    distance: String,
    confidence: String,
    order: String,
    class: String,
    bars: String,
  };

  // The query of an address: what differs from the run's defaults only.
  function query(selection, defaults) {
    const parts = new URLSearchParams();
    for (const [key, written] of Object.entries(ADDRESS)) {
      const text = selection[key] === null ? "" : written(selection[key]);
      const usual = defaults[key] === null ? "" : written(defaults[key]);
      if (text !== usual) parts.set(key, text);
    }
    const text = parts.toString();
    return text ? `?${text}` : "";
  }

  // The selection of an address that `query` wrote; what was not written is the default.
  function selectionOf(search, defaults) {
    const parts = new URLSearchParams(search);
    const read = (key, from) => (parts.has(key) ? from(parts.get(key)) : defaults[key]);
    return {
      projection: read("projection", String),
      colour: read("colour", String),
      sequence: read("sequence", Number),
      text: read("text", String),
      step: read("step", Number),
      pinned: read("pinned", Number),
      filters: read("filters", (text) => (text ? JSON.parse(text) : [])),
      labels: read("labels", (text) => (text ? text.split(",") : [])),
      distance: read("distance", Number),
      confidence: read("confidence", Number),
      order: read("order", String),
      class: read("class", Number),
      bars: read("bars", String),
    };
  }

  // The grid's sort model as the data route reads it.
  const sortText = (model) => (model ?? []).map(({ colId, sort }) => `${colId}:${sort}`).join(",");

  // A text of the page, safe inside markup and attributes.
  const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => ENTITIES[letter]);

  stateline.pure = {
    contrast,
    dots,
    escape,
    evenly,
    ink,
    measuredOf,
    mix,
    nearest,
    nearestSegment,
    offsetsOf,
    penOf,
    percent,
    pixel,
    query,
    readBefore,
    readingOrder,
    selectionOf,
    signed,
    sortText,
    splitBins,
    stepColour,
    stepOfRow,
    thousands,
    toData,
  };
})();
