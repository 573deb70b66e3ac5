// Labels find places that no other label and nothing that is drawn has taken.
import assert from "node:assert/strict";
import { test } from "node:test";

import { meets, placeLabels, writeLabel } from "../../app/assets/client/lib/labels.js";

const [left, middle, right] = [[0, 0, 40, 16], [30, 0, 70, 16], [60, 0, 100, 16]];

test("boxes meet where they share more than an edge", () => {
  assert.ok(meets(left, middle) && meets(middle, left));
  assert.ok(!meets(left, right));
  assert.ok(!meets(left, [40, 0, 80, 16]) && !meets(left, [0, 16, 40, 32]));
});

test("each label takes the first of its boxes that is free, the first labels first", () => {
  const labels = [{ boxes: [left, right] }, { boxes: [left, right] }, { boxes: [left, middle, right] }];
  const taken = [];
  assert.deepEqual(placeLabels(labels, taken), [left, right, null]);
  assert.deepEqual(taken, [left, right]);
});

test("labels keep off what is taken and what is blocked, which stays as it is", () => {
  const [taken, blocked] = [[left], [right]];
  assert.deepEqual(placeLabels([{ boxes: [left, middle] }, { boxes: [[200, 0, 240, 16]] }], taken, blocked), [null, [200, 0, 240, 16]]);
  assert.deepEqual([taken.length, blocked.length], [2, 1]);
  assert.deepEqual(placeLabels([{ boxes: [] }], []), [null]);
});

test("a label that is always written takes its first box where none is free", () => {
  const taken = [left];
  assert.deepEqual(placeLabels([{ boxes: [middle, right], always: true }], taken), [right]);
  assert.deepEqual(placeLabels([{ boxes: [middle, left], always: true }], taken), [middle]);
  assert.deepEqual(taken, [left, right, middle]);
});

test("a label is written above its rim", () => {
  const calls = [];
  const context = { strokeText: (...at) => calls.push(["rim", ...at]), fillText: (...at) => calls.push(["text", ...at]) };
  writeLabel(context, "film", 5, 9, "#123456", "#ffffff");
  assert.deepEqual(calls, [["rim", "film", 5, 9], ["text", "film", 5, 9]]);
  assert.deepEqual([context.strokeStyle, context.fillStyle], ["#ffffff", "#123456"]);
});
