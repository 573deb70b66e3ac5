// The sequences shown: each drawn into its views and as a trajectory on the map.

import { mix, stepColour } from "../../lib/colour.js";
import { at } from "../../lib/dom.js";
import * as series from "../../lib/series.js";
import { readingOrder } from "../../lib/states.js";
import * as overlay from "../../map/overlay.js";
import * as evidence from "./evidence.js";
import * as mapLayers from "./map-layers.js";
import { state } from "./state.js";
import * as stepAxis from "./step-axis.js";
import * as stepPlots from "./step-plots.js";
import * as viewControls from "./view-controls.js";
import * as wordsPanel from "./words-panel.js";

const TIME = ["#c4cad1", "#11161c"]; // of a trajectory by time, its first and last step
const TIME_DARK = ["#59636e", "#f4f6f8"];

export const views = {
  main: () => ({
    root: at("detail-main"),
    info: at("sequence-info"),
    words: at("words"),
    axis: at("detail-main").querySelector(".step-axis"),
    heads: at("word-heads"),
    heatmap: at("heatmap"),
    contributions: at("contributions"),
    distances: at("distances"),
  }),
  pinned: () => {
    const root = at("pinned");
    const part = (name) => root.querySelector(`.${name}`);
    return {
      root,
      info: part("sequence-info"),
      words: part("words"),
      axis: part("step-axis"),
      heads: part("pinned-heads"),
      heatmap: part("pinned-heatmap"),
      contributions: part("pinned-contributions"),
      distances: part("pinned-distances"),
    };
  },
};

// The pinned sequence stands beside another one only.
export function beside() {
  const button = at("detail-pin");
  if (!button) return;
  const apart = state.shown.pinned !== null && state.selection.pinned !== state.selection.sequence;
  at("pinned").hidden = !apart;
  const here = state.selection.pinned !== null && state.selection.pinned === state.selection.sequence;
  const typed = state.selection.text !== null;
  button.setAttribute("aria-pressed", String(here));
  button.disabled = typed;
  button.title = here ? "Let it go" : "Keep it beside the next one";
  if (typed) button.title = "Only stored sequences can be kept beside another one";
  overlay.show("pinned", apart ? state.shown.pinned.scene : null);
  mapLayers.legend();
}

export function drawSequence(which, sequence) {
  const { steps } = sequence;
  const scale = state.facts.scales.expected;
  const colours = steps.bin.map((bin, t) =>
    stepColour(scale, bin, steps.confidence[t], state.facts.classes.length),
  );
  const picture = state.facts.picture ? series.pictureOf(state.facts, steps) : null;
  state.shown[which] = { sequence, colours, picture };
  const place = views[which]();
  // Before anything is written: afterwards the browser would lay the page out for each.
  place.words.scrollTop = 0;
  place.axis.scrollLeft = 0;
  const room = stepAxis.measure();
  const named = room.every(({ room: seen, names }) => !seen || names);
  wordsPanel.draw(place, state.facts, sequence, colours);
  stepAxis.draw(place, sequence, colours);
  drawSteps(which);
  evidence.draw(which);
  stepAxis.settle(named ? room : undefined);
  trace(which); // Last: the canvas asks for its size, for which all before it is laid out.
}

// Heatmap and bars, and what the trajectory is drawn of.
function drawSteps(which) {
  const { sequence, colours } = state.shown[which];
  const { steps } = sequence;
  const view = viewControls.getView();
  // On the map a pale line would drown among the points: there the answer alone gives the colour.
  const answers = steps.bin.map((bin) => state.facts.scales.expected.colours[bin]);
  const { measured } = sequence;
  const order = readingOrder(measured, answers.length);
  // How far into the reading each step is, 0 to 1.
  const rank = Array.from(order, () => 0);
  order.forEach((t, i) => (rank[t] = i / Math.max(1, order.length - 1)));
  const path = view.path === "time" ? byTime(rank) : answers;
  stepPlots.draw(views[which](), state.facts, sequence, colours, path, {
    threshold: view.distance,
  });
  const longest = measured.largest || 1;
  const widths = {
    even: null,
    time: rank.map((share) => 0.4 + 1.8 * share),
    distance: steps.distance.map((length) => 0.4 + (2.2 * length) / longest),
  }[view.thickness];
  const { x, y, surface: words, stretch } = steps;
  const number = sequence.facts.sequence_id;
  const name = number === null ? "typed" : `#${number}`;
  const { picture } = state.shown[which];
  const turning = sequence.facts.turning_step;
  state.shown[which].scene = { x, y, colours: answers, path, widths, words, name, order, picture, stretch, turning };
  if (which !== "main") return;
  at("detail").dataset.parts = String(Boolean(steps.visible));
  at("distances-scope").textContent = measured.scope;
}

// The trajectory, on the canvas above the map.
function trace(which) {
  overlay.setStyle({ width: viewControls.getView().width });
  if (which === "main") overlay.show("main", state.shown.main.scene);
  beside();
}

function byTime(rank) {
  const dark = document.documentElement.dataset.bsTheme === "dark";
  const [from, to] = dark ? TIME_DARK : TIME;
  return rank.map((share) => mix(from, to, share));
}

export function redraw() {
  // What the view controls change.
  for (const which of ["main", "pinned"]) {
    if (!state.shown[which]) continue;
    drawSteps(which);
    trace(which);
  }
}

document.addEventListener("stateline:theme", () => state.facts && at("workspace") && redraw());
