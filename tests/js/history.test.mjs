import assert from "node:assert/strict";
import { test } from "node:test";
import { plainPath } from "../../app/assets/client/lib/history.js";

test("every spelling of a path is the same place", () => {
  for (const path of ["/explore/news", "/explore/news/", "/explore/news//", "/explore/%6Eews"]) {
    assert.equal(plainPath(path), "/explore/news");
  }
  assert.notEqual(plainPath("/explore/news"), plainPath("/explore/new"));
  assert.equal(plainPath("/explore/50%"), "/explore/50%");
});
