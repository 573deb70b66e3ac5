import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import "../../app/assets/callbacks.js";
import { meets } from "../../app/assets/client/lib/labels.js";
import { measuredOf, readBefore, readingOrder } from "../../app/assets/client/lib/states.js";
import * as placement from "../../app/assets/client/map/label-placement.js";
import * as labels from "../../app/assets/client/pages/explore/drawing/step-labels.js";
import * as steps from "../../app/assets/client/pages/explore/drawing/step-plots.js";
import * as stepTooltip from "../../app/assets/client/pages/explore/drawing/step-tooltip.js";

const callbacks = globalThis.dash_clientside.stateline;
globalThis.dash_clientside.no_update = "no update";

const forward = { key: "bi-forward", name: "bi · forward", largest: 2, longest: "the longest of these states", backward: false, alone: false };
const backward = { ...forward, key: "bi-backward", name: "bi · backward", largest: 4, backward: true };
const facts = {
  layers: [forward, backward],
  projections: [
    { id: "bi-forward-pca", layer: "bi-forward", method: "PCA" },
    { id: "bi-forward-tsne", layer: "bi-forward", method: "t-SNE" },
    { id: "bi-backward-pca", layer: "bi-backward", method: "PCA" },
  ],
  readout: { exact: true, initial: [0.5] },
  classes: [
    { name: "bad", colour: "#d6336c" },
    { name: "good", colour: "#1c6fd6" },
  ],
};
const sequence = (measured) => ({
  measured,
  facts: { sequence_id: 3, label: 1, predicted: 1 },
  steps: {
    surface: ["not", "a", "bad", "film"],
    known: [true, true, true, true],
    role: [null, null, null, null],
    predicted: [0, 0, 0, 1],
    confidence: [0.9, 0.8, 0.7, 0.6],
    ep: [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3], [0.4, 0.6]],
    distance: [3, 1, 0.5, 2],
    contribution: [[-1], [0.5], [-0.25], [2]],
    x: [0, 1, 2, 3],
    y: [0, 0, 0, 0],
  },
});
const colours = ["#000001", "#000002", "#000003", "#000004"];

test("a projection says which states it shows", () => {
  assert.equal(measuredOf(facts, "bi-forward-tsne"), forward);
  assert.equal(measuredOf(facts, "bi-backward-pca"), backward);
});

test("a backward layer reads from the end", () => {
  assert.deepEqual(readingOrder(forward, 3), [0, 1, 2]);
  assert.deepEqual(readingOrder(backward, 3), [2, 1, 0]);
  assert.deepEqual([0, 1, 2].map((t) => readBefore(forward, t, 3)), [-1, 0, 1]);
  assert.deepEqual([0, 1, 2].map((t) => readBefore(backward, t, 3)), [1, 2, -1]);
});

test("a bar has the colour of the state before it, in reading order, and the first none", () => {
  const fills = (measured) => {
    const markup = steps.distancesMarkup(sequence(measured), colours, { threshold: 0.4 });
    const bars = [...markup.matchAll(/<g data-t="\d"><rect[^>]*?(fill="#\w+"|class="first-bar")/g)];
    return bars.map(([, fill]) => fill.replace(/fill="|"/g, ""));
  };
  assert.deepEqual(fills(forward), ["class=first-bar", "#000001", "#000002", "#000003"]);
  assert.deepEqual(fills(backward), ["#000002", "#000003", "#000004", "class=first-bar"]);
});

test("a threshold is a share of the largest distance of the states shown", () => {
  const markup = steps.distancesMarkup(sequence(backward), colours, { threshold: 0.4 });
  assert.match(markup, /Jumps from 0.40 of the longest of these states on/);
  assert.match(markup, /data-top="0.75"/); // 3 of 4
});

test("a tooltip names the layer, and says when it was read from the end", () => {
  const markup = stepTooltip.markup(facts, sequence(backward), 0);
  for (const part of ["3.000 (0.75 of the longest)", "bi · backward", "from the end"]) assert.ok(markup.includes(part), part);
  assert.ok(!stepTooltip.markup(facts, sequence(forward), 0).includes("from the end"));
  const alone = stepTooltip.markup(facts, sequence({ ...forward, alone: true }), 0);
  assert.ok(!alone.includes("bi · forward"));
});

test("a segment read from the end leads from the later word, and claims no change of the answer", () => {
  const markup = stepTooltip.segmentMarkup(facts, sequence(backward), 2);
  for (const part of ["film → bad", "steps 3 to 2", "Up to “film”</dt><dd>good · 60.0 %", "Up to “bad”</dt><dd>bad · 70.0 %"]) {
    assert.ok(markup.includes(part), part);
  }
  assert.ok(!markup.includes("good → bad"));
});

test("distance labels follow the reading, labels of the answer the sequence", () => {
  const of = (measured, kinds) =>
    labels.ofSequence(sequence(measured).steps, measured, { labels: kinds, distance: 0.5, confidence: 0.25 }).map(({ t }) => t);
  assert.deepEqual(of(forward, ["after-distance"]), [3, 1]);
  assert.deepEqual(of(forward, ["before-distance"]), [2, 0]);
  // The last word is the first that was read: nothing stood before it.
  assert.deepEqual(of(backward, ["after-distance"]), [0]);
  assert.deepEqual(of(backward, ["before-distance"]), [1]);
  assert.deepEqual(of(backward, ["after-class"]), [3]);
  assert.deepEqual(of(backward, ["before-confidence"]), [2]);
});

test("another layer keeps the method where it has it, else takes its first map", () => {
  const [options, value] = callbacks.projectionsOfLayer("bi-backward", "bi-forward-pca", facts);
  assert.deepEqual(options, [{ label: "PCA", value: "bi-backward-pca" }]);
  assert.equal(value, "bi-backward-pca");
  assert.equal(callbacks.projectionsOfLayer("bi-backward", "bi-forward-tsne", facts)[1], "bi-backward-pca");
  assert.equal(callbacks.projectionsOfLayer("bi-forward", "bi-forward-tsne", facts)[1], "no update");
});

const pen = { measureText: (text) => ({ width: 8 * text.length }), strokeText() {}, fillText() {} };
const tone = { ground: "#ffffff" };
function written(place, text, frame, taken, side = 1) {
  const all = [...taken];
  placement.write(pen, place, text, "#000000", tone, frame, all, side);
  return all.at(-1);
}

test("a text keeps inside the map, and off its tools and handles", () => {
  const frame = { width: 700, height: 600 };
  assert.deepEqual(written([300, 200], "end", frame, []), [315, 192, 339, 208]);
  for (const place of [[650, 300], [690, 320], [30, 300], [698, 5], [350, 3], [350, 590]]) {
    for (const side of [1, -1]) {
      const box = written(place, "start", frame, [], side);
      assert.ok(box[0] > 0 && box[2] < 700 && box[1] > 0 && box[3] < 600, `${place}`);
      assert.ok(!placement.furniture(frame).some((other) => meets(other, box)), `${place}`);
    }
  }
});

test("a text keeps off what is drawn around it", () => {
  const frame = { width: 700, height: 600 };
  const dots = [[316, 192, 330, 206], [316, 214, 330, 228], [316, 170, 330, 186]];
  const box = written([300, 200], "Quince", frame, dots);
  assert.ok(!dots.some((dot) => meets(dot, box)));
  assert.deepEqual(written([300, 200], "Quince", frame, [[310, 0, 700, 600]]), [237, 192, 285, 208]); // on the left
});
