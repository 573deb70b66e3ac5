// @ts-check
// A numeric series in place of words: the rows of a picture, or a strip with one column per step. Every
// step is a button, as every word is.

import { ink, mix } from "./colour.js";
import { percent, thousands } from "./format.js";
import { escape } from "./html.js";
import { MAX_CURVES } from "./limits.js";
import { drawn } from "./span.js";

export const INK = "#12171d"; // of the largest value, on paper: dark is high in both themes
const PAPER = "#ffffff";
const LANES = [40, 26]; // pixels of a curve, of few and of more
const BETWEEN = 4; // pixels between two curves
const CELL = 11; // pixels of a feature's cells, while all of them have room
const ROOM = 264; // pixels for the cells of very many features
const MAX_VALUES = 8; // features that a tooltip lists; of more, the first ones

export const isSeries = (facts) => facts.kind === "series";
export const stepNoun = (facts) => (isSeries(facts) ? "step" : "word");

// `1 word`, `80 steps`.
export function steps(facts, number) {
  return `${thousands(number)} ${stepNoun(facts)}${number === 1 ? "" : "s"}`;
}

// What a step is called; one without a name of its own by its number.
export function stepName(facts, sequence, t) {
  const name = sequence.steps.surface[t];
  return isSeries(facts) && name === String(t) ? `step ${t}` : name;
}

// A value as people read it.
const plain = (value) => String(Number(value.toPrecision(4)));

// The features that have room in a list of values, and how many are left out.
function listed(facts) {
  const { features } = facts;
  const shown = features.length > MAX_VALUES ? MAX_VALUES - 2 : features.length;
  return { names: features.slice(0, shown).map(({ name }) => name), more: features.length - shown };
}

// A step's name and values in a line.
export function spoken(facts, sequence, t) {
  const { names, more } = listed(facts);
  const values = names.map((name, f) => `${name} ${plain(sequence.steps.values[t][f])}`);
  if (more) values.push(`and ${thousands(more)} more`);
  return `${stepName(facts, sequence, t)}: ${values.join(", ")}`;
}

// 0 at the smallest value, 1 at the largest; values are sent rounded, so they may lie just outside.
export function shareOf(value, { low, high }) {
  return high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0;
}

// One scale for all pixels of a picture.
export const rangeOf = ({ features }) => ({
  low: Math.min(...features.map(({ low }) => low)),
  high: Math.max(...features.map(({ high }) => high)),
});

const short = (number) => Number(number.toFixed(3));

// Rows of pixels from `top` on, a unit each.
function pixels(values, range, top = 0) {
  return values.map((row, r) =>
    row.map((value, f) => {
      const share = short(shareOf(value, range));
      return share ? `<rect x="${f}" y="${top + r}" width="1" height="1" fill-opacity="${share}"/>` : "";
    }).join(""),
  ).join("");
}

const drawing = (kind, width, height, body) =>
  `<svg class="${kind}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" ` +
  `shape-rendering="crispEdges" aria-hidden="true">${body}</svg>`;

function button(facts, sequence, t, kind, colour, body) {
  const turning = t === sequence.facts.turning_step ? " step-turning" : "";
  return (
    `<button type="button" class="series-step ${kind}${turning}" data-t="${t}" tabindex="${t ? -1 : 0}"` +
    ` style="--tone:${colour}" aria-label="${escape(spoken(facts, sequence, t))}">${body}</button>`
  );
}

// Pixels of a side of a picture's cells: whole ones, so that no seam shows between rows.
export const cellSize = (rows, across) =>
  Math.max(2, Math.floor(Math.min(22, 200 / across, 208 / Math.max(1, rows))));

// A picture: its rows stacked, each with its name before it and the answer after it behind it.
function rowsMarkup(facts, sequence, colours) {
  const { values, surface, predicted, confidence } = sequence.steps;
  const across = facts.features.length;
  const { from, to } = drawn(sequence);
  const cell = cellSize(to - from, across);
  const range = rangeOf(facts);
  const rows = values.map((row, t) => {
    const answer = facts.classes[predicted[t]].name;
    const body =
      `<span class="row-name">${escape(surface[t])}</span>` +
      drawing("pixels", across, 1, pixels([row], range)) +
      `<span class="row-answer" style="background:${colours[t]};color:${ink(colours[t])}">` +
      `<span class="row-class">${escape(answer)}</span><span>${percent(confidence[t])}</span></span>`;
    return button(facts, sequence, t, "picture-row", colours[t], body);
  }).slice(from, to);
  const size = `--cell:${cell}px;--across:${across}`;
  return `<div class="picture-rows" data-small="${cell < 14}" style="${size}">${rows.join("")}</div>`;
}

