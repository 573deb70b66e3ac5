// @ts-check
// The nearest states of other sequences to the step that stays lit: a list, and dots on the map.

import { chip, label } from "../../../lib/classes.js";
import { ink, stepColour } from "../../../lib/colour.js";
import * as data from "../../../lib/data.js";
import { at } from "../../../lib/dom.js";
import { percent, thousands } from "../../../lib/format.js";
import { escape } from "../../../lib/html.js";
import { DEFAULT_NEIGHBOURS } from "../../../lib/limits.js";
import { isSeries, stepName } from "../../../lib/series.js";
import { measuredOf } from "../../../lib/states.js";
import { toPixels, write } from "../../../map/label-placement.js";
import * as map from "../../../map/map.js";
import * as overlay from "../../../map/overlay.js";
import { disc } from "../../../map/trajectory.js";
import { get, subscribe } from "../selection.js";
import { choose } from "../sequences.js";

const PAUSE = 160; // milliseconds between two requests while a key is held down
const RING = 6;

const NO_STEP = "Click a word, a bar or a point of the map: the most similar states of other sequences are listed here.";

let open = true; // whether the list is shown
let asked = 0; // requests; an answer to an older one is dropped
let about = ""; // what the panel is about, so that it is asked for once
let last = -Infinity; // when the last request was sent
let waiting = null;
let answer = null; // of the server, with the step that it is about
let lit = null; // number of the neighbour under the cursor

// Follow the selection: called whenever it may have changed.
function follow() {
  const { facts, sequence, shown, text, step } = get();
  const projection = shown.main?.projection;
  const next = open && shown.main ? JSON.stringify([facts.version, sequence, text, step, projection]) : "";
  if (next === about) return;
  about = next;
  forget();
  if (!at("neighbours")) return;
  say("");
  if (!next) return;
  if (text !== null) typed(step);
  else if (step === null) note(NO_STEP);
  else {
    const wait = Math.max(0, last + PAUSE - performance.now());
    waiting = setTimeout(ask, wait, sequence, step, projection);
  }
}

function forget() {
  asked += 1;
  clearTimeout(waiting);
  if (!answer) return;
  [answer, lit] = [null, null];
  overlay.draw();
}

async function ask(sequence, step, projection) {
  const request = (asked += 1);
  last = performance.now();
  try {
    const found = await data.neighbours(get().facts, sequence, step, { projection, k: DEFAULT_NEIGHBOURS });
    if (request !== asked || !at("neighbours")) return;
    answer = { ...found, step, projection };
    draw();
  } catch (error) {
    if (request === asked && at("neighbours")) note(error.message);
  }
}

const say = (line) => (at("neighbours-scope").textContent = line);
const note = (line) => (at("neighbours-list").innerHTML = `<p class="note">${escape(line)}</p>`);

// A typed text is not stored: its states stand at stored ones, and these have neighbours.
function typed(step) {
  const { near_sequence: near, near_step: nearStep } = get().shown.main.sequence.steps;
  note("A typed text is not stored, so its states are compared with none. Each stands at the stored state that is most similar.");
  if (step === null || near[step] === undefined) return;
  at("neighbours-list").insertAdjacentHTML(
    "beforeend",
    `<button type="button" class="text-button" data-sequence="${near[step]}" data-step="${nearStep[step]}">` +
      `Open #${near[step]} at step ${nearStep[step]}, with its neighbours</button>`,
  );
}

// What the distances are in: the key of cell states says so.
function unit() {
  const { key } = measuredOf(get().facts, get().projection);
  return key.endsWith(":c") ? "cell-state units" : "hidden-state units";
}

function draw() {
  const { sequence } = get().shown.main;
  const name = stepName(get().facts, sequence, answer.step);
  say(`to ${isSeries(get().facts) ? name : `“${name}” at step ${answer.step}`}`);
  const among = `${thousands(answer.states)} states of ${thousands(answer.sequences)} other sequences`;
  const how = answer.exact ? `Of all ${among}` : `Found by an index among ${among}: a nearer one may be missing`;
  at("neighbours-list").innerHTML =
    '<div class="neighbour-facts neighbours-heads" aria-hidden="true"><span>state</span><span>class</span>' +
    '<span>answer there</span><span class="neighbour-distance">dist.</span><span class="neighbour-map">map</span></div>' +
    answer.neighbours.map((found, index) => rowMarkup(get().facts, found, index, answer.near)).join("") +
    `<p class="note">${how}; one state a sequence, distances in ${unit()}. Near on the map: no farther than ${Math.round(100 * answer.near)} % of its longer side.</p>`;
  overlay.draw();
}

// The colour of the answer after a neighbour, as its word would have it.
const colourOf = (facts, { bin, confidence }) =>
  stepColour(facts.scales.expected, bin, confidence, facts.classes.length);

function contextMarkup(facts, found) {
  const colour = colourOf(facts, found);
  const series = isSeries(facts);
  // A step without a name of its own is called by its number.
  const word = series && found.word === String(found.step) ? `step ${found.step}` : found.word;
  const mark = `<mark style="background:${colour};color:${ink(colour)}">${escape(word)}</mark>`;
  if (series) return `<span class="neighbour-words">${mark}</span>`;
  return (
    `<span class="neighbour-words"><span class="neighbour-before"><span>${escape(found.before.join(" "))}</span></span>${mark}` +
    `<span class="neighbour-after">${escape(found.after.join(" "))}</span></span>`
  );
}

