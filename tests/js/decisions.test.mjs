import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import { contrast } from "../../app/assets/client/lib/colour.js";
import { addressQuery } from "../../app/assets/client/pages/decisions/address.js";
import { hrefOf, tooltipMarkup } from "../../app/assets/client/pages/decisions/points.js";
import { haveSameColours, themed, visible } from "../../app/assets/client/pages/decisions/theme-colours.js";

const DARK = ["#171c23", "#eef1f4"];
const LIGHT = ["#ffffff", "#18202a"];

test("a colour that a theme would swallow is made paler or darker, others stay", () => {
  for (const colour of ["#705000", "#306080", "#4020ff", "#000000"]) {
    const seen = visible(colour, ...DARK);
    assert.notEqual(seen, colour);
    assert.ok(contrast(seen, DARK[0]) >= 3);
    assert.equal(visible(colour, ...LIGHT), colour);
  }
  assert.equal(visible("#e69f00", ...DARK), "#e69f00");
  assert.ok(contrast(visible("#60efff", ...LIGHT), LIGHT[0]) >= 2);
});

test("lines, marks and bands get the theme's colours; the figure that is kept does not change", () => {
  const data = [
    { line: { color: "#705000" }, marker: { color: "#705000" } },
    { line: { width: 0 }, fillcolor: "#7050002e" },
    { mode: "text" },
  ];
  const figure = { data, layout: {} };
  const before = JSON.stringify(figure);
  const [way, band, text] = themed(figure, ...DARK).data;
  const seen = visible("#705000", ...DARK);
  assert.deepEqual([way.line.color, way.marker.color, band.fillcolor], [seen, seen, `${seen}2e`]);
  assert.deepEqual(text, { mode: "text" });
  assert.equal(JSON.stringify(figure), before);
});

test("a point leads where its trace says, or itself, or nowhere", () => {
  const figure = { data: [{ meta: { href: "/explore/a?x=1" } }, { meta: { href: "{0}" } }, {}] };
  const way = (point) => hrefOf(point, figure);
  assert.equal(way({ curveNumber: 0 }), "/explore/a?x=1");
  assert.equal(way({ curveNumber: 1, customdata: ["/explore/b"] }), "/explore/b");
  assert.equal(way({ curveNumber: 1, customdata: [""] }), "");
  assert.equal(way({ curveNumber: 2 }), "");
});

test("the tooltip tells what the point is, and of a click where one leads", () => {
  const meta = { title: "{1} sure", place: "step {x}", pairs: [["Right", "{y}"]], href: "{0}" };
  const told = (href) => String(tooltipMarkup({ x: 3, y: 0.5, customdata: [href, "9 %"] }, meta));
  for (const part of ["9 % sure", "step 3", "<dt>Right</dt><dd>50.0 %</dd>"]) assert.ok(told("").includes(part));
  assert.ok(told("/explore/a").includes("lists its sequences") && !told("").includes("Click"));
});

test("braces in the name of a class mean nothing", () => {
  const meta = { title: "{name}", place: "{x}", pairs: [], href: "", name: "{y} <b> {0}" };
  const told = String(tooltipMarkup({ x: 3, y: 0.5, customdata: ["a"] }, meta));
  assert.ok(told.includes("<strong>{y} &lt;b&gt; {0}</strong>") && told.includes("<span>3</span>"));
});

test("the address says what differs from the defaults", () => {
  const defaults = { class: "0", steps: "step", projection: "lstm-tsne", answers: "end" };
  assert.equal(addressQuery(defaults, ["0", "step", "lstm-tsne", "end"]), "");
  assert.equal(addressQuery(defaults, ["2", "step", "lstm-pca", "half"]), "?class=2&projection=lstm-pca&answers=half");
});

test("figures of the same colours are told from others", () => {
  const figure = { data: [{ line: { color: "#e69f00" } }, { fillcolor: "#e69f002e" }, {}], layout: {} };
  const light = themed(figure, ...LIGHT);
  assert.ok(haveSameColours(light, themed(figure, ...DARK)));
  figure.data[0].line.color = "#705000";
  assert.ok(!haveSameColours(themed(figure, ...LIGHT), themed(figure, ...DARK)));
});
