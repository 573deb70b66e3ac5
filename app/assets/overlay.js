// The canvas above the map: trajectories, rings, labels and the step under the cursor. Drawing it
// never touches the map below, and the map's own redraws only move it.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const NONE = { segments: 0, long: 0, short: 0, turnings: 0, labels: 0, hiddenLabels: 0, pictures: 0 };
  const counters = { draws: 0, ...NONE };

  // Scenes drawn: { x, y, colours, path, widths, words, name, order, picture, stretch, turning } of a
  // sequence, or null; `order` is that in which the layer read the steps, `picture` what they are the
  // rows of, `stretch` how much too long each segment is, `turning` its turning point.
  const scenes = { pinned: null, main: null };
  let lit = null; // { which, step, segment } under the cursor, or chosen
  let spotted = null; // { x, y, text } of a state of no scene
  let labels = []; // { x, y, text, before }
  let outline = null; // corners in pixels of the brush that is being drawn
  let style = { width: 2.25 };

  const canvas = () => document.getElementById("map-overlay");

  function tones() {
    const { tone } = stateline.theme;
    return {
      ground: tone("--map-ground"),
      veil: tone("--map-veil"),
      ink: tone("--ink"),
      muted: tone("--ink-muted"),
      wrong: tone("--wrong"),
      accent: tone("--accent"),
      after: tone("--label-after"),
      before: tone("--label-before"),
    };
  }

  // What the legend says of the overlay.
  const told = () => [counters.labels, counters.long, counters.short].join(" ");

  let held = false; // several changes are being made, drawn once after the last
  let waiting = false;

  function draw() {
    waiting = held;
    const element = canvas();
    if (held || !element) return;
    const { pen, width, height } = stateline.pure.penOf(element);
    counters.draws += 1;
    const before = told();
    paint(pen, width, height);
    if (told() !== before) document.dispatchEvent(new Event("stateline:counted"));
  }

  // Changes that belong together, drawn once.
  function together(change) {
    held = true;
    try {
      change();
    } finally {
      held = false;
      if (waiting) draw();
    }
  }

  // The whole overlay into any pen with a canvas' methods.
  function paint(pen, width, height) {
    Object.assign(counters, NONE);
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
    const frame = { width, height };
    const drawn = ["main", "pinned"].filter((which) => scenes[which]);
    // Marks first: no text is written under one, and each finds its place beside them.
    for (const which of drawn.toReversed()) trajectory(pen, scenes[which], spots[which], tone, which === "pinned");
    const here = lit && spots[lit.which]?.[lit.step] ? lit : null;
    const taken = here ? highlight(pen, spots[here.which], tone) : [];
    for (const which of drawn) taken.push(...rings(pen, scenes[which], spots[which], tone, which));
    const other = spotted && toPixels(place, spotted.x, spotted.y);
    if (other) taken.push(ring(pen, other, 7, tone.ink, tone));
    taken.push(...stateline.neighbours.paint(pen, place, tone));
    if (here) nameLit(pen, spots[here.which], tone, frame, taken);
    if (other) write(pen, other, spotted.text, tone.ink, tone, frame, taken, 1);
    for (const which of drawn) nameRings(pen, scenes[which], spots[which], tone, frame, taken, which);
    for (const which of drawn) {
      if (scenes[which].picture) picture(pen, scenes[which], spots, tone, frame, taken, which);
    }
    stateline.neighbours.writeLit(pen, place, tone, frame, taken);
    const clusters = (avoid) => stateline.clusters.paint(pen, { place, width, height }, tone, avoid, Boolean(scenes.main));
    if (!scenes.main) clusters(taken);
    writeLabels(pen, place, tone, frame, taken);
    // Beside a trajectory clusters come last, and only where nothing else is.
    if (scenes.main) clusters([...taken, ...Object.values(spots).flatMap((some) => (some ?? []).map((at) => around(at, 6)))]);
    if (outline) contour(pen, tone);
  }

  const around = ([x, y], reach) => [x - reach, y - reach, x + reach, y + reach];
  const spotsOf = (scene, place) => scene.x.map((x, t) => toPixels(place, x, scene.y[t]));

  // The other files of strokes are loaded after this one.
  const disc = (...circle) => stateline.trajectory.disc(...circle);
  const toPixels = (...place) => stateline.strokes.toPixels(...place);
  const write = (...text) => stateline.strokes.write(...text);

  function trajectory(pen, scene, spots, { ground }, pinned) {
    stateline.trajectory.draw(pen, scene, spots, { ground, pinned, width: style.width });
    const { long, short } = stateline.trajectory.counts(scene.stretch);
    counters.segments += Math.max(0, spots.length - 1);
    counters.long += long;
    counters.short += short;
  }

  // A ring with a rim in the ground's colour; returns what it covers.
  function ring(pen, at, radius, colour, { ground }, dashes = []) {
    pen.setLineDash(dashes);
    disc(pen, ...at, radius, null, ground, 5);
    disc(pen, ...at, radius, null, colour, 2.5);
    pen.setLineDash([]);
    return around(at, radius + 2);
  }

  const endsOf = (scene, spots) => [spots[scene.order[0]], spots[scene.order.at(-1)]];

  // The start's ring is grey, the end's in full ink; where they fall together both stay visible. The
  // turning point of a sequence classified wrongly is framed as its word is.
  function rings(pen, scene, spots, tone, which) {
    const [start, end] = endsOf(scene, spots);
    const dashes = which === "pinned" ? [3, 3] : [];
    const boxes = [ring(pen, start, 7.5, tone.muted, tone, dashes), ring(pen, end, 10, tone.ink, tone, dashes)];
    if (scene.turning !== null) {
      boxes.push(ring(pen, spots[scene.turning], 7.5, tone.wrong, tone));
      counters.turnings += 1;
    }
    return boxes;
  }

  function nameRings(pen, scene, spots, tone, frame, taken, which) {
    const [start, end] = endsOf(scene, spots);
    const name = scenes.pinned && scenes.main ? ` ${scene.name}` : "";
    write(pen, start, `start${name}`, tone.muted, tone, frame, taken, start === end ? 1 : -1);
    write(pen, end, `end${name}`, tone.ink, tone, frame, taken, 1);
    const shown = lit?.which === which && lit.step === scene.turning; // its word is written there
    if (scene.turning === null || shown) return;
    write(pen, spots[scene.turning], scene.words[scene.turning], tone.wrong, tone, frame, taken, 1);
  }

  // What a sequence is a picture of, beside its end.
  function picture(pen, scene, spots, tone, frame, taken, which) {
    const end = spots[which][scene.order.at(-1)];
    const all = Object.values(spots).flatMap((each) => each ?? []);
    const { ground, muted: edge } = tone;
    const look = { colour: scene.colours.at(-1), edge, ground, dashed: which === "pinned" };
    if (stateline.ending.draw(pen, scene.picture, end, all, taken, frame, look)) counters.pictures += 1;
  }

  // The step under the cursor; of a segment both ends. Returns what it covers.
  function highlight(pen, spots, tone) {
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
    return [around([x, y], 11)];
  }

  function nameLit(pen, spots, tone, frame, taken) {
    const { which, step } = lit;
    if (step === 0 || step === spots.length - 1) return;
    write(pen, spots[step], scenes[which].words[step], tone.ink, tone, frame, taken, 1);
  }

  // Labels that find a free place, the strongest first; the others are counted.
  function writeLabels(pen, place, tone, frame, taken) {
    const { freePlace, stamp, FONT } = stateline.strokes;
    pen.font = FONT;
    for (const { t, x, y, text, before } of labels) {
      const [px, py] = toPixels(place, x, y);
      if (lit?.which === "main" && t === lit.step) {
        counters.labels += 1; // Its word is written there already.
        continue;
      }
      if (px < 0 || py < 0 || px > frame.width || py > frame.height) continue;
      const box = freePlace(px, py, pen.measureText(text).width, frame, taken);
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
    together,
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
