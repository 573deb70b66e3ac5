// @ts-check
// The canvas between map and trajectory: what passes the filters, first and last states, density.

import { contextOf } from "../lib/canvas.js";
import { pixel } from "../lib/colour.js";
import { dots as writeDots } from "../lib/points.js";
import { tone } from "../lib/theme.js";
import * as map from "./map.js";

const RING = 4.5;
const REST = 400; // milliseconds

let draws = 0;
let standsIn = false; // all points are drawn here while the map draws them anew
let passes = null; // Uint8Array, 1 for a drawn state that passes; null where all do
let rings = { first: false, last: false };
let ends = { first: [], last: [] }; // indices of drawn states
let lines = []; // of equal density

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

export const getDraws = () => draws;

// The states that stay in full colour, a byte each; null for all.
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

function standIn(now) {
  standsIn = now;
  draw();
}

// Points larger or smaller. This canvas shows it at once; the map itself, which takes long, follows
// when the slider has come to rest.
let resting = null;
export function resize(times) {
  if (!map.enlarge(times)) return;
  standIn(true);
  clearTimeout(resting);
  resting = setTimeout(async () => {
    await map.redrawPoints();
    standIn(false);
  }, REST);
}

document.addEventListener("stateline:theme", draw);
