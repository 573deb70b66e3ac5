// @ts-check
// The Explore page: its views, what connects them, and what Dash's callbacks call.

import * as layouts from "../../export/layouts.js";
import * as menu from "../../export/menu.js";
import * as data from "../../lib/data.js";
import { at } from "../../lib/dom.js";
import { expose } from "../../lib/inspect.js";
import * as map from "../../map/map.js";
import * as overlay from "../../map/overlay.js";
import * as stateLayer from "../../map/state-layer.js";
import { add, apply } from "./filtering.js";
import { message, speak } from "./messages.js";
import * as selection from "./selection.js";
import { get, subscribe, update } from "./selection.js";
import { drop, leave, timing } from "./sequences.js";
// Views are called in the order in which they are named here.
import * as sequenceTable from "./views/sequence-table.js";
import * as viewControls from "./views/view-controls.js";
import * as typedText from "./views/typed-text.js";
import "./views/filter-bar.js";
import * as sequenceView from "./views/sequence.js";
import * as mapLayers from "./views/map-layers.js";
import * as mapBrush from "./views/map-brush.js";
import * as clusterNames from "./views/cluster-names.js";
import * as cursor from "./views/cursor.js";
import * as neighbours from "./views/neighbours.js";
import * as keys from "./views/keys.js";

export { onPopstate } from "./selection.js";
export { cells, formats } from "./views/sequence-table.js";

selection.connect({ together: overlay.together, restoring });
overlay.connect({ marks: neighbours.paint, markName: neighbours.writeLit, clusters: clusterNames.paint });
mapLayers.connect({ clusterLine: clusterNames.line });
cursor.connect({ neighbours, clusterNames, isBrushing: mapBrush.isActive });
keys.connect({
  neighbour: sequenceTable.neighbour,
  cancelBrush: mapBrush.cancel,
  shutPopover: viewControls.shut,
  closeText: typedText.close,
});

subscribe(["shown"], ({ shown }, before) => {
  if (shown.main && shown.main !== before.shown.main) speak(at("sequence-info").innerText.replace(/\s+/g, " "));
});

// Take up a run, by whatever asks for it first; does nothing for the run that is open.
function open(facts) {
  if (get().facts === facts) return;
  selection.open(facts);
  attachWhenReady();
  const { sequence, text, step, pinned, filters } = facts.selection;
  update({ sequence, text, step, pinned });
  // Written again: the map may have written the address before they have passed.
  if (filters.length) apply(filters, { history: "replace" });
}

function follow() {
  stateLayer.draw();
  overlay.draw();
}

// Plotly and the grid arrive in their own time, on a slow machine late.
function attachWhenReady() {
  const { facts } = get();
  if (map.attach(follow) && globalThis.dash_ag_grid) {
    sequenceTable.attach();
    follow();
  } else {
    requestAnimationFrame(() => {
      if (get().facts === facts && at("workspace")) attachWhenReady();
    });
  }
}

// The figure for the header's choices; the other views follow a new projection.
export async function showMap(facts, projection, colour) {
  open(facts);
  try {
    const [points, bins] = await Promise.all([
      data.points(facts, projection),
      data.colours(facts, colour, projection),
    ]);
    if (get().facts !== facts || !at("workspace")) return null; // The page was left meanwhile.
    const figure = map.figure(facts, projection, colour, points, bins);
    message(null);
    update({ projection, colour, mapped: get().mapped + 1 }, { history: "replace" });
    return figure;
  } catch (error) {
    message(error.message);
    return null;
  }
}

// Rows for the grid; what goes wrong is said above it.
export async function tableRows(request, facts) {
  open(facts);
  try {
    return await sequenceTable.rows(request);
  } catch (error) {
    sequenceTable.say(error.message);
    return { rowData: [], rowCount: 0 };
  }
}

// Show the selection of an address that Back or Forward has led to; it stays as it is.
async function restoring(next) {
  const { facts } = get();
  const { labels, distance, confidence, order, pinned } = next;
  update({ labels, distance, confidence, order, pinned, class: next.class, bars: next.bars });
  if (JSON.stringify(next.filters) !== JSON.stringify(get().filters)) await apply(next.filters, { history: null });
  if (get().facts !== facts || !at("workspace")) return;
  if (next.projection !== get().projection) setProjection(facts, next.projection);
  if (next.colour !== get().colour) setHeader("colour-select", next.colour);
  drop();
  const isChosen = get().sequence !== null || get().text !== null;
  if (next.sequence === null && next.text === null) {
    if (isChosen) leave({ history: null });
  } else update({ sequence: next.sequence, text: next.text, step: next.step });
}

// A projection and the layer that it is of: the choices follow one another.
function setProjection({ projections }, projection) {
  const { layer } = projections.find(({ id }) => id === projection);
  const options = projections.filter((each) => each.layer === layer).map(({ id, method }) => ({ label: method, value: id }));
  globalThis.dash_clientside.set_props("projection-select", { options, value: projection });
  setHeader("layer-select", layer);
}

const setHeader = (id, value) => globalThis.dash_clientside.set_props(id, { value });

const numberIn = (which) => get().shown[which]?.sequence.facts.sequence_id ?? null;
const placed = (which) => get().shown[which] && { ...get().shown[which], scene: sequenceView.getScene(which) };
const { counters } = overlay;

expose({
  overlayDraws: () => counters.draws + stateLayer.getDraws(),
  segments: () => counters.segments,
  stretched: () => ({ long: counters.long, short: counters.short }),
  turnings: () => counters.turnings,
  labelsDrawn: () => counters.labels,
  pictures: () => counters.pictures,
  clusterLabels: clusterNames.getStanding,
  clusterLevel: clusterNames.getLevel,
  neighboursShown: neighbours.shown,
  neighbourLit: neighbours.getLit,
  points: map.getDrawn,
  hoveredStep: () => get().hovered?.step ?? get().step,
  hovered() {
    const { which, step, segment } = get().hovered ?? {};
    return which ? { which, step, segment } : null;
  },
  sequenceShown: () => numberIn("main"),
  pinnedShown: () => numberIn("pinned"),
  typedShown: () => get().shown.main?.text ?? null,
  drawMilliseconds: () => timing().drawMilliseconds,
  sequencesDrawn: () => timing().sequencesDrawn,
  shown: () => ({ main: placed("main"), pinned: placed("pinned") }),
  view: get,
  map: () => ({ place: map.place, plot: map.plot }),
  overlay: () => ({ spot: overlay.spot, under: overlay.under }),
  filters: () => ({ add }),
  export: () => ({ draw: layouts.draw, save: menu.save, views: layouts.views }),
});
