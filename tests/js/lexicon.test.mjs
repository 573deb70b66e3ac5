import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const require = createRequire(import.meta.url);
require("../../app/assets/pure.js");
require("../../app/assets/lexiconcells.js");
const { plusMinus, tone } = globalThis.stateline.lexiconcells;
const { decimals, whole } = globalThis.dashAgGridFunctions;

const run = (...colours) => ({ classes: colours.map((colour) => ({ colour })) });

test("of two classes what speaks against one has the colour of the other", () => {
  const two = run("#111111", "#222222");
  assert.equal(tone(two, 1, 0.5), "#222222");
  assert.equal(tone(two, 1, -0.5), "#111111");
  assert.equal(tone(two, 0, -0.5), "#222222");
});

test("of more classes what speaks against one has the colour of none", () => {
  const three = run("#111111", "#222222", "#333333");
  assert.equal(tone(three, 2, 1), "#333333");
  assert.ok(!["#111111", "#222222", "#333333"].includes(tone(three, 2, -1)));
});

test("a number that is not known is left out", () => {
  assert.equal(plusMinus(null), "");
  assert.equal(plusMinus(0.126), " ± 0.13");
  assert.equal(decimals(null), "");
  assert.equal(decimals(-1.005e2), "-100.50");
  assert.equal(whole(null), "");
  assert.equal(whole(12345), "12,345");
});
