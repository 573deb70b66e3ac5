import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import { addressQuery, parseQuery } from "../../app/assets/client/pages/words/address.js";
import { formats } from "../../app/assets/client/pages/words/cells.js";
import { fitted } from "../../app/assets/client/pages/words/column-widths.js";
import { effectColour, plusMinus } from "../../app/assets/client/pages/words/effect-colour.js";

const { decimals, whole } = formats;

const run = (...colours) => ({ classes: colours.map((colour) => ({ colour })) });

test("of two classes what speaks against one has the colour of the other", () => {
  const two = run("#111111", "#222222");
  assert.equal(effectColour(two, 1, 0.5), "#222222");
  assert.equal(effectColour(two, 1, -0.5), "#111111");
  assert.equal(effectColour(two, 0, -0.5), "#222222");
});

test("of more classes what speaks against one has the colour of none", () => {
  const three = run("#111111", "#222222", "#333333");
  assert.equal(effectColour(three, 2, 1), "#333333");
  assert.ok(!["#111111", "#222222", "#333333"].includes(effectColour(three, 2, -1)));
});

test("a number that is not known is left out", () => {
  assert.equal(plusMinus(null), "");
  assert.equal(plusMinus(0.126), " ± 0.13");
  assert.equal(decimals(null), "");
  assert.equal(decimals(-1.005e2), "-100.50");
  assert.equal(whole(null), "");
  assert.equal(whole(12345), "12,345");
});

test("columns that fit share the room that is left, and those beyond keep their width", () => {
  assert.deepEqual(fitted([100, 60, 60, 60], 190), [105, 65, 60, 60]);
  assert.deepEqual(fitted([100, 60], 200), [120, 80]);
  assert.deepEqual(fitted([100, 60], 160), [100, 60]);
  assert.deepEqual(fitted([100], 50), [100]);
});

test("the address holds what differs from the defaults, and gives it back", () => {
  const defaults = { towards: null, kind: "all", least: 5, search: "", word: null };
  assert.equal(addressQuery(defaults, defaults), "");
  assert.deepEqual(parseQuery("", defaults), defaults);
  const asked = { towards: 0, kind: "phrases", least: 3, search: "a & b", word: "not bad" };
  assert.equal(addressQuery({ ...defaults, towards: 0, word: "x" }, defaults), "?towards=0&word=x");
  assert.deepEqual(parseQuery(addressQuery(asked, defaults), defaults), asked);
});
