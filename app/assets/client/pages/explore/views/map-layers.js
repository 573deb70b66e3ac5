// @ts-check
// What lies on the map above its points: what is muted, density contours, labels, the legend.

import * as data from "../../../lib/data.js";
import { at } from "../../../lib/dom.js";
import { stepNoun } from "../../../lib/series.js";
import { measuredOf } from "../../../lib/states.js";
import * as map from "../../../map/map.js";
import * as overlay from "../../../map/overlay.js";
import * as stateLayer from "../../../map/state-layer.js";
import * as trajectoryPath from "../../../map/trajectory.js";
import * as stepLabels from "../drawing/step-labels.js";
import { message } from "../messages.js";
import { get, subscribe } from "../selection.js";

let labelled = null; // { total, sent } of the labels asked for; null without any
let clusterLine = () => null; // what the legend says of the clusters' names
export const connect = (those) => ({ clusterLine } = those);

// The legend names every layer that is on.
function legend() {
  if (!get().mapped || !at("legend")) return;
  const { colour, facts, passing, projection, shown, text } = get();
  const { first, last, density: lines, fade, path, thickness } = get();
  const { backward } = measuredOf(facts, projection);
  const rings = [first && "first", last && "last"].filter(Boolean).join(" and ");
  const line = [
    path === "time" && "from faint to strong by time",
    thickness !== "even" && `thick by ${thickness}`,
  ].filter(Boolean);
  const more = [
    shown.main && backward && "read from the end: the trajectory starts at the last step",
    shown.main && line.length && `trajectory: ${line.join(", ")}`,
    shown.main && text !== null && "a typed text stands at the most similar stored states",
    trajectoryPath.legendLine(overlay.counters),
    passing && "muted: what the filters leave out",
    fade !== "none" && `muted: ${fade} sequences`,
    rings && `rings: ${rings} states`,
    lines && "lines around the densest 25, 50, 75 and 95 % of the states",
    clusterLine(),
    labelled && stepLabels.line(labelled.total, overlay.counters.labels, labelled.sent, stepNoun(facts)),
  ];
  map.legend(facts, projection, colour, more.filter(Boolean));
}

document.addEventListener("stateline:counted", legend);

// States that stay in full colour: those that pass, but for the ones faded on top.
let mutedFor = 0;
async function muted({ facts, fade, first, last, passing, projection }) {
  const request = (mutedFor += 1);
  const passes = passing?.passes ?? null;
  let kept = passes;
  if (fade !== "none") {
    const right = await data.colours(facts, "correct", projection);
    const faded = fade === "correct" ? 1 : 0;
    kept = right.map((bin, i) => (bin !== faded && (!passes || passes[i]) ? 1 : 0));
  }
  const offsets = first || last ? await data.offsets(facts) : [0];
  if (request !== mutedFor || !at("workspace")) return;
  stateLayer.show(kept);
  const [starts, ends] = [Array.from(offsets.slice(0, -1)), Array.from(offsets.slice(1), (end) => end - 1)];
  const { backward } = measuredOf(facts, projection);
  stateLayer.setRings({ first, last }, { first: backward ? ends : starts, last: backward ? starts : ends });
}

let densityFor = 0;
async function density({ facts, density: wanted, projection }) {
  const request = (densityFor += 1);
  const lines = wanted ? await data.density(facts, projection) : [];
  if (request === densityFor && at("workspace")) stateLayer.density(lines);
}

// Labels of the chosen sequence, or without one of all that pass.
let labelsFor = 0;
async function labels(selection) {
  const { facts, labels: kinds, shown } = selection;
  const request = (labelsFor += 1);
  let [items, total] = [[], 0];
  if (kinds.length && shown.main) {
    const { span, steps, measured } = shown.main.sequence;
    items = stepLabels.ofSequence(steps, measured, selection, span);
    total = items.length;
  } else if (kinds.length) {
    try {
      const found = await data.labels(facts, selection);
      [items, total] = [stepLabels.unpack(found), found.count];
    } catch (error) {
      if (request === labelsFor) message(error.message);
      return;
    }
  }
  if (request !== labelsFor || !at("workspace")) return;
  labelled = kinds.length ? { total, sent: items.length } : null;
  overlay.label(items);
  legend();
}

document.addEventListener("click", ({ target }) => {
  if (get().facts && target.closest?.("#map-reset")) map.reset();
});

subscribe(["facts"], () => {
  labelled = null;
  overlay.label([]);
});
subscribe(["facts", "projection", "passing", "fade", "first", "last"], muted);
subscribe(["facts", "projection", "density"], density);
subscribe(["facts", "projection", "passing", "shown", "labels", "distance", "confidence"], labels);
subscribe(["size"], ({ size }) => stateLayer.resize(size));
subscribe(
  ["mapped", "colour", "projection", "shown", "text", "passing", "fade", "first", "last", "density", "path", "thickness"],
  legend,
);
