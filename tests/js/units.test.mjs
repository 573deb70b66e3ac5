import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import * as address from "../../app/assets/client/pages/units/address.js";
import * as math from "../../app/assets/client/pages/units/arithmetic.js";
import * as groups from "../../app/assets/client/pages/units/groups.js";
import * as matches from "../../app/assets/client/pages/units/match-markup.js";
import { shownSequence } from "../../app/assets/client/pages/units/state.js";
import { centredWeights } from "../../app/assets/client/pages/units/unit-figures.js";
import * as unitPanel from "../../app/assets/client/pages/units/unit-panel.js";

const matchMarkup = (...parts) => String(matches.matchMarkup(...parts));
const unitMarkup = (...parts) => String(unitPanel.unitMarkup(...parts));
const groupsMarkup = (...parts) => String(groups.groupsMarkup(...parts));

// Three steps of two units.
const h = Float32Array.from([0.5, -0.25, 0.75, -0.5, -0.25, 0.25]);
const near = (found, wanted) =>
  [...found].forEach((value, i) => assert.ok(Math.abs(value - wanted[i]) < 1e-6, `${i}: ${value}`));

test("a change is from the state before, the first from zero; read from the end, from the step after", () => {
  near(math.changes(h, 2), [0.5, -0.25, 0.25, -0.25, -1, 0.75]);
  near(math.changes(h, 2, true), [-0.25, 0.25, 1, -0.75, -0.25, 0.25]);
});

test("contributions of all units sum to what a linear readout gained", () => {
  const weights = [2, -4];
  const each = math.contributions(h, 2, weights);
  near(each, [1, 1, 0.5, 1, -2, -3]);
  const gained = each.reduce((a, b) => a + b, 0);
  assert.ok(Math.abs(gained - (2 * -0.25 + -4 * 0.25)) < 1e-6);
});

test("a layer that the head does not read has no weights", () => {
  assert.equal(math.weightsOf({ weights: null }, 0), null);
});

test("amounts sum sizes, totals sum values", () => {
  near(math.amounts(h, 2), [1.5, 1]);
  near(math.totals(h, 2), [1, -0.5]);
});

test("rows are ordered by amount, group, number or spread, equal ones by number", () => {
  const facts = { amount: [1, 3, 3, 2], cluster: [1, 0, 1, 0], sd: [0.1, 0.4, 0.2, 0.4] };
  assert.deepEqual(math.order("amount", facts), [1, 2, 3, 0]);
  assert.deepEqual(math.order("group", facts), [1, 3, 2, 0]);
  assert.deepEqual(math.order("number", facts), [0, 1, 2, 3]);
  assert.deepEqual(math.order("spread", facts), [1, 3, 2, 0]);
  assert.deepEqual(math.order("group", { ...facts, cluster: [null, null, null, null] }), [1, 2, 3, 0]);
});

test("the strongest unit of a span is the one whose weakest step is strongest", () => {
  assert.deepEqual(math.strongest(h, 2, { from: 0, to: 1 }, 1), { unit: 0, value: 0.5 });
  assert.deepEqual(math.strongest(h, 2, { from: 0, to: 1 }, -1), { unit: 1, value: -0.25 });
  assert.deepEqual(math.strongest(h, 2, { from: 0, to: 2 }, 1), { unit: 0, value: -0.25 });
});

test("the end of a scale leaves out the few largest, and is never 0", () => {
  const values = Array.from({ length: 1000 }, (_, i) => (i === 0 ? 50 : i % 2 ? 1 : -1));
  assert.equal(math.endOf(values), 1);
  assert.equal(math.endOf([0, 0]), 1);
});

test("colours diverge from the middle and stop at the ends", () => {
  const ends = { low: "#000000", middle: "#808080", high: "#ffffff" };
  assert.equal(math.diverging(0, 2, ends), "#808080");
  assert.equal(math.diverging(5, 2, ends), "#ffffff");
  assert.equal(math.diverging(-2, 2, ends), "#000000");
});

