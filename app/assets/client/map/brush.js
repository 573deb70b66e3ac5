// The canvas between map and trajectory: what passes the filters, first and last states, density.
// And the brushes themselves: a box or a lasso drawn on the map.

import { contextOf } from "../lib/canvas.js";
import { pixel } from "../lib/colour.js";
import { toData as placeToData } from "../lib/geometry.js";
import { evenly, dots as writeDots } from "../lib/points.js";
import { tone } from "../lib/theme.js";
import * as map from "./map.js";
import * as overlay from "./overlay.js";
import * as explore from "../pages/explore/explore.js";
import * as filterBar from "../pages/explore/filter-bar.js";

const RING = 4.5;
const MOST_CORNERS = 100; // an address must hold them

let draws = 0;
let standsIn = false; // all points are drawn here while the map draws them anew
let passes = null; // Uint8Array, 1 for a drawn state that passes; null where all do
let rings = { first: false, last: false };
let ends = { first: [], last: [] }; // indices of drawn states
let lines = []; // of equal density
let tool = "pan";
let corners = null; // pixels, while a brush is drawn

const canvas = () => document.getElementById("map-brush");
let scratchCanvas = null;
const scratch = () => (scratchCanvas ??= document.createElement("canvas"));

export function draw() {
  const element = canvas();
  if (!element) return;
  draws += 1;
  const { context, width, height, ratio } = contextOf(element);
  paint(context, width, height, ratio);
}

// All of it into any context with a canvas' methods; `ratio` pixels to one of the page.
export function paint(context, width, height, ratio) {
  const place = map.place();
  if (!place) return;
  const cover = (name) => {
    context.fillStyle = tone(name);
    context.fillRect(0, 0, width, height);
  };
  if (standsIn) {
    cover("--map-ground");
    dots(context, place, width, height, ratio, null);
  }
  if (passes) {
    cover("--map-veil");
    dots(context, place, width, height, ratio, passes);
  }
  if (lines.length) contours(context, place, tone("--ink"));
  for (const end of ["first", "last"]) {
    if (rings[end]) circle(context, place, ends[end], tone(end === "first" ? "--ink-muted" : "--ink"));
  }
}

// Dots of all states or of some, written as pixels: a call a dot would take ten times as long.
function dots(context, place, width, height, ratio, some) {
  const { points, bins, colours, size } = map.shown();
  const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
  const image = new ImageData(columns, rows);
  writeDots(new Uint32Array(image.data.buffer), columns, rows, {
    x: points.x,
    y: points.y,
    bins,
    passes: some,
    colours: colours.map(pixel),
    place: place.map((part) => part * ratio),
    radius: Math.max(1, (size * ratio) / 2),
  });
  const layer = scratch();
  [layer.width, layer.height] = [columns, rows];
  layer.getContext("2d").putImageData(image, 0, 0);
  context.drawImage(layer, 0, 0, width, height);
}

function contours(context, place, ink) {
  context.strokeStyle = ink;
  context.globalAlpha = 0.6;
  for (const { share, x, y } of lines) {
    context.lineWidth = share <= 0.5 ? 1.5 : 0.9;
    context.beginPath();
    for (let i = 0; i < x.length; i += 1) {
      context[i ? "lineTo" : "moveTo"](x[i] * place[0] + place[1], y[i] * place[2] + place[3]);
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}

function circle(context, place, rows, ink) {
  const { points } = map.shown();
  context.strokeStyle = ink;
  context.lineWidth = 1.5;
  for (const row of rows) {
    if (passes && !passes[row]) continue;
    const [x, y] = [points.x[row] * place[0] + place[1], points.y[row] * place[2] + place[3]];
    context.beginPath();
    context.arc(x, y, RING, 0, 2 * Math.PI);
    context.stroke();
  }
}

// Choose a tool: pan leaves the mouse to the map, box and lasso take it.
function choose(next) {
  tool = next;
  for (const button of document.querySelectorAll("#map-tools [data-tool]")) {
    button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
  }
  document.getElementById("map-frame").dataset.brush = tool;
}

const inFrame = (event) => {
  const frame = document.getElementById("map-frame").getBoundingClientRect();
  return [event.clientX - frame.left, event.clientY - frame.top];
};

// The map underneath must not see what belongs to a brush.
const claim = (event) => {
  event.preventDefault();
  event.stopPropagation();
};

function start(event) {
  if (tool === "pan" || event.button !== 0 || !event.target.closest?.("#map")) return;
  claim(event);
  corners = [inFrame(event)];
}

function extend(event) {
  if (!corners) return;
  claim(event);
  const at = inFrame(event);
  if (tool === "box") corners = [corners[0], at];
  else if (Math.hypot(at[0] - corners.at(-1)[0], at[1] - corners.at(-1)[1]) > 4) corners.push(at);
  overlay.setOutline(tool === "box" ? boxOf(corners) : corners);
}

const boxOf = ([[ax, ay], [bx, by]]) => [
  [ax, ay],
  [bx, ay],
  [bx, by],
  [ax, by],
];

// Coordinates to five digits: finer than any screen, and short in an address.
const toData = (place, corner) =>
  placeToData(place, corner).map((value) => Number(value.toPrecision(5)));

function finish(event) {
  if (!corners) return;
  claim(event);
  const drawn = corners;
  corners = null;
  overlay.setOutline(null);
  const projection = explore.selection().projection;
  const place = map.place();
  if (tool === "box" && drawn.length === 2) {
    const [[ax, ay], [bx, by]] = drawn.map((corner) => toData(place, corner));
    const sorted = (a, b) => [Math.min(a, b), Math.max(a, b)];
    const [[left, right], [bottom, top]] = [sorted(ax, bx), sorted(ay, by)];
    filterBar.add(["box", projection, left, bottom, right, top]);
  } else if (tool === "lasso" && drawn.length > 2) {
    const kept = evenly(drawn.length, Math.min(drawn.length, MOST_CORNERS));
    const flat = Array.from(kept).flatMap((i) => toData(place, drawn[i]));
    filterBar.add(["lasso", projection, ...flat]);
  }
  choose("pan");
}

for (const [name, listen] of [
  ["mousedown", start],
  ["mousemove", extend],
  ["mouseup", finish],
]) {
  document.addEventListener(name, listen, true);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#map-tools [data-tool]");
  if (button) choose(button.dataset.tool === tool ? "pan" : button.dataset.tool);
});

// A brush under way is given up; true where there was one, or a tool other than pan.
export function cancel() {
  const busy = corners !== null || tool !== "pan";
  corners = null;
  overlay.setOutline(null);
  if (tool !== "pan") choose("pan");
  return busy;
}

document.addEventListener("stateline:theme", draw);

export const active = () => tool !== "pan";

export const getDraws = () => draws;

export const setPasses = (row) => !passes || Boolean(passes[row]);

export function standIn(now) {
  standsIn = now;
  draw();
}

export function show(next) {
  passes = next;
  draw();
}

export function setRings(wanted, rows) {
  rings = wanted;
  ends = rows;
  draw();
}

export function density(next) {
  lines = next;
  draw();
}
