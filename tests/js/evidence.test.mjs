import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import * as trajectory from "../../app/assets/client/map/trajectory.js";
import * as attribution from "../../app/assets/client/pages/explore/drawing/attribution.js";
import * as contributions from "../../app/assets/client/pages/explore/drawing/contributions.js";
import * as evidence from "../../app/assets/client/pages/explore/drawing/evidence.js";
import * as steps from "../../app/assets/client/pages/explore/drawing/step-plots.js";
import * as stepTooltip from "../../app/assets/client/pages/explore/drawing/step-tooltip.js";

const two = [
  { name: "bad", colour: "#d6336c" },
  { name: "go<od>", colour: "#1c6fd6" },
];
const three = [...two, { name: "mixed", colour: "#9aa0a6" }];
// Numbers that a float holds exactly, so that sums meet to the last bit.
const sigmoid = {
  facts: { classes: two, readout: { exact: true, initial: [0.5] } },
  sequence: {
    facts: { sequence_id: 1, label: 1, predicted: 1, turning_step: null },
    measured: { largest: 4, alone: true, backward: false },
    decision: { before: "Settled; good gained most at ", named: "“a<b>” (step 1)", after: " with +2.5 logits.", step: 1 },
    final: [1.25],
    steps: {
      surface: ["a", "a<b>", "c", "d"],
      known: [true, true, true, true],
      role: [null, null, null, null],
      predicted: [1, 1, 1, 1],
      confidence: [0.6, 0.7, 0.8, 0.8],
      distance: [1, 2, 0, 4],
      visible: [0.6, 2, 0, 0],
      silent: [0.8, 0, 0, 4],
      stretch: [null, 2, -1.75, 0.5],
      contribution: [[-1], [2.5], [0], [-0.75]],
    },
  },
};
const softmax = {
  facts: { classes: three, readout: { exact: false, initial: [0.25, 0, -0.25] } },
  sequence: {
    ...sigmoid.sequence,
    facts: { ...sigmoid.sequence.facts, label: 0, predicted: 2, turning_step: 3 },
    final: [-1, 0.5, 2],
    steps: { ...sigmoid.sequence.steps, contribution: [[1, 0, 0.5], [-2, 0.5, 0.75], [0, 0, 0], [-0.25, 0, 1]] },
  },
};
const size = { sum: 30, bars: 40 };
const numbers = (text, pattern) => [...text.matchAll(pattern)].map((found) => found.slice(1).map(Number));