test("a word lights the units that it moves by at least half as much as the most moved", () => {
  assert.deepEqual(math.moved([0.1, -0.4, 0.2, 0.19]), [1, 2]);
  assert.deepEqual(math.moved([0, 0]), []);
  assert.ok(Math.abs(math.effect([0.5, -1], [2, 3]) + 2) < 1e-9);
});

const plain = {
  layer: "lstm", sequence: 3, unit: null, from: null, to: null, threshold: 0.3, edges: false, without: [],
  open: null, class: null, cells: "value", rows: "amount", panel: "unit", group: null,
};

test("an address has what was chosen and no defaults", () => {
  assert.equal(String(address.addressQuery(plain)), "layer=lstm&sequence=3&threshold=0.3");
  const full = {
    ...plain, unit: 0, from: 0, to: 2, threshold: -0.5, edges: true, without: [1, 4],
    open: { sequence: 90, first: 12, last: 15 }, class: 0, cells: "change", rows: "group", panel: "groups", group: 0,
  };
  assert.equal(
    String(address.addressQuery(full)),
    "layer=lstm&sequence=3&from=0&to=2&threshold=-0.5&edges=1&without=1%2C4&unit=0&open=90-12-15" +
      "&class=0&cells=change&rows=group&panel=groups&group=0",
  );
  const span = { ...plain, from: 0, to: 2 };
  assert.match(String(address.addressQuery(span)), /panel=unit/); // with a span the default is the match
  assert.doesNotMatch(String(address.addressQuery({ ...span, panel: "match" })), /panel/);
});

test("a match is asked for the same whatever is opened or chosen beside it", () => {
  const span = { ...plain, from: 0, to: 2 };
  const opened = { ...span, open: { sequence: 90, first: 12, last: 15 }, unit: 4, cells: "change", panel: "groups" };
  assert.equal(String(address.matchQuery(opened)), String(address.matchQuery(span)));
  assert.equal(shownSequence(span), 3);
  assert.equal(shownSequence(opened), 90);
});