// A neighbour as a row of the list; `limit` as the server's answer has it under "near".
export function rowMarkup(facts, found, index, limit) {
  const { classes } = facts;
  const actual = classes[found.label];
  const right = found.label === found.classified;
  const near = found.apart <= limit;
  const verdict = right ? "classified correctly" : `classified as ${classes[found.classified].name}`;
  const tick =
    `<span class="${right ? "right" : "wrong"}">${right ? "✓" : "✗"}</span>` +
    `<span class="visually-hidden">${escape(verdict)}</span>`;
  const others =
    `${near ? "Near" : "Far"} on the map: ${percent(found.apart)} of its longer side away, ` +
    `${thousands(found.nearer)} other sequences come nearer`;
  return (
    `<button type="button" class="neighbour" data-neighbour="${index}" data-sequence="${found.sequence}" data-step="${found.step}">` +
    contextMarkup(facts, found) +
    `<span class="neighbour-facts"><span class="neighbour-number">#${found.sequence}<span class="neighbour-step">:${found.step}</span></span>` +
    chip(actual, { body: `${label(actual)}${tick}`, title: `Class ${actual.name}, ${verdict}` }) +
    `<span class="neighbour-answer" title="Expected prediction there: ${escape(classes[found.predicted].name)}, ${percent(found.confidence)}">` +
    `${escape(classes[found.predicted].name)} · ${Math.round(100 * found.confidence)} %</span>` +
    `<span class="neighbour-distance" title="Distance">${found.distance.toFixed(2)}</span>` +
    `<span class="neighbour-map ${near ? "" : "neighbour-far"}" title="${others}">${near ? "near" : "far"}<span class="visually-hidden"> on the map</span></span></span></button>`
  );
}

// While another map is drawn, the answer is still about places on the one before.
const onThisMap = () => answer !== null && answer.projection === get().projection;

// Dots at the neighbours on the map; the one under the cursor with a line from the state to it.
// Returns what they cover.
export function paint(context, place, tone) {
  const main = get().shown.main;
  if (!main || !onThisMap()) return [];
  const { x: across, y: along } = main.sequence.steps;
  const from = toPixels(place, across[answer.step], along[answer.step]);
  const spots = answer.neighbours.map(({ x, y }) => toPixels(place, x, y));
  if (lit !== null) {
    for (const [colour, line] of [[tone.ground, 5], [tone.accent, 2]]) {
      context.strokeStyle = colour;
      context.lineWidth = line;
      context.beginPath();
      context.moveTo(...from);
      context.lineTo(...spots[lit]);
      context.stroke();
    }
  }
  answer.neighbours.forEach((found, index) => {
    const [x, y] = spots[index];
    const radius = index === lit ? RING + 3 : RING;
    disc(context, x, y, radius, tone.ground, tone.ground, 4);
    disc(context, x, y, radius, get().facts.scales.expected.colours[found.bin], tone.accent, 2);
  });
  return spots.map(([x, y]) => [x - RING - 1, y - RING - 1, x + RING + 1, y + RING + 1]);
}

// The name of the neighbour under the cursor.
export function writeLit(context, place, tone, frame, taken) {
  if (lit === null || !get().shown.main || !onThisMap()) return;
  const { sequence, word, x, y } = answer.neighbours[lit];
  const text = isSeries(get().facts) ? `#${sequence}` : `#${sequence} ${word}`;
  write(context, toPixels(place, x, y), text, tone.accent, tone, frame, taken, 1);
}

// The neighbour whose dot lies under a place of the frame, or null.
export function under(px, py) {
  const place = map.place();
  if (!place || !onThisMap()) return null;
  const found = answer.neighbours.findIndex(({ x, y }) => {
    const [left, top] = toPixels(place, x, y);
    return Math.hypot(left - px, top - py) <= RING + 3;
  });
  return found < 0 ? null : found;
}

// Light a neighbour in the list and on the map; null lights none.
export function light(index, reveal = false) {
  if (index === lit) return;
  lit = index;
  for (const row of document.querySelectorAll("#neighbours [data-neighbour]")) {
    const here = Number(row.dataset.neighbour) === index;
    row.classList.toggle("lit", here);
    if (here && reveal) row.scrollIntoView({ block: "nearest" });
  }
  overlay.draw();
}

const rowOf = (target) => {
  const row = target.closest?.("#neighbours [data-neighbour]");
  return row ? Number(row.dataset.neighbour) : null;
};

for (const name of ["mouseover", "focusin"]) {
  document.addEventListener(name, (event) => {
    if (answer && !event.target.closest?.("#map")) light(rowOf(event.target));
  });
}

document.addEventListener("click", (event) => {
  if (!get().facts || !at("neighbours")) return;
  const there = event.target.closest?.("#neighbours [data-sequence]");
  if (there) choose(Number(there.dataset.sequence), Number(there.dataset.step));
  else if (event.target.closest?.("#neighbours-switch")) toggle();
});

function toggle() {
  open = !open;
  const button = at("neighbours-switch");
  button.setAttribute("aria-expanded", String(open));
  button.textContent = open ? "Hide" : "Show";
  at("neighbours-list").hidden = !open;
  follow();
}

export const shown = () => answer;

export const getLit = () => lit;

subscribe(["facts", "shown", "step"], follow);
