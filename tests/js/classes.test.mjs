import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import * as classes from "../../app/assets/client/lib/classes.js";

const odd = { name: `<b>"crude" & oil`, colour: "#56b4e9" };

test("a class is a dot of its colour and its name, which is shown, not obeyed", () => {
  assert.equal(classes.dot(odd), '<span class="class-dot" style="background:#56b4e9"></span>');
  assert.equal(classes.label(odd), '<span class="class-name">&lt;b&gt;&quot;crude&quot; &amp; oil</span>');
  assert.equal(classes.chip(odd), `<span class="class-chip">${classes.dot(odd)}${classes.label(odd)}</span>`);
});

test("a chip may say something else beside the dot, and tell more where the cursor is", () => {
  const chip = classes.chip(odd, { body: "<i>+2.30</i>", title: 'Class "x"' });
  assert.equal(chip, `<span class="class-chip" title="Class &quot;x&quot;">${classes.dot(odd)}<i>+2.30</i></span>`);
});

test("a cell of a grid has the same elements", () => {
  globalThis.React = { createElement: (kind, properties, ...children) => ({ kind, properties, children }) };
  const { properties, children } = classes.cell(odd);
  assert.deepEqual(properties, { className: "class-chip", title: odd.name });
  const [dot, name] = children;
  assert.deepEqual(dot.properties, { className: "class-dot", style: { background: "#56b4e9" } });
  assert.deepEqual([name.properties, name.children], [{ className: "class-name" }, [odd.name]]);
  delete globalThis.React;
});
