// The Explore page: one selection, shared by views that never know each other.

import * as data from "../../lib/data.js";
import { at } from "../../lib/dom.js";
import * as brush from "../../map/brush.js";
import * as map from "../../map/map.js";
import * as overlay from "../../map/overlay.js";
import * as address from "./address.js";
import * as clusterNames from "./cluster-names.js";
import * as evidence from "./evidence.js";
import * as filterBar from "./filter-bar.js";
import * as hoverView from "./hover.js";
import * as mapLayers from "./map-layers.js";
import * as neighbours from "./neighbours.js";
import * as sequenceTable from "./sequence-table.js";
import * as sequenceView from "./sequence-view.js";
import * as sidePanes from "./side-panes.js";
import { state } from "./state.js";
import * as stepAxis from "./step-axis.js";
import * as typedText from "./typed-text.js";
import * as viewControls from "./view-controls.js";

let asked = 0; // requests for a sequence; an answer to an older one is dropped
let drawMilliseconds = null;
let sequencesDrawn = 0;
// Take up a run; called for every drawing of the map, and does nothing for the run that is open.
function open(next) {
  if (state.facts === next) return;
  // What all parts of the page share:
  Object.assign(state, {
    facts: next, // of the run that is open
    selection: { ...next.selection, sequence: null, text: null, step: null, pinned: null, filters: [] }, // as the address says it
    shown: { main: null, pinned: null }, // { sequence, colours, scene } drawn in each place
    hovered: null, // { which, step, segment } under the cursor
    acts: [], // what Esc takes back, the last first: "sequence" or "filter"
    passes: null, // a byte a drawn state, 1 where it passes the filters; null where all do
    labelled: null, // { total, sent } of the labels asked for; null without any
  });
  asked += 1; // An answer still under way belongs to the run that was open before.
  address.arrived();
  sequenceTable.open(next);
  viewControls.open(next);
  typedText.open(next);
  for (const which of ["main", "pinned"]) overlay.show(which, null);
  overlay.mark(null);
  brush.show(null);
  overlay.label([]);
  filterBar.open(next);
  stepAxis.open();
  evidence.open();
  attachWhenReady();
  sidePanes.hints();
  const { sequence, text, step, pinned } = next.selection;
  if (pinned !== null) pin(pinned, { remember: false });
  if (text !== null) typedText.restore(text, step);
  else if (sequence !== null) choose(sequence, step, { remember: false });
}

// Plotly and the grid arrive in their own time, on a slow machine late.
function attachWhenReady() {
  const { facts } = state;
  if (overlay.attach() && globalThis.dash_ag_grid) {
    sequenceTable.attach((id) => choose(id));
    brush.draw();
    overlay.draw();
  } else {
    requestAnimationFrame(() => {
      if (state.facts === facts && at("workspace")) attachWhenReady();
    });
  }
}

// The figure for the header's choices; the other views follow a new projection.
export async function showMap(next, projection, colour) {
  open(next);
  try {
    const [points, bins] = await Promise.all([
      data.points(next, projection),
      data.colours(next, colour, projection),
    ]);
    if (state.facts !== next || !at("workspace")) return null; // The page was left meanwhile.
    const moved = projection !== state.selection.projection;
    state.selection = { ...state.selection, projection, colour };
    address.remember();
    const figure = map.figure(next, projection, colour, points, bins);
    message(null);
    filterBar.drawBar();
    all(moved);
    return figure;
  } catch (error) {
    message(error.message);
    return null;
  }
}

// Everything that depends on the map's choices.
function all(moved) {
  clusterNames.open(state.facts, state.selection.projection);
  mapLayers.legend();
  mapLayers.density();
  mapLayers.muted();
  const { sequence, text, step, pinned } = state.selection;
  if (moved && pinned !== null) pin(pinned, { remember: false });
  if (moved && text !== null) typedText.restore(text, step);
  if (moved && sequence !== null) choose(sequence, step, { remember: false });
  mapLayers.labels();
}

export function message(line) {
  const element = at("map-message");
  if (!element) return;
  element.hidden = line === null;
  element.dataset.kind = line === null ? "" : "error";
  if (line !== null) element.textContent = line;
}

// Show a sequence in all views: one request, then everything is drawn here.
export async function choose(id, step = null, { remember = true } = {}) {
  const began = performance.now();
  const request = (asked += 1);
  take({ sequence: id, text: null, step });
  sequenceTable.mark(id);
  if (remember) address.remember(true);
  let answer;
  try {
    answer = await data.sequence(state.facts, id, state.selection.projection);
  } catch (error) {
    if (request === asked) message(error.message);
    return;
  }
  if (request === asked && at("workspace")) show(answer, began);
}

// Something is chosen: Esc leads back from there.
function take(chosen) {
  if (state.selection.sequence === null && state.selection.text === null) state.acts.push("sequence");
  state.selection = { ...state.selection, ...chosen };
}

