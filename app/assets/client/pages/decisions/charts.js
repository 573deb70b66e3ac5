// The charts of the Decisions page: class colours that are seen in either theme, what a point says
// and where it leads, and the address. app/figures/decision_charts.py makes the figures.

import { contrast, ink as inkOn, mix } from "../../lib/colour.js";
import { percent } from "../../lib/format.js";
import { queryText, writeQuery } from "../../lib/history.js";
import * as theme from "../../lib/theme.js";
import * as tooltip from "../../lib/tooltip.js";

const dash = (globalThis.dash_clientside ??= {});
// WCAG 2.2 asks 3 of marks that one must see, but counts the contrast of dark colours too high:
// on a light ground 2 shows a line, and leaves most classes the colours that other views give them.
const LEAST_CONTRAST = { onDark: 3, onLight: 2 };
const KEYS = ["class", "steps", "projection", "answers"]; // of the selects, in the page's order

// A colour as much darker or paler as it takes to be seen on a ground; an opacity stays.
export function seen(colour, ground, ink) {
  const least = inkOn(ground) === "#ffffff" ? LEAST_CONTRAST.onDark : LEAST_CONTRAST.onLight;
  const solid = colour.slice(0, 7);
  for (let tenths = 0; tenths < 10; tenths += 1) {
    const mixed = mix(solid, ink, tenths / 10);
    if (contrast(mixed, ground) >= least) return mixed + colour.slice(7);
  }
  return ink + colour.slice(7);
}

// A figure as the theme needs it; Plotly writes into what it draws, so it gets copies.
export function drawn({ data, layout }, ground, ink) {
  const part = (of) => (of?.color ? { ...of, color: seen(of.color, ground, ink) } : { ...of });
  const traces = data.map((trace) => ({
    ...trace,
    ...(trace.line && { line: part(trace.line) }),
    ...(trace.marker && { marker: part(trace.marker) }),
    ...(trace.fillcolor && { fillcolor: seen(trace.fillcolor, ground, ink) }),
  }));
  return { data: traces, layout: structuredClone(layout) };
}

// Whether two figures of the same numbers have the same colours.
export function alike(one, other) {
  const colours = ({ data }) => data.map(({ line, marker, fillcolor }) => [line?.color, marker?.color, fillcolor]);
  return JSON.stringify(colours(one)) === JSON.stringify(colours(other));
}

// A text of a trace with what it names of the point.
export function filled(text, { x, y, customdata }) {
  const named = (key) => (key === "x" ? x : key === "y" ? percent(y) : customdata?.[key]);
  return text.replace(/\{(\w+)\}/g, (_, key) => named(key) ?? "");
}

const metaOf = ({ curveNumber }, figure) => figure.data[curveNumber]?.meta;

// The address that a click on a point leads to, "" for none.
export function way(point, figure) {
  return filled(metaOf(point, figure)?.href ?? "", point);
}

// What the tooltip says of a point.
export function markup(point, figure) {
  const { title, place, pairs } = metaOf(point, figure);
  const told = pairs.map(([name, value]) => [name, filled(value, point)]);
  if (way(point, figure)) told.push(["Click", "lists its sequences"]);
  return tooltip.cardMarkup(filled(title, point), filled(place, point), told);
}

// What the cursor is over: the tooltip stands below the chart, where it hides no line of it.
// returns  class names of the chart's frame
export function over(point, figure, id) {
  if (!point || !metaOf(point, figure)) {
    tooltip.hide();
    return "decision-chart";
  }
  const { left, top, bottom } = document.getElementById(id).getBoundingClientRect();
  const x = point.bbox ? point.bbox.x0 - 90 : 0;
  tooltip.show(markup(point, figure), { left: left + x, top, bottom: bottom - 12 });
  return way(point, figure) ? "decision-chart decision-chart-leads" : "decision-chart";
}

// The query of an address: what differs from the run's usual.
export function query(usual, chosen) {
  const parts = new URLSearchParams();
  KEYS.forEach((key, i) => {
    if (chosen[i] && chosen[i] !== usual[key]) parts.set(key, chosen[i]);
  });
  return queryText(parts);
}

// The address follows the selects, without a step of the history and without a request.
export function remember(usual, chosen) {
  const text = query(usual, chosen);
  if (location.pathname.startsWith("/decisions/")) writeQuery(text);
  return text;
}

document.addEventListener("stateline:theme", () => {
  if (!document.getElementById("decisions-page")) return;
  dash.set_props("decisions-theme", { data: theme.get() });
});
