// @ts-check
// The Plotly figure of effect against number of occurrences.

import { plotlyText } from "../../lib/plotly-text.js";
import { splitBins } from "../../lib/points.js";
import { tone } from "../../lib/theme.js";
import { webgl } from "../../lib/webgl.js";
import { wordsQuery } from "./state.js";

/** @import { Facts, Opened, Points } from "./types" */

const FONT = "Inter, system-ui, sans-serif";
const CLEAR = "rgba(0,0,0,0)";

/**
 * Name the class that the effects are towards.
 * @param {Facts} facts
 * @param {Points} points
 */
export const towardsName = ({ classes }, { towards }) => (towards === null ? "its own class" : classes[towards].name);

/** @param {string} title */
const axis = (title) => ({
  title: { text: title, font: { size: 12 }, standoff: 6 },
  gridcolor: tone("--line-soft"),
  linecolor: tone("--line"),
  zeroline: false,
  automargin: true,
  tickfont: { size: 11 },
});

/** Layout without axes, where there is nothing on them. */
const emptyLayout = () => ({
  paper_bgcolor: CLEAR,
  plot_bgcolor: CLEAR,
  font: { family: FONT },
  xaxis: { visible: false },
  yaxis: { visible: false },
  annotations: [
    { text: "No word passes", xref: "paper", yref: "paper", x: 0.5, y: 0.5, showarrow: false, font: { size: 14, color: tone("--ink-muted") } },
  ],
  hovermode: false,
  dragmode: false,
});

/**
 * @param {Opened} state
 * @param {Points} points
 */
function layout(state, points) {
  if (!points.phrase.length) return emptyLayout();
  return {
    margin: { l: 46, r: 14, t: 10, b: 38 },
    paper_bgcolor: CLEAR,
    plot_bgcolor: CLEAR,
    font: { family: FONT, color: tone("--ink-muted") },
    xaxis: { ...axis("Occurrences"), type: "log", dtick: 1 },
    yaxis: { ...axis(plotlyText(`Effect towards ${towardsName(state.facts, points)}`)), zeroline: true, zerolinecolor: tone("--ink-muted") },
    showlegend: false,
    hovermode: false,
    dragmode: "pan",
    uirevision: JSON.stringify(wordsQuery(state)), // zoom stays while the words are the same
  };
}

/**
 * Return a trace for each class that words push to, the rarest class on top.
 * @param {Opened} state
 * @param {Points} points
 */
function traces({ facts }, { class: classes, count, effect }) {
  const parts = splitBins(Uint16Array.from(classes), Float32Array.from(count), Float32Array.from(effect), facts.classes.length);
  return parts
    .map((/** @type {{ x: Float32Array, y: Float32Array }} */ part, /** @type {number} */ index) => ({
      part,
      colour: facts.classes[index].colour,
    }))
    .filter(({ part }) => part.x.length)
    .toSorted((a, b) => b.part.x.length - a.part.x.length)
    .map(({ part, colour }) => ({
      type: webgl() ? "scattergl" : "scatter",
      mode: "markers",
      x: part.x,
      y: part.y,
      hoverinfo: "skip",
      marker: { color: colour, size: count.length < 2000 ? 7 : 5, opacity: 0.7, line: { width: 0 } },
    }));
}

/**
 * @param {Opened} state
 * @param {Points} points
 */
export const figureOf = (state, points) => ({ data: traces(state, points), layout: layout(state, points) });
