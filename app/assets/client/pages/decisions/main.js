// @ts-check
// The Decisions page: what Dash's callbacks call, and the theme for the charts.

import { at } from "../../lib/dom.js";
import * as theme from "../../lib/theme.js";

export { tone } from "../../lib/theme.js";
export { hide as hideTooltip } from "../../lib/tooltip.js";
export { writeAddress } from "./address.js";
export { hrefOf, showPoint } from "./points.js";
export { haveSameColours, themed } from "./theme-colours.js";

document.addEventListener("stateline:theme", () => {
  if (at("decisions-page")) window.dash_clientside.set_props("decisions-theme", { data: theme.get() });
});
