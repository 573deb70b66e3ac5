// @ts-check
// The map: one trace a colour, drawn by Plotly once and never again for a highlight.

import * as classMarkup from "../lib/classes.js";
import { thousands } from "../lib/format.js";
import { nearest } from "../lib/geometry.js";
import { escape } from "../lib/html.js";
import { evenly, splitBins } from "../lib/points.js";
import { webgl } from "../lib/webgl.js";

const MAX_WITHOUT_WEBGL = 4000;

let points = { x: new Float32Array(0), y: new Float32Array(0) };
let coloured = { bins: new Uint8Array(0), colours: [] };
let drawn = 0;
let enlarged = 1; // of the points' size

const markerSize = () => enlarged * (drawn < 8000 ? 5.5 : drawn < 60000 ? 4 : 3);

function layout(projection) {
  const axis = { visible: false, showgrid: false, zeroline: false };
  return {
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    xaxis: { ...axis },
    // Distances on the map mean the same across and along.
    yaxis: { ...axis, scaleanchor: "x" },
    showlegend: false,
    hovermode: false,
    dragmode: "pan",
    uirevision: projection,
  };
}

// The figure of a projection in one colouring; `bins` is a bin a point.
export function figure(facts, projection, colour, found, bins) {
  const palette = facts.scales[colour];
  const fast = webgl();
  const total = found.x.length;
  const rows = fast ? null : evenly(total, Math.min(total, MAX_WITHOUT_WEBGL));
  const parts = splitBins(bins, found.x, found.y, palette.colours.length, rows);
  points = found;
  coloured = { bins, colours: palette.colours };
  drawn = rows ? rows.length : total;
  const data = palette.order
    .filter((bin) => parts[bin].x.length)
    .map((bin) => ({
      type: fast ? "scattergl" : "scatter",
      mode: "markers",
      x: parts[bin].x,
      y: parts[bin].y,
      hoverinfo: "skip",
      marker: {
        color: palette.colours[bin],
        size: markerSize(),
        opacity: 0.75,
        line: { width: 0 },
      },
    }));
  return { data, layout: layout(projection) };
}

/** @type {() => any} the element that Plotly draws in; null before it has one */
export const plot = () => document.querySelector("#map .js-plotly-plot");

// Coordinates to pixels of the frame: [scaleX, shiftX, scaleY, shiftY]; null before the first draw.
export function place() {
  const axes = plot()?._fullLayout;
  if (!axes?.xaxis?.d2p) return null;
  const along = (axis, at) => axis._offset + axis.d2p(at);
  const [x, y] = [axes.xaxis, axes.yaxis];
  const [left, top] = [along(x, 0), along(y, 0)];
  return [along(x, 1) - left, left, along(y, 1) - top, top];
}

function swatches(scale) {
  if (scale.kind === "ramp") {
    const stops = scale.colours.join(",");
    const labels = scale.labels.map((label) => `<span>${escape(label)}</span>`);
    return (
      `<span class="ramp"><span class="ramp-bar" style="background:linear-gradient(90deg,` +
      `${stops})"></span><span class="ramp-labels">${labels.join("")}</span></span>`
    );
  }
  return scale.labels
    .map((name, bin) => classMarkup.chip({ name, colour: scale.colours[bin] }))
    .join("");
}

const DOT = ' <span aria-hidden="true">·</span> ';

// What the map shows and what it leaves out: never a map without its legend.
export function legend(facts, projection, colour, more) {
  const scale = facts.scales[colour];
  const entry = facts.projections.find(({ id }) => id === projection);
  let amount = `${thousands(facts.states)} states`;
  if (drawn < facts.states) amount = `${thousands(drawn)} of ${amount}, evenly spaced`;
  if (!webgl()) amount += ", drawn without WebGL, which this browser lacks";
  document.getElementById("legend").innerHTML =
    `<div class="legend-scale"><span class="legend-shows">${escape(scale.shows)}</span>` +
    `<span class="legend-swatches">${swatches(scale)}</span></div>` +
    `<div class="legend-note">${[entry.note, amount].map(escape).join(DOT)}</div>` +
    (more.length ? `<div class="legend-more">${more.map(escape).join(DOT)}</div>` : "");
}

// The state nearest to a place of the frame: its index among those drawn, or -1.
export function indexAt(px, py, reach) {
  const mapping = place();
  return mapping ? nearest(points.x, points.y, mapping, px, py, reach) : -1;
}

// A drawn state's row among all states.
export const rowOf = (facts, index) => Math.floor((index * facts.states) / points.x.length);

// All states in view again.
export function reset() {
  const element = plot();
  if (element) Plotly.relayout(element, { "xaxis.autorange": true, "yaxis.autorange": true });
}

// Points larger or smaller, `times` their size: the next figure has them, and `redrawPoints` brings
// them to the present one. False where nothing changes.
export function enlarge(times) {
  if (times === enlarged || !plot()) return false;
  enlarged = times;
  return true;
}

export const redrawPoints = () => Plotly.restyle(plot(), { "marker.size": markerSize() });

// Call `follow` with the map: after it was drawn, and on each frame of a pan or zoom. False where
// Plotly has not come yet.
export function attach(follow) {
  const element = plot();
  if (!element?.on) return false;
  if (!element.statelineAttached) {
    element.statelineAttached = true;
    element.on("plotly_afterplot", follow);
    element.on("plotly_relayouting", follow);
    element.on("plotly_relayout", () => {
      follow();
      document.getElementById("map-reset").hidden = element._fullLayout.xaxis.autorange !== false;
    });
  }
  return true;
}

// What is on the map: points, their bins and colours, and the size of a point in pixels.
export const shown = () => ({ points, ...coloured, size: markerSize() });

export const getDrawn = () => drawn;
