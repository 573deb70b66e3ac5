import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import * as stepTooltip from "../../app/assets/client/pages/explore/drawing/step-tooltip.js";
import * as typed from "../../app/assets/client/pages/explore/views/typed-text.js";
import * as modelWait from "../../app/assets/client/pages/explore/model-wait.js";
import * as words from "../../app/assets/client/pages/explore/drawing/words-panel.js";

const facts = {
  run: "mine",
  keep: "last",
  mostSteps: 1200,
  cannotType: null,
  readout: { exact: false, initial: [0, 0] },
  classes: [
    { name: "negative", colour: "#d6336c" },
    { name: "positive", colour: "#1c6fd6" },
  ],
};
const sequence = (near) => ({
  measured: { name: "lstm", largest: 2, backward: false, alone: true },
  decision: { before: "Answered positive from the first step on; positive gained most at ", named: "“<good>” (step 1)", after: " with +1.0 logits.", step: 1 },
  final: [0, 1.5],
  facts: {
    sequence_id: null,
    label: null,
    predicted: 1,
    correct: null,
    confidence: 0.75,
    length: 3,
    length_full: 3,
    unknown: 0,
    padding: 0,
    flips: 0,
    settle_step: 0,
    turning_step: null,
  },
  steps: {
    surface: ["a", "<good>", "film"],
    known: [true, true, true],
    role: [null, null, null],
    predicted: [1, 1, 1],
    confidence: [0.5, 0.6, 0.75],
    distance: [0.5, 0.1, 1.5],
    contribution: [[0, 0.25], [0, 1], [0, 0.25]],
    near_sequence: [4, 4, 7],
    near_step: [0, 1, 9],
    near_distance: near,
  },
});

test("the head of a typed text has no class, no verdict and no report", () => {
  const markup = words.infoMarkup(facts, sequence([0.1, 0.2, 0.5]));
  for (const part of ["typed text", "positive", "75.0 % sure", "3 words"]) {
    assert.ok(markup.includes(part), part);
  }
  for (const part of ["#null", "classified correctly", "classified wrongly", "Report", "key-turning", "<good>"]) {
    assert.ok(!markup.includes(part), part);
  }
});

test("it says how far the stored states are at which it is drawn", () => {
  assert.match(words.infoMarkup(facts, sequence([0.5, 0.1, 0.2])), /half of them within 0.10 .*all within 0.25/);
  const same = words.infoMarkup(facts, sequence([0, 1e-7, 0.001]));
  assert.match(same, /drawn where these very states are stored/);
});

test("its tooltips name the stored state, and no actual class", () => {
  const markup = stepTooltip.markup(facts, sequence([0.1, 0.2, 0.5]), 2);
  for (const part of ["typed text · step 2", "#7 step 9, most similar", "0.500 (0.25 of the longest)"]) {
    assert.ok(markup.includes(part), part);
  }
  const segment = stepTooltip.segmentMarkup(facts, sequence([0.1, 0.2, 0.5]), 1);
  for (const text of [markup, segment]) assert.doesNotMatch(text, /Actual class|undefined|null/);
  assert.match(segment, /a → &lt;good&gt;/);
});

test("what cannot be read is said before it is sent", () => {
  assert.equal(typed.problem("A film.", facts), null);
  assert.equal(typed.problem("плов", facts), null);
  for (const text of ["", " \n", "?! …"]) assert.match(typed.problem(text, facts), /no word/);
  assert.equal(typed.problem("a".repeat(20_000), facts), null);
  assert.equal(typed.problem(`a${"😀".repeat(19_999)}`, facts), null);
  assert.match(typed.problem("a".repeat(20_001), facts), /20,001 characters; at most 20,000/);
  assert.equal(typed.problem("A film.", { ...facts, cannotType: "why" }), "why");
});

test("the panel says how much the model reads, and is shut off where it cannot", () => {
  assert.match(typed.panelMarkup(facts), /the model reads its last 1,200 words/);
  assert.doesNotMatch(typed.panelMarkup(facts), / disabled/);
  const off = typed.panelMarkup({ ...facts, cannotType: "why" });
  assert.equal(off.split(" disabled").length - 1, 2);
});

test("whoever waits for the model is told what is loaded, for how long, and how long it took before", () => {
  const at = (stage, seconds, last) => modelWait.lineOf({ stage, seconds, last }, "Reading…");
  assert.deepEqual(at(null, null, null), { line: "Reading…", time: "" });
  assert.deepEqual(at(null, null, 5.2), { line: "Reading…", time: "" });
  assert.deepEqual(at("importing TensorFlow", 3.9, null), { line: "Loading the model: importing TensorFlow", time: "3 s" });
  assert.equal(at("loading the model", 4, 5.6).time, "4 s; the last time it took 6 s in all");
});

test("an answer that came during the pause ends the waiting: progress is not asked for again", async () => {
  const requests = [];
  globalThis.fetch = async (address) => {
    requests.push(address);
    return { ok: true, json: async () => ({ stage: null, seconds: null, last: null }) };
  };
  const element = { innerHTML: "", textContent: "", dataset: {}, isConnected: true, querySelector: () => element };
  let waits = 0;
  await modelWait.watch(element, facts, "Reading…", () => (waits += 1) === 1);
  assert.deepEqual([waits, requests], [2, []]);
});
