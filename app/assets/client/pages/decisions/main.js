// The Decisions page as Dash's callbacks call it.
export { tone } from "../../lib/theme.js";
export { hide as hideTooltip } from "../../lib/tooltip.js";
export { alike, drawn, over, remember, way } from "./charts.js";
