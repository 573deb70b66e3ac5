// Rules that Python has as well: both are held to tests/fixtures/shared_rules.json, the Python by
// tests/app/test_shared_rules.py.
import assert from "node:assert/strict";
import { test } from "node:test";

import "./page.mjs";
import { rules } from "./rules.mjs";
import * as addresses from "../../app/assets/client/lib/addresses.js";
import * as colour from "../../app/assets/client/lib/colour.js";
import * as format from "../../app/assets/client/lib/format.js";
import { plotlyText } from "../../app/assets/client/lib/plotly-text.js";
import * as limits from "../../app/assets/client/lib/limits.js";
import * as series from "../../app/assets/client/lib/series.js";
import * as states from "../../app/assets/client/lib/states.js";
import * as trajectory from "../../app/assets/client/map/trajectory.js";
import * as clusters from "../../app/assets/client/pages/explore/clusters.js";
import * as contributions from "../../app/assets/client/pages/explore/drawing/contributions.js";
import * as labels from "../../app/assets/client/pages/explore/drawing/step-labels.js";
import * as stepPlots from "../../app/assets/client/pages/explore/drawing/step-plots.js";
import * as units from "../../app/assets/client/pages/units/arithmetic.js";

// A check of every case of a section of the fixture.
function cases(section, check) {
  for (const each of rules[section]) test(`${section}: ${each.name}`, () => check(each));
}

test("colours of both sides", () => {
  assert.deepEqual({ pale: colour.PALE, picture_ink: series.INK }, rules.colours);
});

cases("mix", ({ first, second, share, mixed }) => assert.equal(colour.mix(first, second, share), mixed));

cases("ink", ({ background, ink }) => assert.equal(colour.ink(background), ink));

cases("step_colours", ({ scale, bin, confidence, classes, colour: expected }) => {
  assert.equal(colour.stepColour(scale, bin, confidence, classes), expected);
});

cases("class_choice", ({ ep, classes }) => assert.deepEqual(stepPlots.shownClasses(ep, ep[0].length), classes));

cases("labels", ({ distance, largest, ep, predicted, backward, kinds, ...rest }) => {
  const places = distance.map(() => 0);
  const steps = { distance, ep, predicted, x: places, y: places, surface: places };
  const chosen = { labels: kinds, distance: rest.distance_threshold, confidence: rest.confidence_threshold };
  const found = labels.ofSequence(steps, { largest, backward }, chosen);
  assert.deepEqual(found.map(({ t, before }) => [t, before]), rest.labels);
});

cases("contributions", ({ contribution, towards, values }) => {
  assert.deepEqual(contributions.towards(contribution, towards), values);
  // The weights of a class follow the same rule: one row per output, one column per unit.
  const weights = contribution[0].map((_, output) => contribution.map((row) => row[output]));
  assert.deepEqual(units.weightsOf({ weights }, towards), values);
});

cases("units_on", ({ h, first, last, threshold, edges, units: expected }) => {
  const span = { from: first, to: last, threshold, edges };
  assert.deepEqual(units.unitsOn(Float32Array.from(h.flat()), h[0].length, span), expected);
});

cases("misdrawn", ({ stretch, kind }) => assert.equal(trajectory.misdrawn(stretch), kind));

cases("reading_order", ({ steps, backward, order }) => {
  assert.deepEqual(states.readingOrder({ backward }, steps), order);
  order.forEach((t, i) => assert.equal(states.readBefore({ backward }, t, steps), i ? order[i - 1] : -1));
});

cases("percent", ({ share, written }) => assert.equal(format.percent(share), written));

cases("signed", ({ value, written }) => assert.equal(format.signed(value, 3), written));

cases("counts", ({ number, written }) => assert.equal(series.steps({ kind: "text" }, number), written));

cases("characters", ({ text, count }) => assert.equal(limits.characters(text), count));

test("limits", () => {
  const numbers = Object.fromEntries(Object.entries(limits).filter(([, value]) => typeof value === "number"));
  assert.deepEqual(numbers, rules.limits);
  assert.equal(clusters.LEVELS.length, rules.cluster_levels);
});

cases("addresses", ({ page, run, query, filters, address }) => {
  const found = filters ? addresses.explore(run, { ...query, filters }) : addresses.page(page, run, query);
  assert.equal(found, address);
});

cases("plotly_texts", ({ text, written }) => assert.equal(plotlyText(text), written));
