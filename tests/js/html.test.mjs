import assert from "node:assert/strict";
import { test } from "node:test";

import { html, trusted } from "../../app/assets/client/lib/html.js";

test("a template escapes texts and inserts markup as it is", () => {
  assert.equal(String(html`<b title="${`"&'`}">${"<i>"}</b>`), "<b title=\"&quot;&amp;&#39;\">&lt;i&gt;</b>");
  assert.equal(String(html`<p>${html`<b>${"&"}</b>`}${trusted("<i>")}</p>`), "<p><b>&amp;</b><i></p>");
});

test("entries of an array follow each other; null, undefined and false are left out, 0 is not", () => {
  assert.equal(String(html`${[1, "<", html`<b>`]}`), "1&lt;<b>");
  assert.equal(String(html`${null}${undefined}${false}${0}`), "0");
});

test("line breaks of a template are left out, those of a text are kept", () => {
  const markup = html`<p>
    ${"a\n  b"}</p>`;
  assert.equal(String(markup), "<p>a\n  b</p>");
});
