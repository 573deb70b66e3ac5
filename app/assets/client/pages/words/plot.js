// Effect of each word against how often it occurs. Plotly draws the points; the chosen word, the one
// under the cursor and the labels are drawn on the canvas above, so that no point is drawn again.

import { contextOf } from "../../lib/canvas.js";
import * as classMarkup from "../../lib/classes.js";
import { at } from "../../lib/dom.js";
import { signed, thousands } from "../../lib/format.js";
import { nearest } from "../../lib/geometry.js";
import { splitBins } from "../../lib/points.js";
import { tone } from "../../lib/theme.js";
import * as tooltip from "../../lib/tooltip.js";
import { webgl } from "../../lib/webgl.js";
import * as page from "./page.js";

const FONT = "600 12px Inter, system-ui, sans-serif";
const REACH = 12; // pixels from the cursor to a word
const MOST_LABELS = 10; // at either end
const NOTHING = { phrase: [], count: [], sequences: [], class: [], effect: [], towards: null, total: 0 };

let facts = null;
let words = NOTHING;
let across = new Float32Array(0); // log10 of the counts
let up = new Float32Array(0);
let names = []; // words whose names may be written, the most important first
let chosen = null;
let hovered = -1;
let draws = 0;

const plot = () => document.querySelector("#lexicon-plot .js-plotly-plot");

export function open(next) {
  facts = next;
  words = NOTHING;
  chosen = null;
  hovered = -1;
}

function axis(title) {
  return {
    title: { text: title, font: { size: 12 }, standoff: 6 },
    gridcolor: tone("--line-soft"),
    linecolor: tone("--line"),
    zeroline: false,
    automargin: true,
    tickfont: { size: 11 },
  };
}

// Instead of axes, where there is nothing on them.
const nothing = () => ({
  paper_bgcolor: "rgba(0,0,0,0)",
  plot_bgcolor: "rgba(0,0,0,0)",
  font: { family: "Inter, system-ui, sans-serif" },
  xaxis: { visible: false },
  yaxis: { visible: false },
  annotations: [
    { text: "No word passes", xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false, font: { size: 14, color: tone("--ink-muted") } },
  ],
  hovermode: false,
  dragmode: false,
});

// The class that the effects are towards, in words.
const towards = () => (words.towards === null ? "its own class" : facts.classes[words.towards].name);

function layout() {
  if (!words.phrase.length) return nothing();
  return {
    margin: { l: 46, r: 14, t: 10, b: 38 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "Inter, system-ui, sans-serif", color: tone("--ink-muted") },
    xaxis: { ...axis("Occurrences"), type: "log", dtick: 1 },
    yaxis: { ...axis(`Effect towards ${towards()}`), zeroline: true, zerolinecolor: tone("--ink-muted") },
    showlegend: false,
    hovermode: false,
    dragmode: "pan",
    uirevision: JSON.stringify(Object.values({ ...page.getAsked(), word: null })),
  };
}

// A trace a class that words push to, the rarest class on top.
function traces() {
  const bins = Uint16Array.from(words.class);
  const parts = splitBins(bins, Float32Array.from(words.count), up, facts.classes.length);
  return parts
    .map((part, index) => ({ part, colour: facts.classes[index].colour }))
    .filter(({ part }) => part.x.length)
    .toSorted((a, b) => b.part.x.length - a.part.x.length)
    .map(({ part, colour }) => ({
      type: webgl() ? "scattergl" : "scatter",
      mode: "markers",
      x: part.x,
      y: part.y,
      hoverinfo: "skip",
      marker: { color: colour, size: words.phrase.length < 2000 ? 7 : 5, opacity: 0.7, line: { width: 0 } },
    }));
}

export function draw(points) {
  words = points;
  across = Float32Array.from(words.count, Math.log10);
  up = Float32Array.from(words.effect);
  hovered = -1;
  names = labelled();
  figure();
  note();
}

function figure() {
  globalThis.dash_clientside.set_props("lexicon-plot", { figure: { data: traces(), layout: layout() } });
  attach();
}

function note() {
  const drawn = words.phrase.length;
  const amount =
    drawn < words.total
      ? `the ${thousands(drawn)} most frequent of ${thousands(words.total)} words listed`
      : `${thousands(drawn)} words, as listed`;
  const legend = facts.classes
    .filter((_, index) => words.class.includes(index))
    .map((each) => classMarkup.chip(each));
  at("lexicon-plot-note").innerHTML = drawn === 0 ? "" :
    `<span class="lexicon-legend">pushes most to ${legend.join("")}</span><span>${amount}</span>`;
}

// Pixels of the frame: [scale, shift] of log10 of the count, then of the effect; null before the
// first drawing.
function place() {
  const axes = plot()?._fullLayout;
  if (!axes?.xaxis?.l2p || !axes.yaxis?.l2p) return null;
  const along = ({ _offset, l2p }, value) => _offset + l2p(value);
  const pair = (each) => [along(each, 1) - along(each, 0), along(each, 0)];
  return [...pair(axes.xaxis), ...pair(axes.yaxis)];
}

