// The picture of the map on the Words page: the states of the chosen word's occurrences, lit.

import * as addresses from "../../lib/addresses.js";
import { contextOf } from "../../lib/canvas.js";
import { at } from "../../lib/dom.js";
import { nearest } from "../../lib/geometry.js";
import { tone } from "../../lib/theme.js";
import * as cellMarkup from "./cells.js";
import * as occurrences from "./occurrences.js";

const REACH = 9; // pixels from the cursor to a state

let facts = null;
let towards = 0;
let x = new Float32Array(0); // pixels of the picture, an occurrence each
let y = x;
let effects = x;
let lit = -1;

export function open(next) {
  facts = next;
  x = y = effects = new Float32Array(0);
  lit = -1;
  draw();
}

export function link(next, word) {
  at("lexicon-map-link").href = addresses.explore(next.run, { filters: [["word", word]] });
}

// Three thirds: places across, places down, effects towards the class.
export function show(next, index, numbers) {
  const count = numbers.length / 3;
  [facts, towards, lit] = [next, index, -1];
  [x, y, effects] = [0, 1, 2].map((third) => numbers.subarray(third * count, (third + 1) * count));
  draw();
}

const canvases = () => [...document.querySelectorAll("#lexicon-map canvas")];

// Pixels of the page a pixel of the picture.
const scale = () => (at("lexicon-map")?.clientWidth ?? 0) / (facts?.picture[0] ?? 1);

function draw() {
  const [canvas] = canvases();
  if (!canvas || !facts) return;
  const { context } = contextOf(canvas);
  const factor = scale();
  const radius = x.length > 5000 ? 1.5 : x.length > 500 ? 2.5 : 3.5;
  context.lineWidth = 1;
  context.strokeStyle = tone("--map-ground");
  for (let i = 0; i < x.length; i += 1) {
    disc(context, x[i] * factor, y[i] * factor, radius, cellMarkup.tone(facts, towards, effects[i]));
  }
  drawLit();
}

function disc(context, across, down, radius, colour) {
  context.beginPath();
  context.arc(across, down, radius, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  context.stroke();
}

// The lit state has a canvas of its own: the others stay as they are.
function drawLit() {
  const canvas = canvases()[1];
  const { context } = contextOf(canvas);
  if (lit < 0 || lit >= x.length) return;
  const factor = scale();
  context.lineWidth = 2.5;
  context.strokeStyle = tone("--ink");
  disc(context, x[lit] * factor, y[lit] * factor, 6.5, cellMarkup.tone(facts, towards, effects[lit]));
}

export function light(i) {
  lit = i;
  if (canvases().length) drawLit();
}

function indexAt({ clientX, clientY }) {
  const frame = at("lexicon-map").getBoundingClientRect();
  const factor = scale();
  return nearest(x, y, [factor, 0, factor, 0], clientX - frame.left, clientY - frame.top, REACH);
}

document.addEventListener("mousemove", (event) => {
  const on = event.target.closest?.("#lexicon-map");
  if (!on || !facts) return;
  const i = indexAt(event);
  on.style.cursor = i < 0 ? "" : "pointer";
  if (i >= 0 && i !== lit) occurrences.light(i);
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#lexicon-map-link") && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const { pathname, search } = new URL(at("lexicon-map-link").href);
    globalThis.dash_clientside.set_props("_pages_location", { href: pathname + search });
  } else if (event.target.closest?.("#lexicon-map") && facts) {
    const i = indexAt(event);
    if (i >= 0) occurrences.light(i, true);
  }
});

document.addEventListener("stateline:theme", () => at("lexicon-map") && draw());
addEventListener("resize", () => at("lexicon-map") && draw());

// What tests read.
export const state = () => ({ dots: x.length, lit, at: lit < 0 ? null : [x[lit], y[lit]] });
