// @ts-check
// Names of the clusters on the map: coarse ones where all of the map is in view, finer ones in a part
// of it.

import { contrast, mix } from "../../../lib/colour.js";
import { percent, thousands } from "../../../lib/format.js";
import { FONT, placeLabels, writeLabel } from "../../../lib/labels.js";
import { isSeries } from "../../../lib/series.js";
import * as tooltip from "../../../lib/tooltip.js";
import { furniture, toPixels } from "../../../map/label-placement.js";
import * as map from "../../../map/map.js";
import * as overlay from "../../../map/overlay.js";
import { LEVELS, nameOf, present } from "../clusters.js";
import { get, subscribe } from "../selection.js";

/** @import { Box } from "../../../lib/labels.js" */

const FINER = [1.8, 3.8]; // so many times as large as in the whole view, the next level takes over
const HOLD = 0.88; // a level is left again at this share of where it was taken up
const MIN_CONTRAST = 7; // WCAG AAA: points of the same colour lie around a name
const FADED = 0.4; // so far towards the ground beside a trajectory, as long as
const MIN_FADED = 4.5; // WCAG AA is kept: the names can still be clicked

let level = 0;
let standing = []; // { row, box } of the labels that found a place
let wanted = 0; // labels in view, those without a place included
let lit = null; // the row under the cursor

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

// The class that gives a cluster its colour: that of its name, or the actual one of its words.
const classOf = (row, classes) => classes[row.words.length ? row.label : row.predicted];

// The colour of a class, as much darker or paler as it takes to be read on a ground.
export function legible(colour, ground, ink) {
  for (let share = 0; share < 1; share += 0.1) {
    const mixed = mix(colour, ink, share);
    if (contrast(mixed, ground) >= MIN_CONTRAST) return mixed;
  }
  return ink;
}

// A legible colour, fainter.
export function faint(colour, ground) {
  for (let share = FADED; share > 0; share -= 0.05) {
    const mixed = mix(colour, ground, share);
    if (contrast(mixed, ground) >= MIN_FADED) return mixed;
  }
  return colour;
}

// Labels of the clusters in view, the largest first; those that meet what is taken are left out.
export function paint(context, { place, width, height }, tone, taken, faded) {
  const before = [level, wanted, standing.length].join();
  [standing, wanted] = [[], 0];
  if (get().clusters && present().length) {
    level = levelAt(zoomOf(place, width, height), level);
    context.font = FONT;
    const labels = shownRows().flatMap((row) => labelOf(context, row, { place, width, height }) ?? []);
    wanted = labels.length;
    const boxes = placeLabels(labels, taken, furniture({ width, height }));
    for (const [i, box] of boxes.entries()) if (box) write(context, labels[i], box, tone, faded);
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

// The label of a cluster, with the boxes in which it may stand; null where the cluster is out of view.
function labelOf(context, row, { place, width, height }) {
  const [x, y] = toPixels(place, row.x, row.y);
  if (x < 0 || y < 0 || x > width || y > height) return null;
  const name = nameOf(row, get().facts.classes);
  const half = context.measureText(name).width / 2 + 2;
  const left = Math.min(Math.max(x - half, 4), width - 2 * half - 4);
  /** @type {Box[]} */
  const boxes = [0, -15, 15].map((down) => [left, y + down - 8, left + 2 * half, y + down + 8]);
  return { row, name, boxes };
}

function write(context, { row, name }, box, tone, faded) {
  standing.push({ row, box });
  const full = legible(classOf(row, get().facts.classes).colour, tone.ground, tone.ink);
  const colour = faded ? faint(full, tone.ground) : full;
  writeLabel(context, name, box[0] + 2, (box[1] + box[3]) / 2, colour, tone.ground);
  if (row !== lit) return;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(box[0] + 2, box[3]);
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

// In how many sequences each of its words is read there; of a text without one, that it has none.
export function wordRows({ words, word_sequences: sequences }, facts = get().facts) {
  if (isSeries(facts)) return [];
  if (!words.length) return [["Words", "none occurs in more sequences than expected by chance"]];
  return [["Sequences with a word", words.map((word, i) => `${word} ${thousands(sequences[i])}`).join(", ")]];
}

function card(row) {
  const { classes } = get().facts;
  const words = row.words.length ? row.words.join(", ") : nameOf(row, classes);
  const most = (index, share) => `${classes[index].name}, ${percent(share)} of states`;
  return tooltip.cardMarkup(words, `${LEVELS[row.level]} cluster`, [
    ["States", thousands(row.states)],
    ["Sequences", thousands(row.sequences)],
    ...wordRows(row),
    ["Answer most often", most(row.predicted, row.answered)],
    ["Actual class most often", most(row.label, row.purity)],
    ["Answer right", `at ${percent(row.accuracy)} of states`],
    ["Click", "to filter"],
  ]);
}

// What the legend says of the labels.
export function line() {
  if (!wanted) return null;
  const short = standing.length < wanted ? `, ${standing.length} of ${wanted} in view have room` : "";
  const bare = shownRows().some(({ words }) => !words.length);
  const where = isSeries(get().facts) ? "" : "without characteristic words ";
  const what = bare ? `, ${where}the commonest answer and its share of the states` : "";
  return `names of clusters: ${LEVELS[level]}${what}${short}`;
}

export const getStanding = () => standing.map(({ row, box }) => ({ ...row, box }));

export const getLevel = () => level;

subscribe(["facts", "projection"], () => ([level, lit] = [0, null]));
subscribe(["clusters", "clustersKnown"], overlay.draw);
