// The canvas above the map: trajectories, rings, labels and the step under the cursor. Drawing it
// never touches the map below, and the map's own redraws only move it.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const counters = { draws: 0, segments: 0, labels: 0, hiddenLabels: 0, pictures: 0 };
  const ARROW_FROM = 26; // pixels of a segment that is long enough for an arrowhead
  const FONT = "600 12px Inter, system-ui, sans-serif";

  // Scenes drawn: { x, y, colours, path, widths, words, name, order, picture } of a sequence, or
  // null; `order` is that in which the layer read the steps, `picture` what they are the rows of.
  const scenes = { pinned: null, main: null };
  let lit = null; // { which, step, segment } under the cursor, or chosen
  let spotted = null; // { x, y, text } of a state of no scene
  let labels = []; // { x, y, text, before }
  let outline = null; // corners in pixels of the brush that is being drawn
  let style = { width: 2.25 };

  const canvas = () => document.getElementById("map-overlay");

  function tones() {
    const computed = getComputedStyle(document.documentElement);
    const tone = (name) => computed.getPropertyValue(name).trim();
    return {
      ground: tone("--map-ground"),
      veil: tone("--map-veil"),
      ink: tone("--ink"),
      muted: tone("--ink-muted"),
      accent: tone("--accent"),
      after: tone("--label-after"),
      before: tone("--label-before"),
    };
  }

  function draw() {
    const element = canvas();
    if (!element) return;
    const { pen, width, height } = stateline.pure.penOf(element);
    counters.draws += 1;
    const before = counters.labels;
    paint(pen, width, height);
    if (counters.labels !== before) document.dispatchEvent(new Event("stateline:labels"));
  }

  // The whole overlay into any pen with a canvas' methods.
  function paint(pen, width, height) {
    Object.assign(counters, { segments: 0, labels: 0, hiddenLabels: 0, pictures: 0 });
    const place = stateline.map.place();
    if (!place) return;
    const tone = tones();
    if (scenes.main) {
      pen.fillStyle = tone.veil;
      pen.fillRect(0, 0, width, height);
    }
    const spots = Object.fromEntries(
      Object.entries(scenes).map(([which, scene]) => [which, scene && spotsOf(scene, place)]),
    );
    const taken = [];
    for (const which of ["pinned", "main"]) {
      if (scenes[which]) trajectory(pen, scenes[which], spots[which], tone, which === "pinned");
    }
    if (lit && spots[lit.which]?.[lit.step]) highlight(pen, spots[lit.which], tone, width, taken);
    if (spotted) spotlight(pen, place, tone, width, taken);
    for (const which of ["main", "pinned"]) {
      if (scenes[which]) ends(pen, scenes[which], spots[which], tone, width, taken, which);
    }
    for (const which of ["main", "pinned"]) {
      if (scenes[which]?.picture) picture(pen, scenes[which], spots, tone, { width, height }, taken, which);
    }
    writeLabels(pen, place, tone, width, height, taken);
    if (outline) contour(pen, tone);
  }

  const toPixels = (place, x, y) => [x * place[0] + place[1], y * place[2] + place[3]];
  const spotsOf = (scene, place) => scene.x.map((x, t) => toPixels(place, x, scene.y[t]));

  function trajectory(pen, scene, spots, tone, pinned) {
    pen.lineCap = "round";
    pen.lineJoin = "round";
    const widest = style.width * Math.max(1, ...(scene.widths ?? [1]));
    // A casing in the ground's colour keeps crossing segments apart.
    pen.strokeStyle = tone.ground;
    pen.lineWidth = widest + 2.25;
    pen.beginPath();
    spots.forEach(([x, y], t) => (t ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
    pen.setLineDash(pinned ? [6, 5] : []);
    for (let i = 1; i < spots.length; i += 1) {
      const [from, to] = [scene.order[i - 1], scene.order[i]];
      pen.strokeStyle = scene.path[from];
      pen.lineWidth = style.width * (scene.widths ? scene.widths[to] : 1);
      pen.beginPath();
      pen.moveTo(...spots[from]);
      pen.lineTo(...spots[to]);
      pen.stroke();
      arrow(pen, spots[from], spots[to], scene.path[from]);
      counters.segments += 1;
    }
    pen.setLineDash([]);
    const radius = Math.max(2, Math.min(4, style.width + 0.75));
    spots.forEach(([x, y], t) => disc(pen, x, y, radius, scene.colours[t], tone.ground, 1));
  }

  function arrow(pen, [fromX, fromY], [toX, toY], colour) {
    const [across, along] = [toX - fromX, toY - fromY];
    const length = Math.hypot(across, along);
    if (length < ARROW_FROM) return;
    const [unitX, unitY] = [across / length, along / length];
    const [tipX, tipY] = [fromX + across * 0.58, fromY + along * 0.58];
    pen.fillStyle = colour;
    pen.beginPath();
    pen.moveTo(tipX, tipY);
    pen.lineTo(tipX - unitX * 8 - unitY * 4.5, tipY - unitY * 8 + unitX * 4.5);
    pen.lineTo(tipX - unitX * 8 + unitY * 4.5, tipY - unitY * 8 - unitX * 4.5);
    pen.fill();
  }

  function disc(pen, x, y, radius, fill, line, width) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    if (fill) {
      pen.fillStyle = fill;
      pen.fill();
    }
    if (line) {
      pen.strokeStyle = line;
      pen.lineWidth = width;
      pen.stroke();
    }
  }

  // The start's ring is grey, the end's in full ink; where they fall together both stay visible.
  function ends(pen, scene, spots, tone, width, taken, which) {
    const [start, end] = [spots[scene.order[0]], spots[scene.order.at(-1)]];
    const name = scenes.pinned && scenes.main ? ` ${scene.name}` : "";
    pen.setLineDash(which === "pinned" ? [3, 3] : []);
    disc(pen, ...start, 7.5, null, tone.ground, 5);
    disc(pen, ...start, 7.5, null, tone.muted, 2.5);
    disc(pen, ...end, 10, null, tone.ground, 5);
    disc(pen, ...end, 10, null, tone.ink, 2.5);
    pen.setLineDash([]);
    write(pen, start, `start${name}`, tone.muted, tone, width, taken, start === end ? 1 : -1);
    write(pen, end, `end${name}`, tone.ink, tone, width, taken, 1);
  }

  // What a sequence is a picture of, beside its end.
  function picture(pen, scene, spots, tone, frame, taken, which) {
    const end = spots[which][scene.order.at(-1)];
    const all = Object.values(spots).flatMap((each) => each ?? []);
    const { ground, muted: edge } = tone;
    const look = { colour: scene.colours.at(-1), edge, ground, dashed: which === "pinned" };
    if (stateline.ending.draw(pen, scene.picture, end, all, taken, frame, look)) counters.pictures += 1;
  }

  // The step under the cursor; of a segment both ends.
  function highlight(pen, spots, tone, width, taken) {
    const { which, step, segment } = lit;
    const scene = scenes[which];
    const [x, y] = spots[step];
    const before = scene.order[scene.order.indexOf(step) - 1];
    if (segment && before !== undefined) {
      pen.strokeStyle = tone.ink;
      pen.lineWidth = style.width * (scene.widths ? scene.widths[step] : 1) + 3;
      pen.beginPath();
      pen.moveTo(...spots[before]);
      pen.lineTo(x, y);
      pen.stroke();
      pen.strokeStyle = scene.path[before];
      pen.lineWidth -= 3;
      pen.stroke();
      disc(pen, ...spots[before], 6, scene.colours[before], tone.ink, 2);
    }
    disc(pen, x, y, 8, scene.colours[step], tone.ground, 3);
    disc(pen, x, y, 10, null, tone.ink, 2);
    if (step !== 0 && step !== spots.length - 1) {
      write(pen, spots[step], scene.words[step], tone.ink, tone, width, taken, 1);
    }
  }

  function spotlight(pen, place, tone, width, taken) {
    const at = toPixels(place, spotted.x, spotted.y);
    disc(pen, ...at, 7, null, tone.ground, 5);
    disc(pen, ...at, 7, null, tone.ink, 2);
    write(pen, at, spotted.text, tone.ink, tone, width, taken, 1);
  }

  // A text that is always written, beside its place or, where another one stands there, above or
  // below; what it covers is taken for labels.
  function write(pen, [x, y], text, colour, tone, width, taken, side) {
    pen.font = FONT;
    const long = pen.measureText(text).width;
    const reach = long + 18;
    const right = side > 0 ? x + reach < width : x - reach < 0;
    const left = right ? x + 15 : x - 15 - long;
    const boxes = [0, -17, 17].map((down) => [left, y + down - 8, left + long, y + down + 8]);
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

  // Labels that find a free place, the strongest first; the others are counted.
  function writeLabels(pen, place, tone, width, height, taken) {
    pen.font = FONT;
    for (const { t, x, y, text, before } of labels) {
      const [px, py] = toPixels(place, x, y);
      if (lit?.which === "main" && t === lit.step) {
        counters.labels += 1; // Its word is written there already.
        continue;
      }
      if (px < 0 || py < 0 || px > width || py > height) continue;
      const box = freePlace(px, py, pen.measureText(text).width, width, taken);
      if (!box) {
        counters.hiddenLabels += 1;
        continue;
      }
      taken.push(box);
      const colour = before ? tone.before : tone.after;
      disc(pen, px, py, 3.5, colour, tone.ground, 1.5);
      stamp(pen, text, box[0], (box[1] + box[3]) / 2, colour, tone);
      counters.labels += 1;
    }
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

  function contour(pen, tone) {
    pen.strokeStyle = tone.accent;
    pen.lineWidth = 1.75;
    pen.setLineDash([5, 4]);
    pen.beginPath();
    outline.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    pen.stroke();
    pen.setLineDash([]);
  }

  // Redraw with the map: after it was drawn, and on each frame of a pan or zoom.
  function attach() {
    const plot = stateline.map.plot();
    if (!plot?.on) return false;
    if (!plot.statelineOverlay) {
      plot.statelineOverlay = true;
      const follow = () => {
        stateline.brush.draw();
        draw();
      };
      plot.on("plotly_afterplot", follow);
      plot.on("plotly_relayouting", follow);
      plot.on("plotly_relayout", () => {
        follow();
        document.getElementById("map-reset").hidden = plot._fullLayout.xaxis.autorange !== false;
      });
    }
    return true;
  }

  // Where a step lies in the frame, in pixels; null before anything is drawn.
  function spot(t, which = "main") {
    const place = stateline.map.place();
    const scene = scenes[which];
    return scene && place ? toPixels(place, scene.x[t], scene.y[t]) : null;
  }

  // { which, step, segment } of a trajectory under a place of the frame, or null: a state, else
  // the segment that leads to a state.
  function under(px, py, reach) {
    const place = stateline.map.place();
    if (!place) return null;
    for (const which of ["main", "pinned"]) {
      const scene = scenes[which];
      if (!scene) continue;
      const step = stateline.pure.nearest(scene.x, scene.y, place, px, py, reach);
      if (step >= 0) return { which, step, segment: false };
    }
    for (const which of ["main", "pinned"]) {
      if (!scenes[which]) continue;
      const spots = spotsOf(scenes[which], place);
      const { order } = scenes[which];
      const found = stateline.pure.nearestSegment(order.map((t) => spots[t]), px, py, reach / 2);
      if (found > 0) return { which, step: order[found], segment: true };
    }
    return null;
  }

  function set(change) {
    return (value) => {
      change(value);
      draw();
    };
  }

  stateline.overlay = {
    attach,
    draw,
    paint,
    spot,
    under,
    counters,
    show: (which, scene) => {
      scenes[which] = scene;
      draw();
    },
    mark: set((next) => (lit = next)),
    spotAt: set((next) => (spotted = next)),
    label: set((next) => (labels = next)),
    outline: set((next) => (outline = next)),
    style: set((next) => (style = next)),
  };

  document.addEventListener("stateline:theme", draw);
})();
