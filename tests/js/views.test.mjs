import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import { contrast } from "../../app/assets/client/lib/colour.js";
import { headsMarkup, layout } from "../../app/assets/client/lib/step-columns.js";
import * as map from "../../app/assets/client/map/map.js";
import * as filterMenu from "../../app/assets/client/pages/explore/filter-menu.js";
import * as labels from "../../app/assets/client/pages/explore/drawing/step-labels.js";
import * as steps from "../../app/assets/client/pages/explore/drawing/step-plots.js";
import * as stepTooltip from "../../app/assets/client/pages/explore/drawing/step-tooltip.js";
import * as words from "../../app/assets/client/pages/explore/drawing/words-panel.js";

const facts = {
  readout: { exact: true, initial: [0.25, 0, -0.25] },
  classes: [
    { name: "grain", colour: "#e69f00" },
    { name: "crude <oil>", colour: "#56b4e9" },
    { name: "earns", colour: "#009e73" },
  ],
};
const sequence = {
  facts: {
    sequence_id: 69,
    label: 0,
    predicted: 2,
    correct: false,
    confidence: 0.987,
    length: 4,
    length_full: 9,
    unknown: 1,
    padding: 0,
    flips: 2,
    settle_step: 3,
    turning_step: 2,
  },
  steps: {
    surface: ["Not", "<b>", "this", "one"],
    known: [true, false, true, true],
    role: ["negation", null, null, null],
    predicted: [0, 0, 2, 2],
    confidence: [0.5, 0.6, 0.7, 0.987],
    distance: [0.5, 0.1, 1.5, 0.2],
    contribution: [[0.5, 0, 0], [0.25, 0, 0], [-1, 0, 1.5], [-1, 0, 2]],
    ep: [[0.5, 0.2, 0.3], [0.6, 0.3, 0.1], [0.2, 0.1, 0.7], [0.01, 0.003, 0.987]],
  },
};
const colours = ["#e69f00", "#e69f00", "#009e73", "#009e73"];
const measured = (largest, more = {}) => ({ name: "lstm", largest, longest: "the run's longest", backward: false, alone: true, ...more });
sequence.measured = measured(1.5);
sequence.final = [-1, 0, 3.25];
sequence.decision = { before: "Right until step 1; earns gained most on grain at ", named: "“this” (step 2)", after: " with +2.5 logits.", step: 2 };
const bars = { threshold: 0.4 };
const count = (text, part) => text.split(part).length - 1;

test("every step has one word button with its number", () => {
  const markup = words.wordsMarkup(sequence, colours);
  assert.equal(count(markup, "<button"), 4);
  for (const t of [0, 1, 2, 3]) assert.equal(count(markup, `data-t="${t}"`), 1);
});

test("unknown and turning words are marked, and only one word is in the tab order", () => {
  const markup = words.wordsMarkup(sequence, colours);
  assert.match(markup, /class="word word-unknown" data-t="1"/);
  assert.match(markup, /class="word word-turning" data-t="2"/);
  assert.equal(count(markup, 'tabindex="0"'), 1);
});

test("a word or class with markup in it is shown, not obeyed", () => {
  assert.match(words.wordsMarkup(sequence, colours), /&lt;b&gt;/);
  assert.doesNotMatch(steps.heatmapMarkup(facts, sequence, colours), /<oil>/);
});

test("the facts of a sequence say both classes and what was unknown", () => {
  const markup = words.infoMarkup(facts, sequence);
  for (const part of ["#69", "grain", "earns", "98.7 %", "1 unknown", "Right until step 1; earns gained most on grain at <button", " with +2.5 logits."]) {
    assert.ok(markup.includes(part), part);
  }
});

