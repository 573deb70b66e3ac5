// Clusters of the states, named on the map by their words: coarse ones where all of the map is in
// view, finer ones in a part of it.

import { contrast, mix } from "../../lib/colour.js";
import * as data from "../../lib/data.js";
import { percent, thousands } from "../../lib/format.js";
import { isSeries } from "../../lib/series.js";
import * as tooltip from "../../lib/tooltip.js";
import { furniture, meets, stamp, toPixels } from "../../map/label-placement.js";
import * as map from "../../map/map.js";
import * as overlay from "../../map/overlay.js";
import * as explore from "./explore.js";
import * as filterBar from "./filter-bar.js";
import { state } from "./state.js";

const LEVELS = ["coarse", "middle", "fine"];
const FINER = [1.8, 3.8]; // so many times as large as in the whole view, the next level takes over
const HOLD = 0.88; // a level is left again at this share of where it was taken up
const WORDS = 3;
const LONGEST = 26; // characters of a label
const FONT = "600 12px Inter, system-ui, sans-serif";
const LEAST_CONTRAST = 7; // WCAG AAA: points of the same colour lie around a name
const FADED = 0.4; // so far towards the ground beside a trajectory, as long as
const LEAST_FADED = 4.5; // WCAG AA is kept: the names can still be clicked

let run = null; // the facts of the run that is open
let loaded = new Map(); // of a projection its clusters, or a promise of them
let on = true;
let level = 0;
let standing = []; // { row, box } of the labels that found a place
let wanted = 0; // labels in view, those without a place included
let lit = null; // the row under the cursor

// The clusters of the map that is shown; none before they have come, nor those of another run.
function present() {
  const rows = run === state.facts && loaded.get(state.selection.projection);
  return Array.isArray(rows) ? rows : [];
}

// The level to draw, from how much larger the map is than in the whole view. It holds a little
// longer than it was taken up, so that it does not flicker at its limit.
export function levelAt(zoom, before) {
  const up = FINER.filter((limit) => zoom >= limit).length;
  const down = FINER.filter((limit) => zoom >= limit * HOLD).length;
  return Math.min(Math.max(before, up), down);
}

// How large the whole map is drawn, in frames.
let measured = { points: null, across: 1, along: 1 };
function zoomOf([scaleX, , scaleY], width, height) {
  const { points } = map.shown();
  if (measured.points !== points) {
    measured = { points, across: extent(points.x), along: extent(points.y) };
  }
  return Math.max((measured.across * Math.abs(scaleX)) / width, (measured.along * Math.abs(scaleY)) / height);
}

function extent(values) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return most > least ? most - least : 1;
}

// The first of a cluster's words, as many as a label holds; a series has its commonest answer.
export function nameOf(row, classes) {
  if (!row.words.length) return `answer ${classes[row.predicted].name} · ${Math.round(100 * row.answered)} %`;
  let name = row.words[0];
  for (const word of row.words.slice(1, WORDS)) {
    if (name.length + word.length + 2 > LONGEST) break;
    name += `, ${word}`;
  }
  return name;
}

// The class that gives a cluster its colour: that of its name, or the actual one of its words.
const classOf = (row, classes) => classes[row.words.length ? row.label : row.predicted];

// The colour of a class, as much darker or paler as it takes to be read on a ground.
export function legible(colour, ground, ink) {
  for (let share = 0; share < 1; share += 0.1) {
    const mixed = mix(colour, ink, share);
    if (contrast(mixed, ground) >= LEAST_CONTRAST) return mixed;
  }
  return ink;
}

// A legible colour, fainter.
export function faint(colour, ground) {
  for (let share = FADED; share > 0; share -= 0.05) {
    const mixed = mix(colour, ground, share);
    if (contrast(mixed, ground) >= LEAST_FADED) return mixed;
  }
  return colour;
}

// Labels of the clusters in view, the largest first; those that meet what is taken are left out.
export function paint(context, { place, width, height }, tone, taken, faded) {
  const before = [level, wanted, standing.length].join();
  [standing, wanted] = [[], 0];
  if (on && present().length) {
    level = levelAt(zoomOf(place, width, height), level);
    context.font = FONT;
    const busy = furniture({ width, height });
    for (const row of shownRows()) label(context, row, { place, width, height }, tone, taken, busy, faded);
  }
  if (before !== [level, wanted, standing.length].join()) {
    document.dispatchEvent(new Event("stateline:counted"));
  }
}

// The rows of the level; where it has none, those of the next coarser one.
function shownRows() {
  for (let each = level; each > 0; each -= 1) {
    const rows = present().filter((row) => row.level === each);
    if (rows.length) return rows;
  }
  return present().filter((row) => row.level === 0);
}

