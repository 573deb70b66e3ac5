// The cursor: one step lights in every view, and a click on the map opens a state's sequence.

import * as data from "../../lib/data.js";
import { at } from "../../lib/dom.js";
import { readBefore, stepOfRow } from "../../lib/states.js";
import * as tooltip from "../../lib/tooltip.js";
import * as brush from "../../map/brush.js";
import * as map from "../../map/map.js";
import * as overlay from "../../map/overlay.js";
import * as clusterNames from "./cluster-names.js";
import * as explore from "./explore.js";
import * as filterBar from "./filter-bar.js";
import * as neighbours from "./neighbours.js";
import * as sequenceView from "./sequence-view.js";
import { state } from "./state.js";
import * as stepAxis from "./step-axis.js";
import * as stepTooltip from "./step-tooltip.js";
import { line, markup, segmentMarkup } from "./step-tooltip.js";
import * as wordsPanel from "./words-panel.js";

const REACH = 14; // pixels from the cursor to a state
const CLICK = 4; // pixels that a click may move

// A step that is revealed may scroll others under a cursor that rests: they are not meant.
let cursor = null;
let resting = null; // where the cursor was when the page scrolled
const placeOf = ({ clientX, clientY }) => `${clientX} ${clientY}`;
document.addEventListener("wheel", () => (resting = null), { capture: true, passive: true });

// Light one step in every view: that under the cursor, else the one that was chosen.
export function mark(from = null) {
  const chosen = state.selection.step === null ? null : { which: "main", step: state.selection.step, segment: false };
  const now = state.hovered ?? (state.shown.main ? chosen : null);
  for (const element of document.querySelectorAll("#detail .lit")) element.classList.remove("lit");
  if (now && state.shown[now.which]) {
    const { axis, root, words } = sequenceView.views[now.which]();
    const { sequence } = state.shown[now.which];
    const before = readBefore(sequence.measured, now.step, sequence.steps.surface.length);
    const steps = now.segment ? [before, now.step] : [now.step];
    for (const t of steps) {
      for (const element of root.querySelectorAll(`[data-t="${t}"]`)) {
        // A segment is the bar of the step that it leads to.
        if (now.segment && t !== now.step && element.closest(".step-plot")) continue;
        element.classList.add("lit");
      }
    }
    if (from !== "words") wordsPanel.reveal(words, now.step);
    if (from !== "steps") stepAxis.reveal(axis, now.step);
  }
  resting = cursor;
  if (!state.hovered) tooltip.hide();
  overlay.mark(now);
}

function hover(next, anchor, from) {
  const same = (a, b) => a?.which === b?.which && a?.step === b?.step && a?.segment === b?.segment;
  if (same(next, state.hovered)) return;
  state.hovered = next;
  mark(from);
  if (next === null) {
    tooltip.hide();
    return;
  }
  const { sequence } = state.shown[next.which];
  explore.speak(line(state.facts, sequence, next.step));
  tooltip.show((next.segment ? segmentMarkup : markup)(state.facts, sequence, next.step), anchor);
}

// What the cursor is on: a step of the main or of the pinned sequence.
function stepOf(target) {
  const element = target.closest?.("#detail [data-t]");
  if (!element) return null;
  const which = element.closest("#pinned") ? "pinned" : "main";
  return state.shown[which] ? { which, step: Number(element.dataset.t), segment: false } : null;
}

const anyShown = () => state.shown?.main || state.shown?.pinned;

document.addEventListener("mouseover", (event) => {
  if (!anyShown() || placeOf(event) === resting) return;
  cursor = placeOf(event);
  const step = stepOf(event.target);
  if (step) {
    const axis = event.target.closest(".step-axis");
    const from = axis ? "steps" : event.target.closest(".words") && "words";
    hover(step, anchorOf(event.target), from);
  } else if (!event.target.closest?.("#map-frame")) hover(null);
});

