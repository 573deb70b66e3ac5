import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import { contrast } from "../../app/assets/client/lib/colour.js";
import * as charts from "../../app/assets/client/pages/decisions/charts.js";

const DARK = ["#171c23", "#eef1f4"];
const LIGHT = ["#ffffff", "#18202a"];

test("a colour that a theme would swallow is made paler or darker, others stay", () => {
  for (const colour of ["#705000", "#306080", "#4020ff", "#000000"]) {
    const seen = charts.seen(colour, ...DARK);
    assert.notEqual(seen, colour);
    assert.ok(contrast(seen, DARK[0]) >= 3);
    assert.equal(charts.seen(colour, ...LIGHT), colour);
  }
  assert.equal(charts.seen("#e69f00", ...DARK), "#e69f00");
  assert.ok(contrast(charts.seen("#60efff", ...LIGHT), LIGHT[0]) >= 2);
});

test("lines, marks and bands get the theme's colours; the figure that is kept does not change", () => {
  const data = [
    { line: { color: "#705000" }, marker: { color: "#705000" } },
    { line: { width: 0 }, fillcolor: "#7050002e" },
    { mode: "text" },
  ];
  const figure = { data, layout: {} };
  const before = JSON.stringify(figure);
  const [way, band, text] = charts.drawn(figure, ...DARK).data;
  const seen = charts.seen("#705000", ...DARK);
  assert.deepEqual([way.line.color, way.marker.color, band.fillcolor], [seen, seen, `${seen}2e`]);
  assert.deepEqual(text, { mode: "text" });
  assert.equal(JSON.stringify(figure), before);
});

test("a point leads where its trace says, or itself, or nowhere", () => {
  const figure = { data: [{ meta: { href: "/explore/a?x=1" } }, { meta: { href: "{0}" } }, {}] };
  const way = (point) => charts.way(point, figure);
  assert.equal(way({ curveNumber: 0 }), "/explore/a?x=1");
  assert.equal(way({ curveNumber: 1, customdata: ["/explore/b"] }), "/explore/b");
  assert.equal(way({ curveNumber: 1, customdata: [""] }), "");
  assert.equal(way({ curveNumber: 2 }), "");
});

test("the tooltip tells what the point is, and of a click where one leads", () => {
  const meta = { title: "{1} sure", place: "step {x}", pairs: [["Right", "{y}"]], href: "{0}" };
  const told = (href) => charts.markup({ curveNumber: 0, x: 3, y: 0.5, customdata: [href, "9 %"] }, { data: [{ meta }] });
  for (const part of ["9 % sure", "step 3", "<dt>Right</dt><dd>50.0 %</dd>"]) assert.ok(told("").includes(part));
  assert.ok(told("/explore/a").includes("lists its sequences") && !told("").includes("Click"));
});

test("the address says what differs from the usual", () => {
  const usual = { class: "0", steps: "step", projection: "lstm-tsne", answers: "end" };
  assert.equal(charts.query(usual, ["0", "step", "lstm-tsne", "end"]), "");
  assert.equal(charts.query(usual, ["2", "step", "lstm-pca", "half"]), "?class=2&projection=lstm-pca&answers=half");
});

test("figures of the same colours are alike", () => {
  const figure = { data: [{ line: { color: "#e69f00" } }, { fillcolor: "#e69f002e" }, {}], layout: {} };
  const light = charts.drawn(figure, ...LIGHT);
  assert.ok(charts.alike(light, charts.drawn(figure, ...DARK)));
  figure.data[0].line.color = "#705000";
  assert.ok(!charts.alike(charts.drawn(figure, ...LIGHT), charts.drawn(figure, ...DARK)));
});