function label(context, row, { place, width, height }, tone, taken, busy, faded) {
  const [x, y] = toPixels(place, row.x, row.y);
  if (x < 0 || y < 0 || x > width || y > height) return;
  wanted += 1;
  const name = nameOf(row, state.facts.classes);
  const half = context.measureText(name).width / 2 + 2;
  const left = Math.min(Math.max(x - half, 4), width - 2 * half - 4);
  const boxes = [0, -15, 15].map((down) => [left, y + down - 8, left + 2 * half, y + down + 8]);
  const box = boxes.find((each) => ![...taken, ...busy].some((other) => meets(other, each)));
  if (!box) return;
  taken.push(box);
  standing.push({ row, box });
  const middle = (box[1] + box[3]) / 2;
  const full = legible(classOf(row, state.facts.classes).colour, tone.ground, tone.ink);
  const colour = faded ? faint(full, tone.ground) : full;
  stamp(context, name, left + 2, middle, colour, tone);
  if (row !== lit) return;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(left + 2, box[3]);
  context.lineTo(box[2] - 2, box[3]);
  context.stroke();
}

// The cluster whose label lies under a place of the frame, or null.
export function under(px, py) {
  const found = standing.find(({ box: [left, top, right, bottom] }) => px >= left && px <= right && py >= top && py <= bottom);
  return found?.row ?? null;
}

// The label under the cursor; null where there is none.
export function hover(row, anchor) {
  if (row === lit) return;
  lit = row;
  document.getElementById("map-frame")?.toggleAttribute("data-label", row !== null);
  overlay.draw();
  if (row) tooltip.show(card(row), anchor);
  else tooltip.hide();
}

function card(row) {
  const { classes } = state.facts;
  const words = row.words.length ? row.words.join(", ") : nameOf(row, classes);
  const most = (index, share) => `${classes[index].name}, ${percent(share)} of states`;
  return tooltip.cardMarkup(words, `${LEVELS[row.level]} cluster`, [
    ["States", thousands(row.states)],
    ["Sequences", thousands(row.sequences)],
    ["Answer most often", most(row.predicted, row.answered)],
    ["Actual class most often", most(row.label, row.purity)],
    ["Answer right", `at ${percent(row.accuracy)} of states`],
    ["Click", "filters by it"],
  ]);
}

export const filterOf = (row) => ["cluster", state.selection.projection, row.level, row.cluster];

// Nothing of another run is kept.
function takeUp(facts) {
  if (run !== facts) [run, loaded, on] = [facts, new Map(), true];
}

// What a chip calls a cluster; its words come when they have been fetched.
export function chipName(facts, projection, chipLevel, number) {
  takeUp(facts);
  const rows = loaded.get(projection);
  if (!rows) load(facts, projection);
  const row = Array.isArray(rows) && rows.find((each) => each.level === chipLevel && each.cluster === number);
  return `${row ? nameOf(row, facts.classes) : `number ${number}`} (${LEVELS[chipLevel]})`;
}

async function load(facts, projection) {
  const asked = data.clusters(facts, projection);
  loaded.set(projection, asked);
  try {
    const rows = await asked;
    if (state.facts !== facts) return;
    loaded.set(projection, rows);
    filterBar.clustered();
    overlay.draw();
  } catch (error) {
    if (state.facts !== facts) return;
    loaded.delete(projection);
    explore.message(error.message);
  }
}

// The clusters of the present map for the menu of filters: { text, value } by level.
export const choices = () =>
  LEVELS.map((name, each) => ({
    name,
    rows: present()
      .filter((row) => row.level === each)
      .map((row) => ({ text: nameOf(row, state.facts.classes), value: JSON.stringify(filterOf(row).slice(1)) })),
  })).filter(({ rows }) => rows.length);

// What the legend says of the labels.
export function line() {
  if (!wanted) return null;
  const short = standing.length < wanted ? `, ${standing.length} of ${wanted} in view have room` : "";
  const what = isSeries(state.facts) ? ", the commonest answer and its share of the states" : "";
  return `names of clusters: ${LEVELS[level]}${what}${short}`;
}

export const getStanding = () => standing.map(({ row, box }) => ({ ...row, box }));

export const getLevel = () => level;

export function show(next) {
  on = next;
  overlay.draw();
}

// Another run or another map.
export function open(facts, projection) {
  takeUp(facts);
  [level, lit] = [0, null];
  if (!loaded.has(projection)) load(facts, projection);
  else filterBar.clustered();
}
