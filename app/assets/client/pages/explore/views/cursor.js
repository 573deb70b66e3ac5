// @ts-check
// The cursor: one step lights in every view, and a click on the map opens a state's sequence.

import * as data from "../../../lib/data.js";
import { at } from "../../../lib/dom.js";
import { readBefore, stepOfRow } from "../../../lib/states.js";
import * as tooltip from "../../../lib/tooltip.js";
import * as map from "../../../map/map.js";
import * as overlay from "../../../map/overlay.js";
import * as stepAxis from "../drawing/step-axis.js";
import * as stepTooltip from "../drawing/step-tooltip.js";
import * as wordsPanel from "../drawing/words-panel.js";
import { filterOf } from "../clusters.js";
import { add } from "../filtering.js";
import { speak } from "../messages.js";
import { places } from "../places.js";
import { get, subscribe, update } from "../selection.js";
import { choose } from "../sequences.js";

const REACH = 14; // pixels from the cursor to a state
const CLICK = 4; // pixels that a click may move

// A step that is revealed may scroll others under a cursor that rests: they are not meant.
let cursor = null;
let resting = null; // where the cursor was when the page scrolled
const placeOf = ({ clientX, clientY }) => `${clientX} ${clientY}`;
document.addEventListener("wheel", () => (resting = null), { capture: true, passive: true });

// What else is on the map (see connect): neighbours, names of clusters, and a brush.
let onMap = { neighbours: null, clusterNames: null, isBrushing: () => false };
export const connect = (views) => (onMap = views);

// Light one step in every view: that under the cursor, else the one that was chosen.
function mark({ hovered, shown, step }) {
  const chosen = step === null || !shown.main ? null : { which: "main", step, segment: false };
  const now = hovered ?? chosen;
  for (const element of document.querySelectorAll("#detail .lit")) element.classList.remove("lit");
  if (now && shown[now.which]) {
    const { axis, root, words } = places[now.which]();
    const { sequence } = shown[now.which];
    const before = readBefore(sequence.measured, now.step, sequence.steps.surface.length);
    const steps = now.segment ? [before, now.step] : [now.step];
    for (const t of steps) {
      for (const element of root.querySelectorAll(`[data-t="${t}"]`)) {
        // A segment is the bar of the step that it leads to.
        if (now.segment && t !== now.step && element.closest(".step-plot")) continue;
        element.classList.add("lit");
      }
    }
    if (now.from !== "words") wordsPanel.reveal(words, now.step);
    if (now.from !== "steps") stepAxis.reveal(axis, now.step);
  }
  resting = cursor;
  if (!hovered) tooltip.hide();
  overlay.mark(now);
}

// Light what the cursor is on; `from` is the view that it is in, which need not be scrolled.
function hover(next, anchor, from = null) {
  const same = (a, b) => a?.which === b?.which && a?.step === b?.step && a?.segment === b?.segment;
  const { facts, hovered, shown } = get();
  if (same(next, hovered)) return;
  update({ hovered: next && { ...next, from } });
  if (next === null) {
    tooltip.hide();
    return;
  }
  const { sequence } = shown[next.which];
  speak(stepTooltip.line(facts, sequence, next.step));
  const markup = next.segment ? stepTooltip.segmentMarkup : stepTooltip.markup;
  tooltip.show(markup(facts, sequence, next.step), anchor);
}

// What the cursor is on: a step of the main or of the pinned sequence.
function stepOf(target) {
  const element = target.closest?.("#detail [data-t]");
  if (!element) return null;
  const which = element.closest("#pinned") ? "pinned" : "main";
  return get().shown[which] ? { which, step: Number(element.dataset.t), segment: false } : null;
}

const anyShown = () => get().shown.main || get().shown.pinned;

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
  if (!get().facts || !at("map-frame")) return;
  const over = event.target.closest?.("#map") && !event.buttons && !onMap.isBrushing();
  if (!over) {
    spot(null);
    if (get().facts) onMap.clusterNames.hover(null);
    return;
  }
  const [x, y] = inFrame(event);
  const { clientX, clientY } = event;
  const anchor = { left: clientX, right: clientX, top: clientY, bottom: clientY };
  const step = overlay.under(x, y, REACH);
  const named = step ? null : onMap.clusterNames.under(x, y);
  if (anyShown()) hover(step, anchor, "map");
  onMap.neighbours.light(onMap.neighbours.under(x, y), true);
  spot(step || named || get().shown.main ? null : map.indexAt(x, y, REACH), anchor);
  onMap.clusterNames.hover(named, anchor);
});

// A state of no sequence that is open: ringed, and named by what the map knows of it.
let spotted = null;
async function spot(index, anchor) {
  const next = index === null || index < 0 ? null : index;
  if (next === spotted) return;
  spotted = next;
  if (next === null) {
    overlay.spotAt(null);
    if (!get().hovered) tooltip.hide();
    return;
  }
  const offsets = await data.offsets(get().facts); // fetched with the map, and held
  if (next !== spotted) return;
  const [id, step] = stepOfRow(offsets, map.rowOf(get().facts, next));
  const { points, bins } = map.shown();
  const { labels: names, kind, label } = get().facts.scales[get().colour];
  const text = kind === "ramp" ? null : names[bins[next]];
  overlay.spotAt({ x: points.x[next], y: points.y[next], text: `#${id}` });
  tooltip.show(stepTooltip.stateMarkup(id, step, label, text), anchor);
}

let pressed = null;
document.addEventListener(
  "pointerdown",
  (event) => {
    const over = event.target.closest?.("#map") && event.button === 0 && !onMap.isBrushing();
    pressed = over ? [event.clientX, event.clientY] : null;
  },
  true,
);
document.addEventListener(
  "pointerup",
  (event) => {
    if (!pressed || !get().facts) return;
    const moved = Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]);
    pressed = null;
    if (moved <= CLICK) chooseAt(...inFrame(event));
  },
  true,
);

// A neighbour or a cluster's label under a click on the map, else the sequence of the state there,
// at that step.
async function chooseAt(x, y) {
  const near = onMap.neighbours.under(x, y);
  if (near !== null) {
    const { sequence, step } = onMap.neighbours.shown().neighbours[near];
    choose(sequence, step);
    return;
  }
  const named = overlay.under(x, y, REACH) ? null : onMap.clusterNames.under(x, y);
  if (named) {
    add(filterOf(named));
    return;
  }
  const index = map.indexAt(x, y, REACH);
  if (index < 0) return;
  const offsets = await data.offsets(get().facts);
  const [id, step] = stepOfRow(offsets, map.rowOf(get().facts, index));
  if (id === get().sequence) update({ step }, { history: "replace" });
  else choose(id, step);
}

// Whatever is drawn anew has lost its light.
subscribe(
  ["shown", "hovered", "step", "class", "bars", "fit", "distance", "path", "thickness", "width"],
  mark,
);