test("a weight below 0 of one output is on the side and in the colour of class 0", () => {
  const layer = { weights: [[-0.4, 0.8]] };
  const detail = { unit: 0, low: -1, high: 1, counts: [1, 2], contexts: [] };
  const data = { units: { cluster: [null, null], mean: [0, 0], sd: [1, 1] } };
  const markup = (unit) => unitMarkup(facts, layer, data, { ...detail, unit }, () => "#ffffff");
  assert.match(markup(0), /<h3>Weight in the readout/);
  assert.match(markup(0), /left:25.0%;width:25.0%;background:#aa0000/);
  assert.match(markup(0), /−0.400: .* speaks for <strong>bad/);
  assert.match(markup(1), /left:50.0%;width:50.0%;background:#0000aa/);
  assert.match(markup(1), /speaks for <strong>good/);
});

test("a weight against one of several classes is not in the class's colour", () => {
  const classes = ["a", "b", "c"].map((name, i) => ({ name, colour: `#00000${i}` }));
  const layer = { weights: [[-1], [0.75], [0.25]] };
  const detail = { unit: 0, low: -1, high: 1, counts: [1, 2], contexts: [] };
  const data = { units: { cluster: [null], mean: [0], sd: [1] } };
  const markup = unitMarkup({ ...facts, classes }, layer, data, detail, () => "#ffffff");
  assert.match(markup, /left:0.0%;width:50.0%;background:var\(--ink-muted\)/);
  assert.match(markup, /left:50.0%;width:37.5%;background:#000001/);
  assert.match(markup, /against<\/span><span>for the class/);
});

test("for which of several classes a unit speaks is what it does to the answer", () => {
  // A higher h raises every logit, and b's least: the probability of b falls.
  const layer = { weights: [[2, 0], [1, 0.5], [3, 1]] };
  assert.deepEqual(centredWeights(layer.weights), [[0, -0.5], [-1, 0], [1, 0.5]]);
  assert.deepEqual(centredWeights([[2, -1]]), [[2, -1]]);
});

const facts = {
  run: "mine",
  kind: "text",
  classes: [{ name: "bad <b>", colour: "#aa0000" }, { name: "good", colour: "#0000aa" }],
};
const tone = { middle: "#ffffff", high: "#008800" };

test("no match says so and what to change", () => {
  const selection = { threshold: 0.3 };
  const nothing = { units: [], total: 0, matches: [] };
  const none = matchMarkup(facts, selection, nothing, tone, { unit: 3, value: 0.21 });
  assert.match(none, /No unit is on over the whole span/);
  assert.match(none, /threshold towards 0.*highest is unit 3, at least \+0.210/);
  const edges = matchMarkup(facts, { threshold: 0.3, edges: true }, nothing, tone, { unit: 3, value: 0.5 });
  assert.match(edges, /also just before or just after/);
  const units = [
    { unit: 4, used: true, share: 0.2 },
    { unit: 7, used: true, share: 0.001 },
  ];
  const alone = matchMarkup(facts, selection, { units, total: 0, matches: [] }, tone);
  assert.match(alone, /on together nowhere else/);
  assert.match(alone, /rarest is unit 7, on at 0.1 %/);
  const left = units.map((each) => ({ ...each, used: false, share: null }));
  assert.match(matchMarkup(facts, selection, { units: left, total: 0, matches: [] }, tone), /Every unit is left out/);
});

test("matches say how many there are and are safe markup", () => {
  const each = { sequence: 9, from: 3, to: 4, others: 1, first: 2, words: ["a", "<i>", "c"], on: [0, 1, 1], label: 0, predicted: 1 };
  const answer = { units: [{ unit: 4, used: true, share: 0.2 }], total: 1200, matches: [each] };
  const markup = matchMarkup(facts, { threshold: 0.3 }, answer, tone);
  assert.match(markup, /1,200 matches<\/strong> elsewhere, the first 1 shown/);
  assert.match(markup, /steps 3 to 4 · 1 other on/);
  assert.match(markup, /\/explore\/mine\?sequence=9&amp;step=3/);
  assert.ok(!markup.includes("<i>") && markup.includes("bad &lt;b&gt;"));
});

test("groups hold their units and their words, the most frequent first", () => {
  const data = {
    units: { cluster: [1, 0, 1] },
    words: { phrase: ["x", "y", "z"], count: [5, 9, 7], cluster: [1, 0, 1] },
  };
  assert.deepEqual(groups.groupsOf(data), [
    { group: 0, units: [1], words: [1] },
    { group: 1, units: [0, 2], words: [2, 0] },
  ]);
});

test("groups say how often their members were together, and how far single co-clusterings agree", () => {
  const data = {
    units: { cluster: [1, 0, null], stability: [0.5, 1, null] },
    words: { phrase: ["x", "y"], count: [5, 9], cluster: [1, 0], stability: [0.75, 0.75] },
    groups: { runs: 200, agreement: 0.8149 },
  };
  const choices = { only: null, paint: () => "#ffffff", linear: false, className: "good" };
  const markup = groupsMarkup(facts, data, choices);
  assert.deepEqual(groups.groupsOf(data).map((group) => groups.stabilityOf(data, group)), [0.875, 0.625]);
  assert.match(markup, /1 units, 1 words · stability 62\.5 %/);
  assert.match(markup, /consensus of 200 co-clusterings .* mean adjusted Rand index with it is 0\.81/);
  assert.match(markup, /title="Unit 0, stability 50\.0 %"/);
  assert.doesNotMatch(groupsMarkup(facts, { ...data, groups: null }, choices), /stability [0-9.]+ %<|consensus/);
});

test("a layer without words says why it has no groups", () => {
  const data = { units: { cluster: [null] }, words: { phrase: [], count: [], cluster: [] } };
  assert.match(groupsMarkup({ ...facts, kind: "series" }, data, {}), /steps are numbers/);
  assert.match(groupsMarkup(facts, data, {}), /no word occurs often enough/);
});