for (const [name, { facts, sequence }] of Object.entries({ sigmoid, softmax })) {
  for (const chosen of facts.classes.keys()) {
    test(`${name}: the running sum towards class ${chosen} meets the final logit exactly`, () => {
      const moved = contributions.towards(sequence.steps.contribution, chosen);
      const initial = contributions.logitOf(facts.readout.initial, chosen);
      const sums = contributions.runningSum(initial, moved);
      const final = contributions.logitOf(sequence.final, chosen);
      assert.equal(sums.at(-1), final);
      // So does the line: it ends where the label of the final logit stands.
      const markup = contributions.markup(facts, sequence, chosen, size);
      const ends = Number(markup.match(/class="sum-line" d="[^"]*V([\d.]+)H4"/)[1]);
      const label = markup.match(/class="sum-end" data-logit="([-\d.]+)" style="top:([\d.]+)px"/);
      assert.equal(Number(label[1]), final);
      assert.equal(Number(label[2]), ends);
    });

    test(`${name}: bars towards class ${chosen} stand on the zero line, others hang from it`, () => {
      const markup = contributions.markup(facts, sequence, chosen, size);
      const moved = contributions.towards(sequence.steps.contribution, chosen);
      const bars = numbers(markup, /width="0\.88" height="([\d.]+)" /g).map(([height]) => height);
      const tops = numbers(markup, /y="([\d.]+)" width="0\.88"/g).map(([top]) => top);
      const zero = numbers(markup, /class="zero-line" d="M0 ([\d.]+)H4"/g).at(-1)[0];
      const range = Math.max(0, ...moved) - Math.min(0, ...moved);
      assert.equal(bars.length, 4);
      for (const [t, value] of moved.entries()) {
        assert.ok(Math.abs(bars[t] - (Math.abs(value) / range) * size.bars) < 0.011, `step ${t}`);
        const edge = value < 0 ? tops[t] : tops[t] + bars[t];
        assert.ok(Math.abs(edge - zero) < 0.021, `step ${t}: ${edge} and ${zero}`);
      }
    });
  }
}

test("every step has one column, over its bar and over the running sum", () => {
  const markup = contributions.markup(softmax.facts, softmax.sequence, 2, size);
  for (const t of [0, 1, 2, 3]) assert.equal(markup.split(`data-t="${t}"`).length - 1, 1);
  assert.match(markup, /<rect class="turning-mark" x="3"/);
  assert.doesNotMatch(contributions.markup(sigmoid.facts, sigmoid.sequence, 1, size), /turning-mark|<od>/);
});

test("a bar has the class's colour; away from it the other class's, where there are two", () => {
  assert.deepEqual(contributions.coloursOf(two, 1), { colour: "#1c6fd6", away: 'fill="#d6336c"' });
  assert.deepEqual(contributions.coloursOf(three, 1), { colour: "#1c6fd6", away: 'class="bar-away"' });
});

test("a sequence that nothing moved has a flat line and no bars", () => {
  const flat = { ...sigmoid.sequence, final: [0.5], steps: { ...sigmoid.sequence.steps, contribution: [[0], [0], [0], [0]] } };
  const markup = contributions.markup(sigmoid.facts, flat, 1, size);
  assert.deepEqual(numbers(markup, /width="0\.88" height="([\d.]+)"/g).flat(), [0, 0, 0, 0]);
  assert.doesNotMatch(markup, /NaN|Infinity/);
});

test("a bar of distance shows the share that the answer sees: both parts' squares make the whole", () => {
  const markup = steps.distancesMarkup(sigmoid.sequence, ["#000001", "#000002", "#000003", "#000004"], { threshold: 0.4 });
  const part = (kind) => numbers(markup, new RegExp(`height="([\\d.]+)" [^>]*data-part="${kind}"`, "g")).flat();
  const [seen, silent] = [part("visible"), part("silent")];
  const whole = seen.map((height, t) => height + silent[t]);
  assert.ok(Math.abs(whole[3] - 64) < 0.011 && Math.abs(whole[1] - 32) < 0.011);
  assert.ok(Math.abs(seen[0] / whole[0] - 0.36) < 0.01); // 0.6 of 1, squared
  assert.deepEqual([seen[1], seen[3]], [whole[1], 0]);
  const plain = { ...sigmoid.sequence, steps: { ...sigmoid.sequence.steps, visible: null, silent: null } };
  assert.doesNotMatch(steps.distancesMarkup(plain, ["#000001"], { threshold: 0.4 }), /data-part/);
});

test("the tooltip says contribution, running logit and both parts of the distance", () => {
  const markup = stepTooltip.markup(sigmoid.facts, sigmoid.sequence, 1);
  for (const part of ["To go&lt;od&gt;", "+2.50, logit then +2.00", "Changes the prediction, memory only</dt><dd>2.000, 0.000"]) {
    assert.ok(markup.includes(part), part);
  }
});

test("the sentence's step leads there, and its words are text", () => {
  const markup = evidence.sentenceMarkup(sigmoid.sequence);
  assert.match(markup, /^<p class="sentence">Settled; good gained most at <button [^>]*class="sentence-step" data-t="1"/);
  assert.ok(markup.includes("“a&lt;b&gt;” (step 1)</button> with +2.5 logits."));
  const none = { before: "Never right.", named: "", after: "", step: null };
  assert.equal(evidence.sentenceMarkup({ ...sigmoid.sequence, decision: none }), '<p class="sentence">Never right.</p>');
});

test("a segment drawn three times too long, or too short, is called so; others are not", () => {
  assert.equal(trajectory.misdrawn(undefined), null);
  assert.deepEqual(trajectory.counts(sigmoid.sequence.steps.stretch), { long: 1, short: 1 });
  assert.deepEqual(trajectory.counts(undefined), { long: 0, short: 0 });
  assert.equal(trajectory.legendLine({ long: 0, short: 0 }), "");
  assert.equal(trajectory.legendLine({ long: 4, short: 0 }), "dotted: 4 segments over 3 times too long");
  assert.equal(trajectory.legendLine({ long: 0, short: 1 }), "double: 1 segment over 3 times too short");
  assert.match(stepTooltip.segmentMarkup(sigmoid.facts, sigmoid.sequence, 1), /drawn 4.0 times as long as its distance says/);
  assert.match(stepTooltip.segmentMarkup(sigmoid.facts, sigmoid.sequence, 2), /drawn 0.30 times as long/);
});

test("equal values share a rank, and the correlation of ranks is Spearman's", () => {
  assert.deepEqual(attribution.ranks([3, 1, 3, 2]), [3.5, 1, 3.5, 2]);
  assert.equal(attribution.rankCorrelation([1, 2, 3], [10, 20, 4000]), 1);
  assert.equal(attribution.rankCorrelation([1, 2, 3], [3, 2, 1]), -1);
  // By hand: ranks 1 2 3 4 5 and 2 1 4 3 5, squared differences 4, 1 - 6 * 4 / (5 * 24).
  assert.ok(Math.abs(attribution.rankCorrelation([1, 2, 3, 4, 5], [2, 1, 4, 3, 5]) - 0.8) < 1e-12);
  assert.equal(attribution.rankCorrelation([1, 1], [1, 2]), null);
});

test("two rows oppose each other where both are strong and point to opposite sides", () => {
  assert.deepEqual(attribution.opposed([1, -1, 0.2, 1], [-2, -2, -2, 0.1]), [0]);
  assert.deepEqual(attribution.opposed([0, 0], [0, 0]), []);
});

test("integrated gradients that miss what they must add up to are said not to be believed", () => {
  const answer = { integrated_gradients: [1, 2], logit: 4, baseline: 1 };
  assert.deepEqual(attribution.misfit({ ...answer, gap: 0.1 }), []);
  assert.match(attribution.misfit({ ...answer, gap: -1.5 })[0], /add up to \+1\.50 instead of \+3\.00/);
  assert.deepEqual(attribution.misfit({ ...answer, integrated_gradients: null, gap: null }), []);
});
