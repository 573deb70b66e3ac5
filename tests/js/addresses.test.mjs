import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import { rules } from "./rules.mjs";
import * as addresses from "../../app/assets/client/lib/addresses.js";

// Names that tests/app/test_addresses.py writes as well.
const ODD = rules.odd_names;
const read = (address) => new URL(address, "http://here");

test("a run's name is one part of the path and comes back as it was", () => {
  for (const run of ODD) {
    for (const address of [addresses.page("words", run), addresses.explore(run, { step: 0 }), addresses.units(run, 7)]) {
      const { pathname, hash } = read(address);
      const [, , name] = pathname.split("/");
      assert.equal(decodeURIComponent(name), run);
      assert.equal(pathname.split("/").length, 3);
      assert.equal(hash, "");
    }
  }
});

test("words, filters and projections come back from the query", () => {
  for (const word of ODD) {
    const asked = read(addresses.explore("mine", { sequence: 3, step: 0, filters: [["word", word]] })).searchParams;
    assert.deepEqual(JSON.parse(asked.get("filters")), [["word", word]]);
    assert.deepEqual([asked.get("sequence"), asked.get("step")], ["3", "0"]);
    assert.equal(read(addresses.page("words", "mine", { word })).searchParams.get("word"), word);
    assert.equal(read(addresses.report("mine", 2, word)).searchParams.get("projection"), word);
  }
});

test("pages and reports are where the server has them", () => {
  assert.equal(addresses.units("mine", 9), "/units/mine?sequence=9");
  assert.equal(addresses.report("mine", 9, "lstm-pca"), "/report/mine/9.html?projection=lstm-pca");
});
