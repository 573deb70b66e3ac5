// The canvas above the map: trajectory, rings and the step under the cursor. Drawing it never
// touches the map below, and the map's own redraws only move it.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const counters = { draws: 0, segments: 0, labels: 0 };
  const ARROW_FROM = 26; // pixels of a segment that is long enough for an arrowhead

  let scene = null; // { x, y, colours, words } of the sequence shown
  let step = null;

  const canvas = () => document.getElementById("map-overlay");

  function context() {
    const element = canvas();
    const { clientWidth: width, clientHeight: height } = element;
    const ratio = globalThis.devicePixelRatio || 1;
    if (element.width !== Math.round(width * ratio)) element.width = Math.round(width * ratio);
    if (element.height !== Math.round(height * ratio)) element.height = Math.round(height * ratio);
    const pen = element.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    return { pen, width, height };
  }

  function tones() {
    const style = getComputedStyle(document.documentElement);
    const tone = (name) => style.getPropertyValue(name).trim();
    return {
      ground: tone("--map-ground"),
      veil: tone("--map-veil"),
      ink: tone("--ink"),
      muted: tone("--ink-muted"),
    };
  }

  function draw() {
    if (!canvas()) return;
    const { pen, width, height } = context();
    counters.draws += 1;
    counters.segments = 0;
    counters.labels = 0;
    const place = stateline.map.place();
    if (!scene || !place) return;
    const tone = tones();
    pen.fillStyle = tone.veil;
    pen.fillRect(0, 0, width, height);
    const spots = scene.x.map((_, t) => spot(t));
    trajectory(pen, spots, tone);
    if (step !== null && spots[step]) highlight(pen, spots, tone);
    ends(pen, spots, tone, width);
  }

  function trajectory(pen, spots, tone) {
    pen.lineCap = "round";
    pen.lineJoin = "round";
    // A casing in the ground's colour keeps crossing segments apart.
    pen.strokeStyle = tone.ground;
    pen.lineWidth = 4.5;
    pen.beginPath();
    spots.forEach(([x, y], t) => (t ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.stroke();
    pen.lineWidth = 2.25;
    for (let t = 1; t < spots.length; t += 1) {
      pen.strokeStyle = scene.colours[t - 1];
      pen.beginPath();
      pen.moveTo(...spots[t - 1]);
      pen.lineTo(...spots[t]);
      pen.stroke();
      arrow(pen, spots[t - 1], spots[t], scene.colours[t - 1]);
      counters.segments += 1;
    }
    spots.forEach(([x, y], t) => disc(pen, x, y, 3, scene.colours[t], tone.ground, 1));
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
  function ends(pen, spots, tone, width) {
    const last = spots.length - 1;
    disc(pen, ...spots[0], 7.5, null, tone.ground, 5);
    disc(pen, ...spots[0], 7.5, null, tone.muted, 2.5);
    disc(pen, ...spots[last], 10, null, tone.ground, 5);
    disc(pen, ...spots[last], 10, null, tone.ink, 2.5);
    label(pen, spots[0], "start", tone.muted, tone, width, last ? -1 : 1);
    label(pen, spots[last], "end", tone.ink, tone, width, 1);
  }

  function highlight(pen, spots, tone) {
    const [x, y] = spots[step];
    disc(pen, x, y, 8, scene.colours[step], tone.ground, 3);
    disc(pen, x, y, 10, null, tone.ink, 2);
    if (step !== 0 && step !== spots.length - 1) {
      label(pen, spots[step], scene.words[step], tone.ink, tone, canvas().clientWidth, 1);
    }
  }

  function label(pen, [x, y], text, colour, tone, width, side) {
    pen.font = "600 12px Inter, system-ui, sans-serif";
    pen.textBaseline = "middle";
    const reach = pen.measureText(text).width + 18;
    const right = side > 0 ? x + reach < width : x - reach < 0;
    pen.textAlign = right ? "left" : "right";
    pen.lineWidth = 4;
    pen.strokeStyle = tone.ground;
    const at = x + (right ? 15 : -15);
    pen.strokeText(text, at, y);
    pen.fillStyle = colour;
    pen.fillText(text, at, y);
    counters.labels += 1;
  }

  // Redraw with the map: after it was drawn, and on each frame of a pan or zoom.
  function attach() {
    const plot = stateline.map.plot();
    if (!plot?.on) return false;
    if (!plot.statelineOverlay) {
      plot.statelineOverlay = true;
      plot.on("plotly_afterplot", draw);
      plot.on("plotly_relayouting", draw);
      plot.on("plotly_relayout", () => {
        draw();
        document.getElementById("map-reset").hidden = plot._fullLayout.xaxis.autorange !== false;
      });
    }
    return true;
  }

  // Where a step lies in the frame, in pixels; null before anything is drawn.
  function spot(t) {
    const place = stateline.map.place();
    if (!scene || !place) return null;
    return [scene.x[t] * place[0] + place[1], scene.y[t] * place[2] + place[3]];
  }

  // The step of the trajectory under a place of the frame, or null.
  function stepAt(px, py, reach) {
    const place = stateline.map.place();
    if (!scene || !place) return null;
    const found = stateline.pure.nearest(scene.x, scene.y, place, px, py, reach);
    return found < 0 ? null : found;
  }

  stateline.overlay = {
    attach,
    draw,
    spot,
    stepAt,
    counters,
    show(next) {
      scene = next;
      draw();
    },
    mark(t) {
      step = t;
      draw();
    },
  };

  document.addEventListener("stateline:theme", draw);
})();
