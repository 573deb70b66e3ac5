// Names of clusters on the map, and the list of nearest states: their pure parts.
import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import { contrast } from "../../app/assets/client/lib/colour.js";
import { nameOf } from "../../app/assets/client/pages/explore/clusters.js";
import * as clusters from "../../app/assets/client/pages/explore/views/cluster-names.js";
import * as neighbours from "../../app/assets/client/pages/explore/views/neighbours.js";

const classes = [
  { name: "negative", colour: "#d6336c" },
  { name: "posi<tive", colour: "#f5f7a0" },
];

test("the level grows with the map, and holds a little where it was taken up", () => {
  assert.deepEqual([0.9, 1.79, 1.8, 3.7, 3.8, 50].map((zoom) => clusters.levelAt(zoom, 0)), [0, 0, 1, 1, 2, 2]);
  assert.equal(clusters.levelAt(1.7, 1), 1); // on the way out it stays
  assert.equal(clusters.levelAt(1.5, 1), 0);
  assert.equal(clusters.levelAt(3.5, 2), 2);
  assert.equal(clusters.levelAt(3.2, 2), 1);
  assert.equal(clusters.levelAt(0.9, 2), 0);
});

test("a cluster is called by its first words, as many as a label holds", () => {
  const name = (words) => nameOf({ words, label: 0, purity: 0.14, predicted: 1, answered: 0.917 }, classes);
  assert.equal(name(["great", "superb", "fine", "best"]), "great, superb, fine");
  assert.equal(name(["extraordinarily", "underwhelming", "bad"]), "extraordinarily");
  assert.equal(name(["a-word-that-alone-is-longer-than-a-label", "x"]), "a-word-that-alone-is-longer-than-a-label");
  assert.equal(name([]), "answer posi<tive · 92 %"); // of a series, or without such a word
});

test("a cluster says in how many sequences each of its words is read, or that it has none", () => {
  const rows = (words, sequences, kind = "text") => clusters.wordRows({ words, word_sequences: sequences }, { kind });
  assert.deepEqual(rows(["great", "superb"], [1234, 7]), [["Sequences with a word", "great 1,234, superb 7"]]);
  assert.deepEqual(rows([], []), [["Words", "none occurs in more sequences than expected by chance"]]);
  assert.deepEqual(rows([], [], "series"), []);
});

test("the colour of a class is darkened or paled until it can be read", () => {
  for (const [ground, ink] of [["#fbfcfd", "#18202a"], ["#12171d", "#eef1f4"]]) {
    for (const colour of ["#d6336c", "#f5f7a0", "#1c6fd6", "#000000", "#ffffff", "#9aa0a6"]) {
      assert.ok(contrast(clusters.legible(colour, ground, ink), ground) >= 7, `${colour} on ${ground}`);
    }
  }
  assert.equal(clusters.legible("#1b4f8a", "#fbfcfd", "#18202a"), "#1b4f8a"); // legible as it is
});

test("beside a trajectory a name is fainter, and can still be read", () => {
  for (const [ground, ink] of [["#fbfcfd", "#18202a"], ["#12171d", "#eef1f4"]]) {
    for (const colour of ["#d6336c", "#f5f7a0", "#1c6fd6", "#000000", "#ffffff", "#9aa0a6"]) {
      const full = clusters.legible(colour, ground, ink);
      const faint = contrast(clusters.faint(full, ground), ground);
      assert.ok(faint >= 4.5 && faint < contrast(full, ground), `${colour} on ${ground}`);
    }
  }
});

const facts = {
  kind: "text",
  classes,
  scales: { expected: { kind: "ramp", colours: ["#d6336c", "#9aa0a6", "#1c6fd6"] } },
};
const found = {
  sequence: 12,
  step: 4,
  length: 9,
  before: ["a", "truly"],
  word: "<superb>",
  after: ["piece", "of"],
  label: 1,
  classified: 0,
  predicted: 1,
  confidence: 0.974,
  bin: 2,
  distance: 0.4321,
  apart: 0.05,
  nearer: 14,
};

test("a neighbour has its word in context, its class, the answer there and the distance", () => {
  const markup = neighbours.rowMarkup(facts, found, 3, 0.05);
  assert.match(markup, /data-neighbour="3" data-sequence="12" data-step="4"/);
  assert.match(markup, /a truly<\/span><\/span><mark style="background:#1c6fd6;color:#ffffff">&lt;superb&gt;<\/mark>/);
  assert.match(markup, /piece of/);
  assert.match(markup, /posi&lt;tive · 97 %/);
  assert.match(markup, /classified as negative/);
  assert.match(markup, /title="Class posi&lt;tive, classified as negative"><span class="class-dot" style="background:#f5f7a0">/);
  assert.match(markup, />0\.43</);
  assert.ok(!markup.includes("<superb>") && !markup.includes("posi<tive"));
});

test("near on the map is what lies no farther than the limit", () => {
  const markup = neighbours.rowMarkup(facts, found, 0, 0.05);
  assert.match(markup, /near<span class="visually-hidden"> on the map/);
  assert.match(markup, /5\.0 % of its longer side away, 14 other sequences come nearer/);
  assert.match(neighbours.rowMarkup(facts, { ...found, apart: 0.051 }, 0, 0.05), /neighbour-far.*far<span/);
});

test("a step of a series is called by its name, else by its number", () => {
  const series = { ...facts, kind: "series", features: [{ name: "a" }] };
  const markup = (word) => neighbours.rowMarkup(series, { ...found, word }, 0, 0.05);
  assert.match(markup("4"), /<mark[^>]*>step 4<\/mark>/);
  assert.match(markup("row 4"), /<mark[^>]*>row 4<\/mark>/);
  assert.ok(!markup("4").includes("truly"));
});
