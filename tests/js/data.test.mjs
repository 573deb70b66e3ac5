import assert from "node:assert/strict";
import { test } from "node:test";
import { json } from "../../app/assets/client/lib/data.js";

const facts = { run: "mine", version: "1" };

function answersOf(...answers) {
  const asked = [];
  globalThis.fetch = async (address) => {
    asked.push(address);
    return answers[asked.length - 1]();
  };
  return asked;
}

const busy = () => new Response("app: busy", { status: 503, headers: { "Retry-After": "0.01" } });

test("a server with too much to do is asked again when it says so", async () => {
  const asked = answersOf(busy, busy, () => Response.json({ row: 5 }));
  assert.deepEqual(await json(facts, "position/3"), { row: 5 });
  assert.equal(asked.length, 3);
});

test("it is not asked for ever, and its line is the error", async () => {
  const asked = answersOf(busy, busy, busy);
  await assert.rejects(json(facts, "position/3"), /app: busy/);
  assert.equal(asked.length, 3);
});

test("a model that cannot be loaded is not asked for again", async () => {
  const asked = answersOf(() => new Response("typing: TensorFlow is missing", { status: 503 }));
  await assert.rejects(json(facts, "typed"), /TensorFlow is missing/);
  assert.equal(asked.length, 1);
});
