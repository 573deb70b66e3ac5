// The Units page: its parts, and what Dash's callbacks call.
import { expose } from "../../lib/inspect.js";
import * as heatmap from "./heatmap.js";
import "./hover.js";
import * as page from "./page.js";

export { onPopstate, open } from "./page.js";

expose({
  unitsDrawn: page.getDrawn,
  unitsPage: page.getPage,
  unitsHeatmap: heatmap.getShown,
});