// One step of a feature drawn as a curve: the colour of the answer under it, and the way from the
// step before.
function laneMarkup(value, before, feature, top, lane) {
  const height = lane - BETWEEN;
  const level = (each) => short(top + lane - 1 - (height - 2) * shareOf(each, feature));
  const [y, from] = [level(value), level(Math.min(feature.high, Math.max(feature.low, 0)))];
  const start = before === null ? y : level(before);
  return (
    `<rect class="lane-ground" x="0" y="${top + lane - height}" width="1" height="${height}"/>` +
    `<rect class="lane-fill" x="0" y="${Math.min(y, from)}" width="1" height="${short(Math.abs(y - from))}"/>` +
    `<path class="lane-line" d="M0 ${start}V${y}H1"/>`
  );
}

// How the features of a strip are drawn: pixels each, and all together.
export function laneLayout(count) {
  if (count <= MAX_CURVES) {
    const lane = LANES[count > 4 ? 1 : 0];
    return { curves: true, lane, height: count * lane };
  }
  const lane = Math.max(2, Math.min(CELL, Math.floor(ROOM / count)));
  return { curves: false, lane, height: count * lane };
}

// Any other series: one column per step on the step axis, one lane per feature.
function stripMarkup(facts, sequence, colours) {
  const { features } = facts;
  const { values } = sequence.steps;
  const { from, to } = drawn(sequence);
  const { curves, lane, height } = laneLayout(features.length);
  const columns = values.map((step, t) => {
    const cells = features.map((feature, f) =>
      curves
        ? laneMarkup(step[f], t ? values[t - 1][f] : null, feature, f * lane, lane)
        : `<rect x="0" y="${f * lane}" width="1" height="${lane}" fill-opacity="${short(shareOf(step[f], feature))}"/>`,
    );
    const body = drawing(curves ? "lanes" : "pixels", 1, height, cells.join(""));
    return button(facts, sequence, t, "strip-step", colours[t], body);
  }).slice(from, to);
  const title = ({ name, low, high }) => escape(`${name}: ${plain(low)} to ${plain(high)}`);
  // Names of which every few have no room stand for their neighbours' as well.
  const every = Math.max(1, Math.ceil(CELL / lane));
  const names = features.map((feature, f) =>
    `<span title="${title(feature)}">${f % every ? "" : escape(feature.name)}</span>`,
  );
  return (
    `<div class="step-grid series-strip" style="--lane:${lane}px;--high:${height}px">` +
    `<div class="step-names strip-names">${names.join("")}</div>` +
    `<div class="strip-row">${columns.join("")}</div></div>`
  );
}

// What a tooltip says of a step's values, and of a picture what was read of it so far.
export function valuesMarkup(facts, sequence, t) {
  const { values } = sequence.steps;
  const { names, more } = listed(facts);
  const pairs = names.map((name, f) => `<dt>${escape(name)}</dt><dd>${plain(values[t][f])}</dd>`);
  const rest = more ? `<p>and ${thousands(more)} more</p>` : "";
  const list = `<dl class="tooltip-values">${pairs.join("")}</dl>${rest}`;
  return facts.picture ? soFarMarkup(facts, values, t) + list : list;
}

function soFarMarkup(facts, values, t) {
  const across = facts.features.length;
  const read = pixels(values.slice(0, t + 1), rangeOf(facts));
  const here = `<path class="row-read" d="M0 ${t}H${across}V${t + 1}H0Z"/>`;
  const side = 84 / Math.max(across, values.length);
  const size = `width:${short(side * across)}px;height:${short(side * values.length)}px`;
  return drawing("pixels so-far", across, values.length, read + here).replace("<svg", `<svg style="${size}"`);
}

// A picture as a canvas of its own, in whole pixels a cell, so that it stays sharp wherever it goes.
function canvasOf(values, range, cell) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [values[0].length * cell, values.length * cell];
  const context = canvas.getContext("2d");
  values.forEach((row, r) =>
    row.forEach((value, f) => {
      context.fillStyle = mix(PAPER, INK, shareOf(value, range));
      context.fillRect(f * cell, r * cell, cell, cell);
    }),
  );
  return canvas;
}

// The picture of a whole sequence for the map: { canvas, width, height } in pixels of the page.
export function pictureOf(facts, { values }) {
  const longer = Math.max(values.length, values[0].length);
  const canvas = canvasOf(values, rangeOf(facts), Math.max(1, Math.round(128 / longer)));
  const side = Math.min(8, 64 / longer);
  return { canvas, width: side * values[0].length, height: side * values.length };
}

// A table's picture, `8:0f3…`: its width, and a hexadecimal digit a pixel.
export function unpack(text) {
  const [width, digits] = text.split(":");
  const values = Array.from(digits, (digit) => parseInt(digit, 16));
  const across = Number(width);
  return Array.from({ length: values.length / across }, (_, r) => values.slice(r * across, (r + 1) * across));
}

export const thumbnail = (text) => canvasOf(unpack(text), { low: 0, high: 15 }, 1);

export const markup = (facts, sequence, colours) =>
  (facts.picture ? rowsMarkup : stripMarkup)(facts, sequence, colours);
