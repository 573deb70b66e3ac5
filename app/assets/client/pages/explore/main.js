// The Explore page: its parts, and what Dash's callbacks call.

import * as menu from "../../export/menu.js";
import * as layouts from "../../export/layouts.js";
import { expose } from "../../lib/inspect.js";
import * as brush from "../../map/brush.js";
import * as map from "../../map/map.js";
import * as overlay from "../../map/overlay.js";
import * as clusterNames from "./cluster-names.js";
import * as explore from "./explore.js";
import * as filterBar from "./filter-bar.js";
import "./keys.js";
import * as neighbours from "./neighbours.js";
import { state } from "./state.js";
import * as sequenceTable from "./sequence-table.js";
import * as viewControls from "./view-controls.js";

export { onPopstate } from "./address.js";
export { showMap } from "./explore.js";
export { cells, formats } from "./sequence-table.js";

// Rows for the grid; what goes wrong is said above it.
export async function tableRows(request, facts) {
  try {
    return await sequenceTable.rows(request, facts);
  } catch (error) {
    sequenceTable.say(error.message);
    return { rowData: [], rowCount: 0 };
  }
}

const { counters } = overlay;
const numberIn = (which) => state.shown?.[which]?.sequence.facts.sequence_id ?? null;

expose({
  overlayDraws: () => counters.draws + brush.getDraws(),
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
  hoveredStep: () => state.hovered?.step ?? state.selection?.step ?? null,
  hovered: () => state.hovered,
  sequenceShown: () => numberIn("main"),
  pinnedShown: () => numberIn("pinned"),
  typedShown: () => (state.shown?.main && state.selection.text) ?? null,
  drawMilliseconds: explore.getDrawMilliseconds,
  sequencesDrawn: explore.getSequencesDrawn,
  shown: () => state.shown,
  view: viewControls.getView,
  map: () => ({ place: map.place, plot: map.plot }),
  overlay: () => ({ spot: overlay.spot, under: overlay.under }),
  filters: () => ({ add: filterBar.add }),
  export: () => ({ draw: layouts.draw, save: menu.save, views: layouts.views }),
});