// Right of the pane where it would cover what it is about: the columns of the axis, and the rows
// of a picture.
function anchorOf(target) {
  const pane = target.closest(".step-axis, .picture-rows");
  if (!pane) return target.getBoundingClientRect();
  const { right } = pane.getBoundingClientRect();
  const { top } = (target.closest(".picture-row") ?? pane).getBoundingClientRect();
  return { left: right + 28, top: top - 12, bottom: top - 12 };
}

document.addEventListener("focusin", (event) => {
  const step = anyShown() ? stepOf(event.target) : null;
  if (step) hover(step, anchorOf(event.target), "words");
});

function inFrame(event) {
  const frame = at("map-frame")?.getBoundingClientRect();
  return frame ? [event.clientX - frame.left, event.clientY - frame.top] : null;
}

document.addEventListener("mousemove", (event) => {
  cursor = placeOf(event);
  if (cursor !== resting) resting = null;
  if (!state.facts || !at("map-frame")) return;
  const onMap = event.target.closest?.("#map") && !event.buttons && !brush.active();
  if (!onMap) {
    spot(null);
    if (state.facts) clusterNames.hover(null);
    return;
  }
  const [x, y] = inFrame(event);
  const { clientX, clientY } = event;
  const anchor = { left: clientX, right: clientX, top: clientY, bottom: clientY };
  const step = overlay.under(x, y, REACH);
  const named = step ? null : clusterNames.under(x, y);
  if (anyShown()) hover(step, anchor, "map");
  neighbours.light(neighbours.under(x, y), true);
  spot(step || named || state.shown.main ? null : map.indexAt(x, y, REACH), anchor);
  clusterNames.hover(named, anchor);
});

// A state of no sequence that is open: ringed, and named by what the map knows of it.
let spotted = null;
async function spot(index, anchor) {
  const next = index === null || index < 0 ? null : index;
  if (next === spotted) return;
  spotted = next;
  if (next === null) {
    overlay.spotAt(null);
    if (!state.hovered) tooltip.hide();
    return;
  }
  const offsets = await data.offsets(state.facts); // fetched with the map, and held
  if (next !== spotted) return;
  const [id, step] = stepOfRow(offsets, map.rowOf(state.facts, next));
  const { points, bins } = map.shown();
  const { labels: names, kind, label } = state.facts.scales[state.selection.colour];
  const text = kind === "ramp" ? null : names[bins[next]];
  overlay.spotAt({ x: points.x[next], y: points.y[next], text: `#${id}` });
  tooltip.show(stepTooltip.stateMarkup(id, step, label, text), anchor);
}

let pressed = null;
document.addEventListener(
  "pointerdown",
  (event) => {
    const onMap = event.target.closest?.("#map") && event.button === 0 && !brush.active();
    pressed = onMap ? [event.clientX, event.clientY] : null;
  },
  true,
);
document.addEventListener(
  "pointerup",
  (event) => {
    if (!pressed || !state.facts) return;
    const moved = Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]);
    pressed = null;
    if (moved <= CLICK) chooseAt(...inFrame(event));
  },
  true,
);

// A neighbour or a cluster's label under a click on the map, else the sequence of the state there,
// at that step.
async function chooseAt(x, y) {
  const near = neighbours.under(x, y);
  if (near !== null) {
    const { sequence, step } = neighbours.shown().neighbours[near];
    explore.choose(sequence, step);
    return;
  }
  const named = overlay.under(x, y, REACH) ? null : clusterNames.under(x, y);
  if (named) {
    filterBar.add(clusterNames.filterOf(named));
    return;
  }
  const index = map.indexAt(x, y, REACH);
  if (index < 0) return;
  const offsets = await data.offsets(state.facts);
  const [id, step] = stepOfRow(offsets, map.rowOf(state.facts, index));
  if (id === state.selection.sequence) explore.stay(step);
  else explore.choose(id, step);
}
