// @ts-check
// A trajectory on the map: one segment per step with its arrowhead, one dot per state. A map keeps neighbours
// together, not lengths: a segment whose length is far from what its distance says is drawn so.

const ARROW_FROM = 26; // pixels of a segment that is long enough for an arrowhead
const TIMES = 3; // from so many times too long, or too short, a segment is drawn apart
const PINNED = [6, 5];

// "long" or "short" of a segment that is drawn much longer, or shorter, than its distance says.
export function misdrawn(stretch) {
  if ((stretch ?? null) === null || Math.abs(stretch) < Math.log2(TIMES)) return null;
  return stretch > 0 ? "long" : "short";
}

// How many segments of either kind a trajectory has: { long, short }.
export function counts(stretch) {
  const kinds = (stretch ?? []).map(misdrawn);
  const of = (kind) => kinds.filter((each) => each === kind).length;
  return { long: of("long"), short: of("short") };
}

// A segment's length on the map against its distance, in words; null where nothing says it.
export function lengthLine(stretch) {
  if ((stretch ?? null) === null) return null;
  return `drawn ${(2 ** stretch).toFixed(stretch < 0 ? 2 : 1)} times as long as its distance says`;
}

// One line of the legend; nothing where every segment is drawn about as long as it should.
export function legendLine({ long, short }) {
  const of = (count, look, wrong) =>
    count ? [`${look}: ${count} ${count === 1 ? "segment" : "segments"} over ${TIMES} times too ${wrong}`] : [];
  return [...of(long, "dotted", "long"), ...of(short, "double", "short")].join(", ");
}

export function draw(context, scene, spots, { ground, pinned, width }) {
  context.lineCap = "round";
  context.lineJoin = "round";
  const widest = width * Math.max(1, ...(scene.widths ?? [1]));
  // A casing in the ground's colour keeps crossing segments apart.
  context.strokeStyle = ground;
  context.lineWidth = widest + 2.25;
  context.beginPath();
  spots.forEach(([x, y], t) => (t ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  for (let i = 1; i < scene.order.length; i += 1) {
    const [from, to] = [scene.order[i - 1], scene.order[i]];
    const look = { colour: scene.path[from], ground, pinned, width: width * (scene.widths?.[to] ?? 1) };
    segment(context, spots[from], spots[to], misdrawn(scene.stretch?.[to]), look);
    arrow(context, spots[from], spots[to], scene.path[from]);
  }
  const radius = Math.max(2, Math.min(4, width + 0.75));
  spots.forEach(([x, y], t) => disc(context, x, y, radius, scene.colours[t], ground, 1));
}

// Too long: dots, pulled apart. Too short: a double line, pressed together.
function segment(context, from, to, wrong, { colour, ground, pinned, width }) {
  const dashes = pinned ? PINNED : [];
  context.setLineDash(wrong === "long" ? [0.1, 2.2 * width + 1.5] : dashes);
  if (wrong === "short") line(context, from, to, colour, width + 3.5);
  line(context, from, to, wrong === "short" ? ground : colour, wrong === "short" ? Math.max(1.5, width - 0.5) : width);
  context.setLineDash([]);
}

function line(context, from, to, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

function arrow(context, [fromX, fromY], [toX, toY], colour) {
  const [across, along] = [toX - fromX, toY - fromY];
  const length = Math.hypot(across, along);
  if (length < ARROW_FROM) return;
  const [unitX, unitY] = [across / length, along / length];
  const [tipX, tipY] = [fromX + across * 0.58, fromY + along * 0.58];
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(tipX, tipY);
  context.lineTo(tipX - unitX * 8 - unitY * 4.5, tipY - unitY * 8 + unitX * 4.5);
  context.lineTo(tipX - unitX * 8 + unitY * 4.5, tipY - unitY * 8 - unitX * 4.5);
  context.fill();
}

export function disc(context, x, y, radius, fill, edge, width) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  if (fill) {
    context.fillStyle = fill;
    context.fill();
  }
  if (edge) {
    context.strokeStyle = edge;
    context.lineWidth = width;
    context.stroke();
  }
}