// The overlay follows zooming and resizing; attached once a plot.
function attach() {
  const element = plot();
  if (!element?.on) {
    if (at("lexicon-plot")) requestAnimationFrame(attach); // Plotly arrives in its own time.
    return;
  }
  if (!element.statelineAttached) {
    element.statelineAttached = true;
    element.on("plotly_afterplot", overlay);
    element.on("plotly_relayouting", overlay);
  }
  overlay();
}

// Words whose names may be written: at either end the strongest and those that are strong for how
// often they occur, then the most frequent.
function labelled() {
  const rows = Array.from(words.phrase, (_, i) => i);
  const most = (list, size, count) => list.toSorted((a, b) => size(b) - size(a)).slice(0, count);
  const ends = [rows.filter((i) => up[i] > 0), rows.filter((i) => up[i] < 0)];
  const strong = ends.flatMap((end) => [
    ...most(end, (i) => Math.abs(up[i]), 4),
    ...most(end, (i) => Math.abs(up[i]) * Math.sqrt(words.count[i]), MOST_LABELS),
  ]);
  return [...new Set([...strong, ...most(rows, (i) => across[i], 4)])];
}

function overlay() {
  const canvas = at("lexicon-plot-overlay");
  const mapping = place();
  if (!canvas || !mapping) return;
  draws += 1;
  const { context, width, height } = contextOf(canvas);
  const axes = plot()._fullLayout;
  const frame = {
    left: axes.xaxis._offset, right: axes.xaxis._offset + axes.xaxis._length,
    top: axes.yaxis._offset, bottom: axes.yaxis._offset + axes.yaxis._length, width, height,
  };
  const spot = (i) => [across[i] * mapping[0] + mapping[1], up[i] * mapping[2] + mapping[3]];
  const taken = [];
  const own = chosen === null ? -1 : words.phrase.indexOf(chosen);
  if (own >= 0) mark(context, spot(own), own, frame, taken, 7);
  if (hovered >= 0 && hovered !== own) mark(context, spot(hovered), hovered, frame, taken, 6);
  for (const i of names) {
    if (i !== own && i !== hovered) write(context, spot(i), words.phrase[i], frame, taken, tone("--ink-soft"));
  }
}

const within = ([x, y], { left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom;

function mark(context, [x, y], i, frame, taken, radius) {
  if (!within([x, y], frame)) return;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = facts.classes[words.class[i]].colour;
  context.fill();
  context.lineWidth = 2.5;
  context.strokeStyle = tone("--ink");
  context.stroke();
  write(context, [x, y], words.phrase[i], frame, taken, tone("--ink"), true);
}

// A name beside its point where it meets none that is written already.
function write(context, [x, y], text, frame, taken, colour, always = false) {
  if (!within([x, y], frame)) return;
  context.font = FONT;
  context.textBaseline = "middle";
  const wide = context.measureText(text).width;
  const left = x + 9 + wide > frame.right ? x - 9 - wide : x + 9;
  const box = { left: left - 2, right: left + wide + 2, top: y - 8, bottom: y + 8 };
  const meets = (other) =>
    box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top;
  if (!always && taken.some(meets)) return;
  taken.push(box);
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = tone("--surface");
  context.strokeText(text, left, y);
  context.fillStyle = colour;
  context.fillText(text, left, y);
}

function indexAt({ clientX, clientY }) {
  const mapping = place();
  const frame = at("lexicon-plot-frame")?.getBoundingClientRect();
  if (!mapping || !frame) return -1;
  return nearest(across, up, mapping, clientX - frame.left, clientY - frame.top, REACH);
}

function hover(index, event) {
  if (index === hovered) return;
  hovered = index;
  at("lexicon-plot-frame").style.cursor = index < 0 ? "" : "pointer";
  overlay();
  if (index < 0) tooltip.hide();
  else tooltip.show(markup(index), anchorOf(event));
}

const anchorOf = ({ clientX, clientY }) => ({ left: clientX, right: clientX, top: clientY, bottom: clientY });

function markup(i) {
  return tooltip.cardMarkup(words.phrase[i], `${thousands(words.count[i])} times`, [
    ["In sequences", thousands(words.sequences[i])],
    ["Pushes most to", facts.classes[words.class[i]].name],
    [`Effect towards ${towards()}`, signed(words.effect[i])],
    ["Click", "shows where it occurs"],
  ]);
}

const onPlot = (event) => event.target.closest?.("#lexicon-plot");

document.addEventListener("mousemove", (event) => {
  if (!facts || !at("lexicon-plot-frame")) return;
  if (onPlot(event)) hover(event.buttons ? -1 : indexAt(event), event);
  else if (hovered >= 0) hover(-1, event);
});

let pressed = null;
const listen = (name, act) => document.addEventListener(name, act, true);
listen("pointerdown", (event) => {
  pressed = onPlot(event) && event.button === 0 ? [event.clientX, event.clientY] : null;
});
listen("pointerup", (event) => {
  if (!pressed) return;
  const moved = Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]);
  pressed = null;
  const index = moved <= 4 ? indexAt(event) : -1;
  if (index >= 0) page.choose(words.phrase[index]);
});
document.addEventListener("stateline:theme", () => at("lexicon-plot") && words !== NOTHING && figure());

export function setMark(phrase) {
  chosen = phrase;
  overlay();
}

// What tests read.
export const shown = () => ({ words: words.phrase.length, chosen, hovered, draws, place: place() });
