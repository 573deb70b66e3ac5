import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import * as elementToSvg from "../../app/assets/client/export/element-to-svg.js";
import * as layouts from "../../app/assets/client/export/layouts.js";
import * as mapToSvg from "../../app/assets/client/export/map-to-svg.js";
import * as exporting from "../../app/assets/client/export/menu.js";
import * as rotatedText from "../../app/assets/client/export/rotated-text.js";
import * as svg from "../../app/assets/client/export/svg.js";
import * as svgContext from "../../app/assets/client/export/svg-context.js";

// The menu listens to the page when it loads; without a page nobody ever calls.

const count = (text, part) => text.split(part).length - 1;

test("texts of a picture are escaped, and characters that XML forbids are left out", () => {
  assert.equal(svg.xml(`<b a="1">&'`), "&lt;b a=&quot;1&quot;&gt;&amp;&#39;");
  assert.equal(svg.xml("a\u0000b\u000bc\u001fd\uffffe\tf"), "abcde\tf");
  assert.equal(svg.xml("half \ud83d, whole \u{1f600}"), "half \ufffd, whole \u{1f600}");
});

test("numbers have two decimals at most and never a minus before nothing", () => {
  assert.deepEqual([1 / 3, -0.001, 12, 2.499].map(svg.number), ["0.33", "0", "12", "2.5"]);
});

test("computed colours become a plain colour and an opacity", () => {
  assert.deepEqual(svg.solid("rgb(255, 0, 16)"), ["#ff0010", 1]);
  assert.deepEqual(svg.solid("rgba(251, 252, 253, 0.74)"), ["#fbfcfd", 0.74]);
  assert.deepEqual(svg.solid("color(srgb 0.5 0 1 / 0.25)"), ["#8000ff", 0.25]);
  assert.deepEqual(svg.solid("#D6336C"), ["#d6336c", 1]);
  assert.equal(svg.solid("rgba(0, 0, 0, 0)")[1], 0);
  assert.equal(svg.paint("fill", "rgba(0, 0, 0, 0.5)", 0.5), ' fill="#000000" fill-opacity="0.25"');
  assert.equal(svg.paint("stroke", "none"), ' stroke="none"');
});

test("rings and gradients are read as the browser computes them", () => {
  const rings = svg.shadows(
    "rgb(255, 255, 255) 0px 0px 0px 1.5px, rgb(194, 65, 12) 0px 0px 0px 3.5px",
  );
  assert.deepEqual(rings.map(({ colour, spread }) => [colour, spread]), [
    ["rgb(255, 255, 255)", 1.5],
    ["rgb(194, 65, 12)", 3.5],
  ]);
  assert.deepEqual(svg.shadows("rgb(1, 2, 3) 1.5px 0px 0px 0px inset"), [
    { colour: "rgb(1, 2, 3)", x: 1.5, y: 0, blur: 0, spread: 0, inset: true },
  ]);
  assert.deepEqual(svg.shadows("none"), []);
  assert.deepEqual(svg.ramp("linear-gradient(90deg, rgb(1, 2, 3), rgb(4, 5, 6))"), [
    "rgb(1, 2, 3)",
    "rgb(4, 5, 6)",
  ]);
  assert.equal(svg.ramp("none"), null);
});

test("a recording pen keeps lines and discs with their styles", () => {
  const recorded = svgContext.record(() => 10);
  recorded.strokeStyle = "#112233";
  recorded.lineWidth = 2.25;
  recorded.setLineDash([6, 5]);
  recorded.beginPath();
  recorded.moveTo(1, 2);
  recorded.lineTo(3.456, 4);
  recorded.stroke();
  recorded.setLineDash([]);
  recorded.beginPath();
  recorded.arc(10, 20, 3, 0, 2 * Math.PI);
  recorded.fillStyle = "rgba(0, 0, 0, 0.5)";
  recorded.fill();
  const [line, disc] = recorded.svg().split("/>");
  assert.equal(
    line,
    '<path d="M1 2L3.46 4" fill="none" stroke="#112233" stroke-width="2.25" stroke-dasharray="6 5"',
  );
  assert.equal(
    disc,
    '<path d="M13 20A3 3 0 1 1 7 20A3 3 0 1 1 13 20Z" fill="#000000" fill-opacity="0.5"',
  );
});

