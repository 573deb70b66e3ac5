import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import * as series from "../../app/assets/client/lib/series.js";
import * as inset from "../../app/assets/client/map/trajectory-inset.js";
import * as stepTooltip from "../../app/assets/client/pages/explore/drawing/step-tooltip.js";
import * as words from "../../app/assets/client/pages/explore/drawing/words-panel.js";

const features = [
  { name: "height", low: -1, high: 3 },
  { name: "<b>", low: 0, high: 10 },
];
const classes = [
  { name: "up", colour: "#e69f00" },
  { name: "down", colour: "#009e73" },
];
const readout = { exact: true, initial: [0.5] };
const plain = { readout, kind: "series", picture: false, features, classes, keep: "first" };
const picture = { ...plain, picture: true };
const sequence = {
  facts: {
    sequence_id: 3, label: 0, predicted: 1, correct: false, confidence: 0.75, length: 3,
    length_full: 5, unknown: 0, padding: 0, flips: 1, settle_step: 2, turning_step: 2,
  },
  measured: { largest: 2, alone: true, backward: false },
  decision: { before: "Right until step 1; down gained most at ", named: "“last” (step 2)", after: " with +1.5 logits.", step: 2 },
  final: [1],
  steps: {
    surface: ["0", "1", "last"],
    values: [[-1, 0], [3, 12.3456], [0, 5]],
    known: [true, true, true],
    role: [null, null, null],
    predicted: [0, 0, 1],
    confidence: [0.6, 0.7, 0.75],
    distance: [1, 0.5, 2],
    contribution: [[-0.5], [-0.5], [1.5]],
  },
};
const colours = ["#e69f00", "#e0a84c", "#009e73"];
const count = (text, part) => text.split(part).length - 1;

for (const [name, facts] of [["a picture", picture], ["a strip", plain]]) {
  test(`${name} has a button a step, with its name and values, one of them in the tab order`, () => {
    const markup = series.markup(facts, sequence, colours);
    assert.equal(count(markup, "<button"), 3);
    for (const t of [0, 1, 2]) assert.equal(count(markup, `data-t="${t}"`), 1);
    assert.equal(count(markup, 'tabindex="0"'), 1);
    assert.ok(markup.includes('aria-label="step 1: height 3, &lt;b&gt; 12.35"'));
    assert.ok(markup.includes('aria-label="last: height 0'));
    assert.equal(count(markup, "step-turning"), 1);
    assert.doesNotMatch(markup, /<b>(?!\w)/);
    for (const colour of colours) assert.ok(markup.includes(colour));
  });
}

test("pixels of a picture share one scale, and a value beyond its end is the end", () => {
  assert.deepEqual(series.rangeOf(picture), { low: -1, high: 10 });
  assert.equal(series.shareOf(12, series.rangeOf(picture)), 1);
  assert.equal(series.shareOf(-1, features[0]), 0);
  assert.equal(series.shareOf(1, features[0]), 0.5);
  assert.equal(series.shareOf(4, { low: 4, high: 4 }), 0);
});

test("a curve begins at the value before and fills from zero, or from the end nearest to it", () => {
  const markup = series.markup(plain, sequence, colours);
  const ways = [...markup.matchAll(/lane-line" d="M0 ([\d.]+)V([\d.]+)H1"/g)].map(([, from, to]) => [from, to]);
  assert.equal(ways.length, 6);
  for (const feature of [0, 1]) {
    for (const t of [1, 2]) assert.equal(ways[2 * t + feature][0], ways[2 * (t - 1) + feature][1]);
  }
  const fills = [...markup.matchAll(/lane-fill" x="0" y="[\d.]+" width="1" height="([\d.]+)"/g)].map(([, high]) => Number(high));
  assert.equal(fills[1], 0);
  assert.equal(fills[4], 0); // height 0 is the base of a feature with negative values
  assert.ok(fills[0] > 0 && fills[2] > fills[0]);
});

test("few features are curves, many are cells, and very many keep to their room", () => {
  assert.ok(series.laneLayout(3).curves && series.laneLayout(8).curves);
  assert.ok(!series.laneLayout(9).curves);
  assert.ok(series.laneLayout(100).height <= 264);
  assert.equal(series.laneLayout(500).lane, 2);
});

test("a picture's cells are whole pixels and it never fills the pane", () => {
  assert.equal(series.cellSize(8, 8), 22);
  assert.equal(series.cellSize(28, 28), 7);
  assert.equal(series.cellSize(3, 1), 22);
  assert.equal(series.cellSize(600, 4), 2);
});

test("of many features the first are named, and how many more there are", () => {
  const many = { ...plain, features: Array.from({ length: 40 }, (_, f) => ({ name: `f${f}`, low: 0, high: 1 })) };
  const long = { ...sequence, steps: { ...sequence.steps, values: [Array(40).fill(0.5)] } };
  const said = series.spoken(many, long, 0);
  assert.match(said, /^step 0: f0 0.5, .*f5 0.5, and 34 more$/);
  const tip = stepTooltip.markup(many, long, 0);
  assert.equal(count(tip, "<dt>f"), 6);
  assert.ok(tip.includes("and 34 more"));
});

test("the tooltip of a step has its values, and of a picture what was read so far", () => {
  const tip = stepTooltip.markup(picture, sequence, 1);
  for (const part of ["<strong>step 1</strong>", "12.35", "up · 70.0 %", "Actual class", "0.500 (0.25 of the longest)", "so-far"]) {
    assert.ok(tip.includes(part), part);
  }
  assert.equal(count(tip, "fill-opacity"), 3); // rows 0 and 1, but for the smallest value
  assert.ok(!stepTooltip.markup(plain, sequence, 1).includes("so-far"));
});

test("the facts count steps, and say what turned it", () => {
  const markup = words.infoMarkup(plain, sequence);
  for (const part of ["3 steps", "Right until step 1; down gained most at <button", 'key-turning" data-t="2"', "“last” (step 2)</button>"]) {
    assert.ok(markup.includes(part), part);
  }
  assert.doesNotMatch(markup, /word/);
  assert.equal(series.steps(plain, 1), "1 step");
  assert.equal(series.steps({ kind: "text" }, 2), "2 words");
});

test("a table's picture unpacks row by row", () => {
  assert.deepEqual(series.unpack("3:0f9a00"), [[0, 15, 9], [10, 0, 0]]);
});

test("the picture at an end keeps inside the map and off what stands there", () => {
  const size = { width: 60, height: 40 };
  const frame = { width: 300, height: 280 };
  const corner = inset.roomFor([290, 10], size, [], [], frame);
  assert.ok(corner[2] < 300 && corner[1] > 0 && corner[0] < 290);
  const [left, top, right, bottom] = inset.roomFor([150, 140], size, [], [], frame);
  assert.ok(left > 150 && bottom < 140, "above, to the right, where nothing else is");
  const other = inset.roomFor([150, 140], size, [], [[left, top, right, bottom]], frame);
  assert.notDeepEqual(other, [left, top, right, bottom]);
  const fewest = inset.roomFor([150, 140], size, [[200, 110], [205, 112]], [], frame);
  assert.ok(fewest[1] > 140);
  assert.equal(inset.roomFor([30, 20], size, [], [], { width: 60, height: 40 }), null);
});
