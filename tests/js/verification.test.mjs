import assert from "node:assert/strict";
import { test } from "node:test";

import { lineOf } from "../../app/assets/client/lib/verification.js";

test("the sign of a run says how many bytes of how many were verified", () => {
  assert.equal(lineOf(12_400_000, 96_000_000), "Verifying this run's files: 12 of 96 MB");
});