test("a recorded text has its font, place and outline, and is no markup", () => {
  const recorded = svgContext.record((text) => text.length);
  recorded.font = "600 12px Inter, system-ui, sans-serif";
  recorded.textBaseline = "middle";
  recorded.textAlign = "right";
  assert.equal(recorded.measureText("four").width, 4);
  recorded.strokeText("<end>", 50, 10);
  recorded.fillText("<end>", 50, 10);
  const markup = recorded.svg();
  assert.equal(count(markup, "&lt;end&gt;</text>"), 2);
  assert.equal(count(markup, '<text x="50" y="14.32" font-family="Inter, system-ui, sans-serif"'), 2);
  assert.match(markup, /font-size="12" font-weight="600" text-anchor="end" fill="none" stroke=/);
});

test("save and restore bring a pen's styles back", () => {
  const recorded = svgContext.record(() => 0);
  recorded.fillStyle = "#aa0000";
  recorded.save();
  recorded.fillStyle = "#00bb00";
  recorded.globalAlpha = 0.5;
  recorded.restore();
  recorded.fillRect(0, 0, 5, 6);
  assert.equal(recorded.svg(), '<rect x="0" y="0" width="5" height="6" fill="#aa0000"/>');
});

test("words keep their places, and letters of a word are told from a new word", () => {
  assert.deepEqual(elementToSvg.pieces(" two  words"), [
    { text: "two", from: 1, to: 4, joined: false },
    { text: "words", from: 6, to: 11, joined: false },
  ]);
  const letters = elementToSvg.pieces("ab \u{1f600}c", true);
  assert.deepEqual(letters.map(({ text, joined }) => [text, joined]), [
    ["a", false],
    ["b", true],
    ["\u{1f600}", false],
    ["c", true],
  ]);
  assert.deepEqual([letters[2].from, letters[2].to, letters[3].to], [3, 5, 6]);
});

test("only points in view are drawn, grouped by colour and rounded", () => {
  const traces = [
    { x: Float32Array.of(1, 2, 90), y: Float32Array.of(1, 2, 1), marker: { color: "#ff0000", size: 4, opacity: 0.75 } },
    { x: Float32Array.of(-50), y: Float32Array.of(0), marker: { color: "#0000ff", size: 4 } },
  ];
  const groups = mapToSvg.pointsInView(traces, [10, 0.123, 10, 0], 100, 100);
  assert.deepEqual(groups.map(({ spots }) => spots.length / 2), [2, 0]);
  assert.equal(
    mapToSvg.circles(groups),
    '<g fill="#ff0000" fill-opacity="0.75"><circle cx="10.1" cy="10" r="2"/>' +
      '<circle cx="20.1" cy="20" r="2"/></g>',
  );
});

test("a file's name says run, sequence and view, and is safe on any disk", () => {
  assert.equal(layouts.fileName("imdb", 64, "words"), "stateline-imdb-64-words");
  assert.equal(layouts.fileName("imdb", null, "map"), "stateline-imdb-map");
  assert.equal(layouts.fileName("a/b:c", 0, "map"), "stateline-a-b-c-0-map");
});

test("a file is one svg with its title, and its size follows the scale", () => {
  const parts = { width: 10, height: 20, font: '"A", sans-serif', defs: "", body: "<g/>" };
  const text = svg.file(parts, "Words & more", "", 2);
  assert.match(text, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="20" height="40" viewBox="0 0 10 20"/);
  assert.match(text, /<title>Words &amp; more<\/title><g\/><\/svg>\n$/);
});

test("a word that is too long for its head ends with an ellipsis", () => {
  const measure = (text) => ({ width: 5 * [...text].length });
  assert.equal(rotatedText.cut("short", 25, measure), "short");
  assert.equal(rotatedText.cut("cinematography", 50, measure), "cinematog…");
  assert.equal(rotatedText.cut("\u{1f600}\u{1f600}\u{1f600}", 10, measure), "\u{1f600}…");
});

test("a turned word stands in the middle of its column and keeps its whole text as a title", () => {
  const measure = (text) => ({
    width: 6 * text.length,
    fontBoundingBoxAscent: 9,
    fontBoundingBoxDescent: 3,
  });
  const style = { paddingTop: "4px", fontSize: "10px", fontWeight: "400", color: "rgb(0, 0, 0)" };
  const box = { left: 20, top: 0, width: 12, height: 38 };
  const markup = rotatedText.markup("<long> word", box, style, measure);
  assert.match(markup, /transform="translate\(29 34\) rotate\(-90\)"/);
  assert.match(markup, /<title>&lt;long&gt; word<\/title>&lt;lon…<\/text>$/);
  assert.doesNotMatch(rotatedText.markup("word", box, style, measure), /<title>/);
});

test("a PNG has two pixels a point, fewer where a side would become too long for a browser", () => {
  assert.equal(exporting.scaleOf({ width: 760, height: 400 }), 2);
  assert.equal(exporting.scaleOf({ width: 10_000, height: 400 }), 1.6);
});
