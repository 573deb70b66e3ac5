// @ts-check
// The sequences shown: each drawn into its views and as a trajectory on the map.

import { mix, stepColour } from "../../../lib/colour.js";
import { at } from "../../../lib/dom.js";
import * as series from "../../../lib/series.js";
import { drawn, holds } from "../../../lib/span.js";
import { readingOrder } from "../../../lib/states.js";
import * as overlay from "../../../map/overlay.js";
import * as evidence from "../drawing/evidence.js";
import * as stepAxis from "../drawing/step-axis.js";
import * as stepPlots from "../drawing/step-plots.js";
import * as wordsPanel from "../drawing/words-panel.js";
import { places } from "../places.js";
import { get, subscribe, update } from "../selection.js";
import { leave } from "../sequences.js";

const TIME = ["#c4cad1", "#11161c"]; // of a trajectory by time, its first and last step
const TIME_DARK = ["#59636e", "#f4f6f8"];

// What was drawn in each place: { colours, picture, scene }.
const pictures = { main: null, pinned: null };

export const getScene = (which) => pictures[which]?.scene ?? null;

// The pinned sequence stands beside another one only.
function beside() {
  const button = at("detail-pin");
  if (!button) return;
  const { pinned, sequence, shown, text } = get();
  const apart = shown.pinned !== null && pinned !== sequence;
  at("pinned").hidden = !apart;
  const here = pinned !== null && pinned === sequence;
  const typed = text !== null;
  button.setAttribute("aria-pressed", String(here));
  button.disabled = typed;
  button.title = here ? "Let it go" : "Keep it beside the next one";
  if (typed) button.title = "Only stored sequences can be kept beside another one";
  overlay.show("pinned", apart ? getScene("pinned") : null);
}

function draw(which) {
  const { facts, shown } = get();
  const { sequence } = shown[which];
  const { steps } = sequence;
  const scale = facts.scales.expected;
  const colours = steps.bin.map((bin, t) => stepColour(scale, bin, steps.confidence[t], facts.classes.length));
  pictures[which] = { colours, picture: facts.picture ? series.pictureOf(facts, steps) : null, scene: null };
  const place = places[which]();
  // Before anything is written: afterwards the browser would lay the page out for each.
  place.words.scrollTop = 0;
  place.axis.scrollLeft = 0;
  const room = stepAxis.measure();
  const named = room.every(({ room: seen, names }) => !seen || names);
  wordsPanel.draw(place, facts, sequence, colours);
  stepAxis.draw(place, sequence, colours);
  drawSteps(which);
  evidence.draw(which);
  stepAxis.settle(named ? room : undefined);
  trace(which); // Last: the canvas asks for its size, for which all before it is laid out.
}

// Heatmap and bars, and what the trajectory is drawn of.
function drawSteps(which) {
  const view = get();
  const { facts } = view;
  const { sequence } = view.shown[which];
  const { colours, picture } = pictures[which];
  const { steps } = sequence;
  // On the map a pale line would drown among the points: there the answer alone gives the colour.
  const answers = steps.bin.map((bin) => facts.scales.expected.colours[bin]);
  const { measured } = sequence;
  const span = drawn(sequence);
  const order = readingOrder(measured, answers.length).filter((t) => holds(span, t));
  // How far into the reading each step is, 0 to 1.
  const rank = answers.map(() => 0);
  order.forEach((t, i) => (rank[t] = i / Math.max(1, order.length - 1)));
  const path = view.path === "time" ? byTime(rank) : answers;
  stepPlots.draw(places[which](), facts, sequence, colours, path, {
    threshold: view.distance,
  });
  const longest = measured.largest || 1;
  const widths = {
    even: null,
    time: rank.map((share) => 0.4 + 1.8 * share),
    distance: steps.distance.map((length) => 0.4 + (2.2 * length) / longest),
  }[view.thickness];
  const { surface: words, stretch } = steps;
  // A step that is folded has no place.
  const [x, y] = [steps.x, steps.y].map((all) => all.map((value, t) => (holds(span, t) ? value : NaN)));
  const number = sequence.facts.sequence_id;
  const name = number === null ? "typed" : `#${number}`;
  const turning = sequence.facts.turning_step;
  pictures[which].scene = { x, y, colours: answers, path, widths, words, name, order, picture, stretch, turning };
  if (which !== "main") return;
  at("detail").dataset.parts = String(Boolean(steps.visible));
  at("distances-scope").textContent = measured.scope;
}

// The trajectory, on the canvas above the map.
function trace(which) {
  overlay.setStyle({ width: get().width });
  if (which === "main") overlay.show("main", getScene("main"));
  beside();
}

function byTime(rank) {
  const dark = document.documentElement.dataset.bsTheme === "dark";
  const [from, to] = dark ? TIME_DARK : TIME;
  return rank.map((share) => mix(from, to, share));
}

// What the view controls change.
function redraw() {
  for (const which of ["main", "pinned"]) {
    if (!get().shown[which]) continue;
    drawSteps(which);
    trace(which);
  }
}

document.addEventListener("stateline:theme", () => get().facts && at("workspace") && redraw());

document.addEventListener("click", (event) => {
  if (!get().facts || !at("workspace")) return;
  const within = (query) => event.target.closest?.(query);
  const { pinned, sequence } = get();
  const pin = (id) => update({ pinned: id }, { history: "replace" });
  if (within("#detail-close")) leave();
  else if (within("#detail-pin") && sequence !== null) pin(pinned === sequence ? null : sequence);
  else if (within("#pinned-close")) pin(null);
  const fold = within(".padding-fold");
  if (fold) update({ padding: fold.dataset.padding === "true" });
  const step = within("#detail-main [data-t]");
  if (step) update({ step: Number(step.dataset.t) }, { history: "replace" });
});

subscribe(["shown"], ({ shown }, { shown: before }) => {
  // What is out of sight has no size to be drawn in.
  at("workspace").dataset.mode = shown.main ? "sequence" : "overview";
  for (const which of ["main", "pinned"]) {
    if (shown[which] === before[which]) continue;
    if (shown[which]) draw(which);
    else {
      pictures[which] = null;
      overlay.show(which, null);
    }
  }
});
subscribe(["shown", "pinned", "sequence", "text"], beside);
subscribe(["facts", "bars"], ({ bars }) => evidence.setBars(bars));
subscribe(["class", "bars"], (now, before) => {
  if (now.facts !== before.facts) return;
  for (const which of ["main", "pinned"]) if (now.shown[which]) evidence.draw(which);
  stepAxis.settle();
});
subscribe(["distance", "path", "thickness", "width"], redraw);