// Draw a sequence, stored or typed, into all views.
function show(answer, began) {
  at("workspace").dataset.mode = "sequence"; // What is out of sight has no size to be drawn in.
  overlay.together(() => {
    sequenceView.drawSequence("main", answer);
    state.hovered = null;
    hoverView.mark();
    message(null);
    mapLayers.labels();
    neighbours.follow();
  });
  speak(at("sequence-info").innerText.replace(/\s+/g, " "));
  requestAnimationFrame(() => {
    drawMilliseconds = performance.now() - began;
    sequencesDrawn += 1;
  });
}

// Show a typed text in all views. False where something else was chosen meanwhile; an error where
// the text cannot be read: then the views stay as they are.
let reading = null; // the request that is under way
export async function readText(text, step = null, { remember = true } = {}) {
  const began = performance.now();
  const request = (asked += 1);
  reading = request;
  const chosen = { sequence: null, text, step };
  const { projection } = state.selection;
  // The address says so already: without it the next change would take the text out.
  if (!remember) take(chosen);
  let answer;
  try {
    answer = await data.typed(state.facts, text, projection);
  } catch (error) {
    if (request !== asked || !at("workspace")) return false;
    if (!remember) leave({ remember: false });
    throw error;
  }
  if (request !== asked || !at("workspace")) return false;
  if (projection !== state.selection.projection) return readText(text, step, { remember });
  take(chosen);
  sequenceTable.mark(null);
  if (remember) address.remember(true);
  show(answer, began);
  return true;
}

// Give up a text that is being read.
export function drop() {
  if (reading === asked) asked += 1;
}

// Keep a sequence beside those chosen later; null lets it go.
export async function pin(id, { remember = true } = {}) {
  state.selection = { ...state.selection, pinned: id };
  if (remember) address.remember();
  if (id === null) state.shown.pinned = null;
  else {
    const { projection } = state.selection;
    try {
      const answer = await data.sequence(state.facts, id, projection);
      const wanted = state.selection.pinned === id && state.selection.projection === projection;
      if (wanted && at("workspace")) sequenceView.drawSequence("pinned", answer);
    } catch (error) {
      message(error.message);
    }
  }
  sequenceView.beside();
}

// Back to the overview.
export function leave({ remember = true } = {}) {
  asked += 1;
  state.shown.main = null;
  state.selection = { ...state.selection, sequence: null, text: null, step: null };
  state.acts = state.acts.filter((act) => act !== "sequence");
  state.hovered = null;
  hoverView.mark();
  overlay.show("main", null);
  sequenceTable.mark(null);
  at("workspace").dataset.mode = "overview";
  sequenceView.beside();
  if (remember) address.remember(true);
  mapLayers.labels();
  neighbours.follow();
  speak("Overview");
}

export const speak = (line) => (at("live").textContent = line);

function pinOrLetGo() {
  const { pinned, sequence } = state.selection;
  if (sequence === null) return; // A typed text is stored nowhere.
  pin(pinned === sequence ? null : sequence);
}

// Let a step stay lit.
export function stay(step) {
  state.selection = { ...state.selection, step };
  address.remember();
  hoverView.mark();
  neighbours.follow();
}

document.addEventListener("click", (event) => {
  if (!state.facts || !at("workspace")) return;
  const within = (query) => event.target.closest?.(query);
  if (within("#detail-close")) leave();
  else if (within("#detail-pin")) pinOrLetGo();
  else if (within("#pinned-close")) pin(null);
  else if (within("#axis-switch")) stepAxis.toggle();
  else if (within("#map-reset")) map.reset();
  const step = within("#detail-main [data-t]");
  if (step) stay(Number(step.dataset.t));
});

// The filter bar has changed what passes.
export function filtered(filters, found, step) {
  const more = filters.length - state.selection.filters.length;
  if (more > 0) state.acts.push(...Array(more).fill("filter"));
  for (let i = more; i < 0; i += 1) state.acts.splice(state.acts.lastIndexOf("filter"), 1);
  state.selection = { ...state.selection, filters };
  state.passes = found;
  if (step) address.remember(true);
  mapLayers.muted();
  mapLayers.labels();
}

// The table has taken up another order.
export function ordered(order, remember) {
  state.selection = { ...state.selection, order };
  if (remember) address.remember(true);
}

// A view control has changed.
export function viewed(view, name) {
  const steps = () => {
    sequenceView.redraw();
    hoverView.mark();
    mapLayers.legend();
  };
  if (name === "labels" || name === "confidence") mapLayers.labels();
  else if (name === "distance") {
    steps();
    mapLayers.labels();
  } else if (name === "path" || name === "thickness" || name === "width") steps();
  else if (name === "size") map.resize(view.size);
  else if (name === "density") mapLayers.density();
  else if (name === "clusters") clusterNames.show(view.clusters);
  else mapLayers.muted();
}

export const getDrawMilliseconds = () => drawMilliseconds;

export const getSequencesDrawn = () => sequencesDrawn;

export const selection = () => state.selection;
