// Padding that a model reads is folded at the beginning and at the end of a sequence.

import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.mjs";
import { drawn, holds, spanOf } from "../../app/assets/client/lib/span.js";
import { headsMarkup } from "../../app/assets/client/lib/step-columns.js";
import { distancesMarkup, heatmapMarkup } from "../../app/assets/client/pages/explore/drawing/step-plots.js";
import { foldMarkup, wordsMarkup } from "../../app/assets/client/pages/explore/drawing/words-panel.js";

const COLOURS = Array.from({ length: 5 }, () => "#123456");
const steps = (padding) => ({
  padding,
  surface: ["[padding]", "[padding]", "a", "b", "[padding]"],
  known: padding.map(() => true),
  role: padding.map(() => null),
  ep: padding.map(() => [0.4, 0.6]),
  distance: [9, 9, 1, 2, 9],
});
const PADDED = steps([true, true, false, false, true]);
const sequence = (all) => ({
  steps: PADDED,
  span: spanOf(PADDED, all),
  facts: { turning_step: null },
  measured: { largest: 2, longest: "the longest", backward: false },
});

test("the span leaves out padding at both ends, and nothing else", () => {
  assert.deepEqual(spanOf(PADDED, false), { from: 2, to: 4 });
  assert.deepEqual(spanOf(PADDED, true), { from: 0, to: 5 });
  assert.deepEqual(spanOf(steps([false, true, true, false, false]), false), { from: 0, to: 5 });
  const only = steps([true, true, true, true, true]);
  assert.deepEqual(spanOf(only, false), { from: 0, to: 5 });
  assert.deepEqual(drawn({ steps: { surface: ["a", "b"] } }), { from: 0, to: 2 });
  assert.deepEqual([1, 2, 3, 4].map((t) => holds({ from: 2, to: 4 }, t)), [false, true, true, false]);
});

test("folded padding is a button that says how much there is", () => {
  const [before, after] = foldMarkup(sequence(false));
  assert.match(before, /aria-expanded="false"[^>]*>2 × padding</);
  assert.match(after, /data-padding="true"[^>]*>1 × padding</);
  assert.match(foldMarkup(sequence(true))[0], /data-padding="false" aria-expanded="true"/);
  const plain = { steps: steps([false, false, false, false, false]) };
  assert.deepEqual(foldMarkup(plain), ["", ""]);
});

test("words, heads, heatmap and bars begin behind the folded padding", () => {
  const folded = sequence(false);
  const numbers = (markup) => [...markup.matchAll(/data-t="(\d)"/g)].map(([, t]) => Number(t));
  assert.deepEqual(numbers(wordsMarkup(folded, COLOURS)), [2, 3]);
  assert.match(wordsMarkup(folded, COLOURS), /data-t="2"[^>]*tabindex="0"|tabindex="0"[^>]*data-t="2"/);
  assert.deepEqual(numbers(headsMarkup(folded, COLOURS)), [2, 3]);
  const facts = { kind: "text", classes: [{ name: "a", colour: "#111111" }, { name: "b", colour: "#222222" }] };
  assert.match(heatmapMarkup(facts, folded, COLOURS), /viewBox="2 0 2 /);
  assert.match(distancesMarkup(folded, COLOURS, { threshold: 1 }), /viewBox="2 0 2 /);
  // The scale is that of the bars that are seen.
  assert.match(distancesMarkup(folded, COLOURS, { threshold: 1 }), />1\.00</);
  assert.match(wordsMarkup(sequence(true), COLOURS), /word-padding/);
});
