// What lies on the map above its points: what is muted, lines of density, labels, the legend.

import * as data from "../../lib/data.js";
import { at } from "../../lib/dom.js";
import { stepNoun } from "../../lib/series.js";
import { measuredOf } from "../../lib/states.js";
import * as brush from "../../map/brush.js";
import * as map from "../../map/map.js";
import * as overlay from "../../map/overlay.js";
import * as trajectoryPath from "../../map/trajectory.js";
import * as address from "./address.js";
import * as clusterNames from "./cluster-names.js";
import * as explore from "./explore.js";
import { state } from "./state.js";
import * as stepLabels from "./step-labels.js";
import * as viewControls from "./view-controls.js";

// The legend names every layer that is on.
export function legend() {
  const { first, last, density: lines, fade, path, thickness } = viewControls.getView();
  const { labels: drawn } = overlay.counters;
  const { labelled } = state;
  const { backward } = measuredOf(state.facts, state.selection.projection);
  const rings = [first && "first", last && "last"].filter(Boolean).join(" and ");
  const line = [
    path === "time" && "from faint to strong by time",
    thickness !== "even" && `thick by ${thickness}`,
  ].filter(Boolean);
  const more = [
    state.shown.main && backward && "read from the end: the trajectory starts at the last step",
    state.shown.main && line.length && `trajectory: ${line.join(", ")}`,
    state.shown.main && state.selection.text !== null && "a typed text stands at the most similar stored states",
    trajectoryPath.legendLine(overlay.counters),
    state.passes && "muted: what the filters leave out",
    fade !== "none" && `muted: ${fade} sequences`,
    rings && `rings: ${rings} states`,
    lines && "lines around the densest 25, 50, 75 and 95 % of the states",
    clusterNames.line(),
    labelled && stepLabels.line(labelled.total, drawn, labelled.sent, stepNoun(state.facts)),
  ];
  const { projection, colour } = state.selection;
  map.legend(state.facts, projection, colour, more.filter(Boolean));
}

document.addEventListener("stateline:counted", () => state.facts && at("legend") && legend());

// States that stay in full colour: those that pass, but for the ones faded on top.
let mutedFor = 0;
export async function muted() {
  const { fade, first, last } = viewControls.getView();
  const request = (mutedFor += 1);
  let kept = state.passes;
  if (fade !== "none") {
    const right = await data.colours(state.facts, "correct", state.selection.projection);
    const faded = fade === "correct" ? 1 : 0;
    kept = right.map((bin, i) => (bin !== faded && (!state.passes || state.passes[i]) ? 1 : 0));
  }
  const offsets = first || last ? await data.offsets(state.facts) : [0];
  if (request !== mutedFor || !at("workspace")) return;
  brush.show(kept);
  legend();
  const [starts, ends] = [Array.from(offsets.slice(0, -1)), Array.from(offsets.slice(1), (end) => end - 1)];
  const { backward } = measuredOf(state.facts, state.selection.projection);
  brush.setRings({ first, last }, { first: backward ? ends : starts, last: backward ? starts : ends });
}

let densityFor = 0;
export async function density() {
  const request = (densityFor += 1);
  const wanted = viewControls.getView().density;
  const lines = wanted ? await data.density(state.facts, state.selection.projection) : [];
  if (request !== densityFor || !at("workspace")) return;
  brush.density(lines);
  legend();
}

// Labels of the chosen sequence, or without one of all that pass.
let labelsFor = 0;
export async function labels() {
  const request = (labelsFor += 1);
  const view = viewControls.getView();
  const { labels: kinds, distance, confidence } = view;
  state.selection = { ...state.selection, labels: kinds, distance, confidence };
  address.remember();
  let [items, total] = [[], 0];
  if (view.labels.length && state.shown.main) {
    const { sequence } = state.shown.main;
    items = stepLabels.ofSequence(sequence.steps, sequence.measured, view);
    total = items.length;
  } else if (view.labels.length) {
    try {
      const found = await data.labels(state.facts, state.selection);
      [items, total] = [stepLabels.unpack(found), found.count];
    } catch (error) {
      if (request === labelsFor) explore.message(error.message);
      return;
    }
  }
  if (request !== labelsFor || !at("workspace")) return;
  state.labelled = view.labels.length ? { total, sent: items.length } : null;
  overlay.label(items);
  legend();
}
