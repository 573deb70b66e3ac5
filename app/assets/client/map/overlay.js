// @ts-check
// The canvas above the map: trajectories, rings, labels and the step under the cursor. Drawing it
// never touches the map below, and the map's own redraws only move it.

import { contextOf } from "../lib/canvas.js";
import { nearest, nearestSegment } from "../lib/geometry.js";
import { FONT, placeLabels, writeLabel } from "../lib/labels.js";
import { tone } from "../lib/theme.js";
import { boxesBeside, furniture, toPixels, write } from "./label-placement.js";
import * as map from "./map.js";
import * as trajectoryInset from "./trajectory-inset.js";
import * as trajectoryPath from "./trajectory.js";
import { disc } from "./trajectory.js";

const NONE = { segments: 0, long: 0, short: 0, turnings: 0, labels: 0, hiddenLabels: 0, pictures: 0 };
export const counters = { draws: 0, ...NONE };

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

function currentTones() {
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

// What other views draw here, among the trajectories:
//   marks     what they mark; returns the boxes that the marks cover
//   markName  the name of the one under the cursor
//   clusters  names of clusters, at places that nothing else has taken
/** @type {Record<"marks" | "markName" | "clusters", (...asked: any[]) => any>} */
let painters = { marks: () => [], markName() {}, clusters() {} };
export const connect = (those) => (painters = those);

let held = 0; // changes that are being made, one within another; drawn once after the last
let waiting = false;

export function draw() {
  waiting = held > 0;
  const element = canvas();
  if (held || !element) return;
  const { context, width, height } = contextOf(element);
  counters.draws += 1;
  const before = told();
  paint(context, width, height);
  if (told() !== before) document.dispatchEvent(new Event("stateline:counted"));
}

// Changes that belong together, drawn once.
export function together(change) {
  held += 1;
  try {
    change();
  } finally {
    held -= 1;
    if (waiting && !held) draw();
  }
}

// The whole overlay into any context with a canvas' methods.
export function paint(context, width, height) {
  Object.assign(counters, NONE);
  const place = map.place();
  if (!place) return;
  const tones = currentTones();
  if (scenes.main) {
    context.fillStyle = tones.veil;
    context.fillRect(0, 0, width, height);
  }
  const spots = Object.fromEntries(
    Object.entries(scenes).map(([which, scene]) => [which, scene && spotsOf(scene, place)]),
  );
  const frame = { width, height };
  const drawn = ["main", "pinned"].filter((which) => scenes[which]);
  // Marks first: no text is written under one, and each finds its place beside them.
  for (const which of drawn.toReversed()) trajectory(context, scenes[which], spots[which], tones, which === "pinned");
  const here = lit && spots[lit.which]?.[lit.step] ? lit : null;
  const taken = here ? highlight(context, spots[here.which], tones) : [];
  for (const which of drawn) taken.push(...rings(context, scenes[which], spots[which], tones, which));
  const other = spotted && toPixels(place, spotted.x, spotted.y);
  if (other) taken.push(ring(context, other, 7, tones.ink, tones));
  taken.push(...painters.marks(context, place, tones));
  if (here) nameLit(context, spots[here.which], tones, frame, taken);
  if (other) write(context, other, spotted.text, tones.ink, tones, frame, taken, 1);
  for (const which of drawn) nameRings(context, scenes[which], spots[which], tones, frame, taken, which);
  for (const which of drawn) {
    if (scenes[which].picture) picture(context, scenes[which], spots, tones, frame, taken, which);
  }
  painters.markName(context, place, tones, frame, taken);
  const clusters = (avoid) => painters.clusters(context, { place, width, height }, tones, avoid, Boolean(scenes.main));
  if (!scenes.main) clusters(taken);
  writeLabels(context, place, tones, frame, taken);
  // Beside a trajectory clusters come last, and only where nothing else is.
  if (scenes.main) clusters([...taken, ...Object.values(spots).flatMap((some) => (some ?? []).map((at) => around(at, 6)))]);
  if (outline) contour(context, tones);
}

/** @type {(spot: number[], reach: number) => number[]} */
const around = ([x, y], reach) => [x - reach, y - reach, x + reach, y + reach];
const spotsOf = (scene, place) => scene.x.map((x, t) => toPixels(place, x, scene.y[t]));

function trajectory(context, scene, spots, { ground }, pinned) {
  trajectoryPath.draw(context, scene, spots, { ground, pinned, width: style.width });
  const { long, short } = trajectoryPath.counts(scene.stretch);
  counters.segments += Math.max(0, spots.length - 1);
  counters.long += long;
  counters.short += short;
}

// A ring with a rim in the ground's colour; returns what it covers.
function ring(context, at, radius, colour, { ground }, dashes = []) {
  context.setLineDash(dashes);
  disc(context, ...at, radius, null, ground, 5);
  disc(context, ...at, radius, null, colour, 2.5);
  context.setLineDash([]);
  return around(at, radius + 2);
}

const endsOf = (scene, spots) => [spots[scene.order[0]], spots[scene.order.at(-1)]];

// The start's ring is grey, the end's in full ink; where they fall together both stay visible. The
// turning point of a sequence classified wrongly is framed as its word is.
function rings(context, scene, spots, tones, which) {
  const [start, end] = endsOf(scene, spots);
  const dashes = which === "pinned" ? [3, 3] : [];
  const boxes = [ring(context, start, 7.5, tones.muted, tones, dashes), ring(context, end, 10, tones.ink, tones, dashes)];
  if (scene.turning !== null) {
    boxes.push(ring(context, spots[scene.turning], 7.5, tones.wrong, tones));
    counters.turnings += 1;
  }
  return boxes;
}

function nameRings(context, scene, spots, tones, frame, taken, which) {
  const [start, end] = endsOf(scene, spots);
  const name = scenes.pinned && scenes.main ? ` ${scene.name}` : "";
  write(context, start, `start${name}`, tones.muted, tones, frame, taken, start === end ? 1 : -1);
  write(context, end, `end${name}`, tones.ink, tones, frame, taken, 1);
  const shown = lit?.which === which && lit.step === scene.turning; // its word is written there
  if (scene.turning === null || shown) return;
  write(context, spots[scene.turning], scene.words[scene.turning], tones.wrong, tones, frame, taken, 1);
}

// What a sequence is a picture of, beside its end.
function picture(context, scene, spots, tones, frame, taken, which) {
  const end = spots[which][scene.order.at(-1)];
  const all = Object.values(spots).flatMap((each) => each ?? []);
  const { ground, muted: edge } = tones;
  const look = { colour: scene.colours.at(-1), edge, ground, dashed: which === "pinned" };
  if (trajectoryInset.draw(context, scene.picture, end, all, taken, frame, look)) counters.pictures += 1;
}

// The step under the cursor; of a segment both ends. Returns what it covers.
function highlight(context, spots, tones) {
  const { which, step, segment } = lit;
  const scene = scenes[which];
  const [x, y] = spots[step];
  const before = scene.order[scene.order.indexOf(step) - 1];
  if (segment && before !== undefined) {
    context.strokeStyle = tones.ink;
    context.lineWidth = style.width * (scene.widths ? scene.widths[step] : 1) + 3;
    context.beginPath();
    context.moveTo(...spots[before]);
    context.lineTo(x, y);
    context.stroke();
    context.strokeStyle = scene.path[before];
    context.lineWidth -= 3;
    context.stroke();
    disc(context, ...spots[before], 6, scene.colours[before], tones.ink, 2);
  }
  disc(context, x, y, 8, scene.colours[step], tones.ground, 3);
  disc(context, x, y, 10, null, tones.ink, 2);
  return [around([x, y], 11)];
}

function nameLit(context, spots, tones, frame, taken) {
  const { which, step } = lit;
  if (step === 0 || step === spots.length - 1) return;
  write(context, spots[step], scenes[which].words[step], tones.ink, tones, frame, taken, 1);
}

// Labels that find a free place, the strongest first; the others are counted.
function writeLabels(context, place, tones, frame, taken) {
  context.font = FONT;
  const wanted = [];
  for (const { t, x, y, text, before } of labels) {
    const [px, py] = toPixels(place, x, y);
    if (lit?.which === "main" && t === lit.step) {
      counters.labels += 1; // Its word is written there already.
      continue;
    }
    if (px < 0 || py < 0 || px > frame.width || py > frame.height) continue;
    wanted.push({ px, py, text, before, boxes: boxesBeside(px, py, context.measureText(text).width, frame) });
  }
  for (const [i, box] of placeLabels(wanted, taken, furniture(frame)).entries()) {
    if (!box) {
      counters.hiddenLabels += 1;
      continue;
    }
    const { px, py, text, before } = wanted[i];
    const colour = before ? tones.before : tones.after;
    disc(context, px, py, 3.5, colour, tones.ground, 1.5);
    writeLabel(context, text, box[0], (box[1] + box[3]) / 2, colour, tones.ground);
    counters.labels += 1;
  }
}

function contour(context, tones) {
  context.strokeStyle = tones.accent;
  context.lineWidth = 1.75;
  context.setLineDash([5, 4]);
  context.beginPath();
  outline.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
  context.stroke();
  context.setLineDash([]);
}

// Where a step lies in the frame, in pixels; null before anything is drawn.
export function spot(t, which = "main") {
  const place = map.place();
  const scene = scenes[which];
  return scene && place ? toPixels(place, scene.x[t], scene.y[t]) : null;
}

// { which, step, segment } of a trajectory under a place of the frame, or null: a state, else
// the segment that leads to a state.
export function under(px, py, reach) {
  const place = map.place();
  if (!place) return null;
  for (const which of ["main", "pinned"]) {
    const scene = scenes[which];
    if (!scene) continue;
    const step = nearest(scene.x, scene.y, place, px, py, reach);
    if (step >= 0) return { which, step, segment: false };
  }
  for (const which of ["main", "pinned"]) {
    if (!scenes[which]) continue;
    const spots = spotsOf(scenes[which], place);
    const { order } = scenes[which];
    const found = nearestSegment(order.map((t) => spots[t]), px, py, reach / 2);
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

document.addEventListener("stateline:theme", draw);

export const show = (which, scene) => {
  scenes[which] = scene;
  draw();
};

export const mark = set((next) => (lit = next));

export const spotAt = set((next) => (spotted = next));

export const label = set((next) => (labels = next));

export const setOutline = set((next) => (outline = next));

export const setStyle = set((next) => (style = next));
