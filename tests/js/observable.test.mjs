import assert from "node:assert/strict";
import { test } from "node:test";

import { observable } from "../../app/assets/client/lib/observable.js";

test("a view is called with the state and the one before, when one of its keys has a new value", () => {
  const state = observable({ unit: 1, step: 2 });
  const calls = [];
  state.subscribe(["unit"], (now, before) => calls.push([now.unit, before.unit]));
  state.update({ step: 3 });
  state.update({ unit: 1 });
  assert.deepEqual(calls, []);
  state.update({ unit: 4, step: 5 });
  assert.deepEqual(calls, [[4, 1]]);
  assert.deepEqual(state.get(), { unit: 4, step: 5 });
});

test("views are called in order, each once for a change and what an earlier view derived from it", () => {
  const state = observable({ value: 1, double: 2 });
  const calls = [];
  state.subscribe(["value"], ({ value }) => state.update({ double: 2 * value }));
  state.subscribe(["value", "double"], ({ value, double }) => calls.push([value, double]));
  state.update({ value: 3 });
  assert.deepEqual(calls, [[3, 6]]);
});

test("a view that fails keeps following, and keeps no other from it", () => {
  const state = observable({ value: 1 });
  const calls = [];
  state.subscribe(["value"], ({ value }) => {
    if (value === 2) throw new Error("broken");
    calls.push(["first", value]);
  });
  state.subscribe(["value"], ({ value }) => calls.push(["second", value]));
  assert.throws(() => state.update({ value: 2 }), /broken/);
  state.update({ value: 3 });
  assert.deepEqual(calls, [["second", 2], ["first", 3], ["second", 3]]);
});
