import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import { contrast, ink, pixel } from "../../app/assets/client/lib/colour.js";
import { sortText } from "../../app/assets/client/lib/data-grid.js";
import { signed } from "../../app/assets/client/lib/format.js";
import { nearest, nearestSegment } from "../../app/assets/client/lib/geometry.js";
import { escape } from "../../app/assets/client/lib/html.js";
import { dots, evenly, splitBins } from "../../app/assets/client/lib/points.js";
import { offsetsOf, stepOfRow } from "../../app/assets/client/lib/states.js";
import { query, selectionOf } from "../../app/assets/client/pages/explore/query.js";

test("ink is readable on every background of a fine colour grid", () => {
  let worst = Infinity;
  for (let red = 0; red < 256; red += 15) {
    for (let green = 0; green < 256; green += 15) {
      for (let blue = 0; blue < 256; blue += 15) {
        const parts = [red, green, blue].map((part) => part.toString(16).padStart(2, "0"));
        const background = `#${parts.join("")}`;
        worst = Math.min(worst, contrast(background, ink(background)));
      }
    }
  }
  assert.ok(worst >= 4.5, `worst contrast ${worst}`);
});

test("contrast of black and white is 21 to 1, of a colour with itself 1 to 1", () => {
  assert.ok(Math.abs(contrast("#000000", "#ffffff") - 21) < 1e-9);
  assert.equal(contrast("#1c6fd6", "#1c6fd6"), 1);
});

test("points are split by bin without losing or moving any", () => {
  const bins = Uint8Array.from([2, 0, 2, 1, 2]);
  const x = Float32Array.from([10, 11, 12, 13, 14]);
  const y = Float32Array.from([0, 1, 2, 3, 4]);
  const parts = splitBins(bins, x, y, 4);
  assert.deepEqual(parts.map((part) => [...part.rows]), [[1], [3], [0, 2, 4], []]);
  assert.deepEqual([...parts[2].x], [10, 12, 14]);
  assert.deepEqual([...parts[2].y], [0, 2, 4]);
});

test("a sample of rows keeps each point with its own bin", () => {
  const bins = Uint8Array.from([0, 1, 0, 1]);
  const places = Float32Array.from([5, 6, 7, 8]);
  const parts = splitBins(bins, places, places, 2, Int32Array.from([1, 2]));
  assert.deepEqual(parts.map((part) => [...part.x]), [[7], [6]]);
});

test("the nearest point is found in pixels, and none beyond the reach", () => {
  const x = Float32Array.from([0, 1, 2]);
  const y = Float32Array.from([0, 0, 0]);
  const place = [10, 100, -10, 50]; // pixels: 100, 110, 120 across, 50 down
  assert.equal(nearest(x, y, place, 112, 50, 5), 1);
  assert.equal(nearest(x, y, place, 100, 70, 5), -1);
});

test("the nearest segment is found between its ends, and none beyond the reach", () => {
  const spots = [[0, 0], [100, 0], [100, 100]];
  assert.equal(nearestSegment(spots, 50, 4, 6), 1);
  assert.equal(nearestSegment(spots, 104, 60, 6), 2);
  assert.equal(nearestSegment(spots, 50, 40, 6), -1);
  assert.equal(nearestSegment(spots, -30, 0, 6), -1);
  assert.equal(nearestSegment([[5, 5], [5, 5]], 5, 5, 6), 1);
});

test("dots are written round, in their colour, where they pass and lie inside", () => {
  const pixels = new Uint32Array(9 * 9);
  dots(pixels, 9, 9, {
    x: [4, 1, 0],
    y: [4, 1, 0],
    bins: [0, 0, 1],
    passes: [1, 0, 1],
    colours: [pixel("#ff0000"), pixel("#00ff00")],
    place: [1, 0, 1, 0],
    radius: 1,
  });
  const written = [...pixels.keys()].filter((at) => pixels[at]);
  assert.deepEqual(written, [3 * 9 + 4, 4 * 9 + 3, 4 * 9 + 4, 4 * 9 + 5, 5 * 9 + 4]);
  assert.equal(pixels[4 * 9 + 4], 0xff0000ff);
});

test("evenly spaced rows start at the first and stay inside", () => {
  assert.deepEqual([...evenly(10, 4)], [0, 2, 5, 7]);
  assert.deepEqual([...evenly(3, 3)], [0, 1, 2]);
});

test("every row of the map leads to its sequence and step", () => {
  const lengths = [3, 1, 4];
  const offsets = offsetsOf(lengths);
  let row = 0;
  lengths.forEach((length, sequence) => {
    for (let t = 0; t < length; t += 1) {
      assert.deepEqual(stepOfRow(offsets, row), [sequence, t]);
      row += 1;
    }
  });
});

const defaults = {
  projection: "lstm-tsne",
  colour: "expected",
  sequence: null,
  text: null,
  step: null,
  pinned: null,
  filters: [],
  labels: [],
  distance: 0.4,
  confidence: 0.3,
  order: "",
  class: null,
  bars: "both",
};

test("an address holds only what differs from the run's defaults", () => {
  assert.equal(query({ ...defaults }, defaults), "");
  assert.equal(
    query({ ...defaults, projection: "lstm-pca", sequence: 0 }, defaults),
    "?projection=lstm-pca&sequence=0",
  );
});

test("an address read again gives the selection that it was written from", () => {
  const selection = {
    projection: "lstm-pca",
    colour: "step",
    sequence: 7,
    text: null,
    step: 0,
    pinned: 3,
    filters: [["actual", 1], ["search", 'a "quoted" & hidden; word'], ["box", "lstm-pca", 0, -1.5, 2, 3]],
    labels: ["after-class", "before-distance"],
    distance: 0.25,
    confidence: 1,
    order: "lost",
    class: 0,
    bars: "contribution",
  };
  assert.deepEqual(selectionOf(query(selection, defaults), defaults), selection);
  assert.deepEqual(selectionOf("", defaults), defaults);
});

test("an address holds a typed text, unless it is long", () => {
  const typed = (text) => query({ ...defaults, text }, defaults);
  assert.equal(typed("a good film?"), "?text=a+good+film%3F");
  for (const text of ["two\nlines & more", "плов 電影 😀"]) {
    assert.equal(selectionOf(typed(text), defaults).text, text);
  }
  assert.notEqual(typed("a ".repeat(750)), "");
  assert.equal(typed("a ".repeat(751)), "");
  assert.equal(typed("電".repeat(1_000)), ""); // nine letters each in an address
});

test("sort keys are written as the data route reads them", () => {
  const model = [{ colId: "confidence", sort: "desc" }, { colId: "length", sort: "asc" }];
  assert.equal(sortText(model), "confidence:desc,length:asc");
  assert.equal(sortText(undefined), "");
});

test("a number has its sign, and a minus as wide as a plus", () => {
  assert.equal(signed(2.345), "+2.35");
  assert.equal(signed(-2.3), "−2.30");
  assert.equal(signed(0), "+0.00");
  assert.equal(signed(-0.25, 3), "−0.250");
  assert.equal(signed(12, 0), "+12");
});

test("text of a corpus cannot become markup", () => {
  assert.equal(escape(`<b a="1">&'`), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
});