test("heatmap and distances have a column for every step on the same axis", () => {
  const heatmap = steps.heatmapMarkup(facts, sequence, colours);
  const distances = steps.distancesMarkup(sequence, colours, bars);
  for (const markup of [heatmap, distances]) {
    assert.equal(count(markup, "<g data-t="), 4);
    assert.match(markup, /viewBox="0 0 4 /);
  }
});

test("the longest distance fills the height, the others keep their proportion", () => {
  const markup = steps.distancesMarkup(sequence, colours, bars);
  const heights = [...markup.matchAll(/width="0\.88\d*" height="([\d.]+)"/g)].map(([, h]) => Number(h));
  assert.equal(heights[2], 64);
  assert.ok(Math.abs(heights[0] - 64 / 3) < 0.01);
});

test("beyond eight classes the heatmap shows those that come closest and counts the others", () => {
  const ep = [Array.from({ length: 12 }, (_, index) => index / 66)];
  assert.deepEqual(steps.shownClasses(ep, 12), [4, 5, 6, 7, 8, 9, 10, 11]);
  const many = Array.from({ length: 12 }, (_, index) => ({ name: `c${index}`, colour: "#123456" }));
  const one = { ...sequence, steps: { ...sequence.steps, ep } };
  assert.match(steps.heatmapMarkup({ classes: many }, one, colours), /4 are left out/);
});

test("a tooltip tells the answer so far apart from the actual class", () => {
  const markup = stepTooltip.markup(facts, sequence, 2);
  assert.match(markup, /Answer so far<\/dt><dd>earns · 70.0 %/);
  assert.match(markup, /Actual class<\/dt><dd>grain/);
  assert.match(stepTooltip.markup(facts, sequence, 1), /unknown to the model/);
});

test("a segment's tooltip tells both words, the distance and what became of the answer", () => {
  const markup = stepTooltip.segmentMarkup(facts, { ...sequence, measured: measured(3) }, 2);
  for (const part of ["&lt;b&gt; → this", "1.500 (0.50 of the longest)", "grain → earns", "60.0 % → 70.0 %"]) {
    assert.ok(markup.includes(part), part);
  }
});

test("a threshold beyond the longest jump keeps its line inside the plot", () => {
  const markup = steps.distancesMarkup({ ...sequence, measured: measured(15) }, colours, { threshold: 0.9 });
  const top = Number(markup.match(/class="threshold-line"[^>]*style="top:([\d.]+)px/)[1]);
  assert.ok(top >= 0 && top < 64);
});

test("each step has a head with its word, readable on its colour", () => {
  const markup = headsMarkup(sequence, colours);
  for (const t of [0, 1, 2, 3]) assert.equal(count(markup, `data-t="${t}"`), 1);
  assert.match(markup, /&lt;b&gt;<\/span>/);
  assert.match(markup, /class="word-head head-turning" data-t="2"/);
  for (const [, ground, ink] of markup.matchAll(/background:(#\w+);color:(#\w+)/g)) {
    assert.ok(contrast(ground, ink) >= 4.5);
  }
});

test("columns spread over the room, scroll where they do not fit, or are squeezed into it", () => {
  assert.deepEqual(layout(20, 300, false), { column: 15, heads: true, fits: true });
  assert.deepEqual(layout(20, 300, true), { column: 15, heads: true, fits: true });
  assert.deepEqual(layout(200, 300, false), { column: 11, heads: true, fits: false });
  assert.deepEqual(layout(200, 300, true), { column: 1.5, heads: false, fits: false });
  assert.deepEqual(layout(30, 300, true), { column: 10, heads: true, fits: false });
});

test("what was not read stands before the last words, or behind the first", () => {
  const text = "One two, three. Two four?";
  assert.equal(words.unread(text, ["Two", "four"], "last"), "One two, three.");
  assert.equal(words.unread(text, ["One", "two"], "first"), ", three. Two four?");
  assert.equal(words.unread(text, ["five"], "first"), null);
  assert.equal(words.unread(text, ["One", "five"], "last"), null);
});

test("labels stand at the word that changed something, or the one before it", () => {
  const placed = { ...sequence.steps, x: [0, 1, 2, 3], y: [0, 10, 20, 30] };
  const of = (kinds, distance = 0.4, confidence = 0.3) =>
    labels.ofSequence(placed, measured(1.5), { labels: kinds, distance, confidence }).map(({ t, text, before }) => [t, text, before]);
  assert.deepEqual(of(["after-distance"]), [[2, "this", false]]);
  assert.deepEqual(of(["before-distance"]), [[1, "<b>", true]]);
  assert.deepEqual(of(["after-class"]), [[2, "this", false]]);
  // The change of every class counts, the last one too; the first step changes nothing.
  assert.deepEqual(of(["after-confidence"], 1, 0.59), [[2, "this", false]]);
  assert.deepEqual(of(["after-distance"], 0).map(([t]) => t).sort(), [1, 2, 3]);
  assert.deepEqual(of([]), []);
});

test("without WebGL the map draws a sample as vectors, spread over all states", () => {
  const states = 10_000;
  const places = Float32Array.from({ length: states }, (_, row) => row);
  const bins = Uint8Array.from({ length: states }, (_, row) => row % 2);
  const scales = { expected: { colours: ["#111111", "#222222"], order: [1, 0] } };
  const drawing = map.figure({ scales }, "lstm-pca", "expected", { x: places, y: places }, bins);
  assert.deepEqual(drawing.data.map((trace) => trace.type), ["scatter", "scatter"]);
  assert.equal(map.getDrawn(), 4000);
  const shown = drawing.data.flatMap((trace) => [...trace.x]);
  assert.equal(new Set(shown).size, 4000);
  assert.ok(Math.min(...shown) === 0 && Math.max(...shown) > states - 4);
});

test("a pattern that the server could not take is told from one that it can", () => {
  const wrong = ["marla [", "(", "a)", "*a", "[b-a]", "(?=a)", "(?<!a)b", String.raw`(a)\1`, String.raw`\k<x>`];
  for (const written of wrong) assert.match(filterMenu.patternProblem(written), /^Not a regular expression/, written);
  const right = ["marla", "a.*b", "(?i)a", "(?P<x>a)", "(?:a|b)+", String.raw`\(\?=`, String.raw`\\1`, String.raw`\pL+`];
  for (const written of right) assert.equal(filterMenu.patternProblem(written), null, written);
});

test("a range that is turned round is named", () => {
  assert.equal(filterMenu.rangeProblem(10, 90), null);
  assert.equal(filterMenu.rangeProblem(5, 5), null);
  assert.match(filterMenu.rangeProblem(90, 10), /at least 90 and at most 10/);
});
