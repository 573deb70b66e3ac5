// The address says what one looks at; Back and Forward go through it.

import * as addresses from "../../lib/addresses.js";
import { at } from "../../lib/dom.js";
import { measuredOf } from "../../lib/states.js";
import * as evidence from "./evidence.js";
import * as explore from "./explore.js";
import * as filterBar from "./filter-bar.js";
import { query, selectionOf } from "./query.js";
import * as sequenceTable from "./sequence-table.js";
import { state } from "./state.js";
import * as typedText from "./typed-text.js";
import * as viewControls from "./view-controls.js";

// The address follows; what one would go back to is a step of the history.
export function remember(step = false) {
  const address = location.pathname + query(state.selection, state.facts.defaults);
  if (address === location.pathname + location.search) return;
  history[step ? "pushState" : "replaceState"](history.state, "", address);
}

// Dash went to another page whose layout is still on the way: until it opens, or Back returned
// from it, every step of the history is Dash's.
let away = false;
const onRun = () => location.pathname === addresses.explore(state.facts?.run);
addEventListener("_dashprivate_pushstate", () => (away = !onRun()));

// Back and Forward within the run are the page's own; Dash would build the page anew.
export function onPopstate(event) {
  if (!state.facts || !at("workspace") || away || !onRun()) return;
  event.stopImmediatePropagation();
  restore(selectionOf(location.search, state.facts.defaults));
}

async function restore(next) {
  const silent = { remember: false };
  viewControls.open(state.facts, {
    ...viewControls.getView(),
    labels: next.labels,
    distance: next.distance,
    confidence: next.confidence,
  });
  const now = state.selection;
  if (JSON.stringify(next.filters) !== JSON.stringify(now.filters)) {
    await filterBar.apply(next.filters, silent);
  }
  if (next.order !== now.order) sequenceTable.takeOrder(next.order, silent);
  if (next.projection !== now.projection) setProjection(next.projection);
  if (next.colour !== now.colour) setHeader("colour-select", next.colour);
  if (next.class !== now.class || next.bars !== now.bars) {
    evidence.choose({ class: next.class, bars: next.bars }, silent);
  }
  if (next.pinned !== now.pinned) explore.pin(next.pinned, silent);
  explore.drop();
  if (next.text !== null) {
    if (next.text === now.text) explore.stay(next.step);
    else typedText.restore(next.text, next.step);
  } else if (next.sequence === null) {
    if (now.sequence !== null || now.text !== null) explore.leave(silent);
  } else if (next.sequence !== now.sequence) explore.choose(next.sequence, next.step, silent);
  else explore.stay(next.step);
}

// A projection and the layer that it is of: the choices follow one another.
function setProjection(projection) {
  const { key } = measuredOf(state.facts, projection);
  const here = state.facts.projections.filter(({ layer }) => layer === key);
  const options = here.map(({ id, method }) => ({ label: method, value: id }));
  globalThis.dash_clientside.set_props("projection-select", { options, value: projection });
  setHeader("layer-select", key);
}

const setHeader = (id, value) => globalThis.dash_clientside.set_props(id, { value });

export const arrived = () => (away = false);
