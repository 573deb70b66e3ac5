// @ts-check
// Heatmap and distances: one column per step, both on the one step axis.

import { escape } from "../../../lib/html.js";
import { MAX_CLASS_ROWS } from "../../../lib/limits.js";
import { stepNoun } from "../../../lib/series.js";
import { drawn } from "../../../lib/span.js";
import { readBefore } from "../../../lib/states.js";
import { svg } from "../../../lib/step-columns.js";
import { add } from "../filtering.js";
import { get, update } from "../selection.js";

/** @import { Sequence } from "../../../lib/types" */
/** @import { Facts } from "../types" */

const ROW = 15;
const GAP = 3;
const BAR_HEIGHT = 64;
const GAP_OF_BARS = 0.06; // of a column, on either side
const SILENT = 0.35; // opacity of what changed the memory, not the answer

// The classes that the heatmap shows, in the manifest's order, and how many it leaves out.
export function shownClasses(ep, classes) {
  const all = Array.from({ length: classes }, (_, index) => index);
  if (classes <= MAX_CLASS_ROWS) return all;
  const peak = all.map((index) => Math.max(...ep.map((answer) => answer[index])));
  const strongest = all.toSorted((a, b) => peak[b] - peak[a]).slice(0, MAX_CLASS_ROWS);
  return strongest.toSorted((a, b) => a - b);
}

const rect = (left, width, top, height, more) =>
  `<rect x="${left}" y="${top}" width="${width}" height="${height}" ${more}/>`;

/** @param {Facts} facts @param {Sequence} sequence */
export function heatmapMarkup(facts, sequence, colours) {
  const { ep } = sequence.steps;
  const shown = shownClasses(ep, facts.classes.length);
  const height = (shown.length + 1) * ROW + GAP;
  const columns = ep.map((answer, t) => {
    const cells = shown.map((index, row) =>
      rect(t, 1, row * ROW, ROW - 1,
        `fill="${facts.classes[index].colour}" fill-opacity="${answer[index].toFixed(3)}"`),
    );
    const summary = rect(t, 1, shown.length * ROW + GAP, ROW - 1, `fill="${colours[t]}"`);
    const hit = rect(t, 1, 0, height, 'class="hit"');
    return `<g data-t="${t}">${cells.join("")}${summary}${hit}</g>`;
  });
  const names = shown.map(
    (index) => `<span title="${escape(facts.classes[index].name)}">` +
      `${escape(facts.classes[index].name)}</span>`,
  );
  const hidden = facts.classes.length - shown.length;
  const note = hidden ? `<p class="note">The ${shown.length} classes that come closest; ${hidden} are left out.</p>` : "";
  return (
    `<div class="step-grid"><div class="step-names">${names.join("")}` +
    `<span class="step-summary">answer</span></div>` +
    svg(drawn(sequence), height, columns.join(""), `Expected prediction of each class after each ${stepNoun(facts)}`) +
    `</div>${note}`
  );
}

// The scale of the bars, as a share of the longest jump: the threshold always lies inside.
function topOf(distance, largest, threshold) {
  return Math.max(Math.max(...distance) / (largest || 1), Math.min(1, threshold * 1.08), 0.02);
}

// A bar in two parts where the head reads these states: at its foot, in full colour, the share that
// the answer sees (the two parts' squares add up to the distance's), above it the silent rest.
function barMarkup({ distance, visible }, t, height, fill) {
  const [left, width] = [(t + GAP_OF_BARS).toFixed(2), 1 - 2 * GAP_OF_BARS];
  const part = (high, from, more) => rect(left, width, from.toFixed(2), high.toFixed(2), more);
  if (!visible) return part(height, BAR_HEIGHT - height, fill);
  const seen = distance[t] ? height * Math.min(1, (visible[t] / distance[t]) ** 2) : 0;
  return (
    part(height - seen, BAR_HEIGHT - height, `${fill} fill-opacity="${SILENT}" data-part="silent"`) +
    part(seen, BAR_HEIGHT - seen, `${fill} data-part="visible"`)
  );
}

/** @param {Sequence} sequence */
export function distancesMarkup(sequence, path, { threshold }) {
  const { distance } = sequence.steps;
  const { largest, longest } = sequence.measured;
  const { from, to } = drawn(sequence);
  const top = topOf(distance.slice(from, to), largest, threshold);
  const bars = distance.map((length, t) => {
    const height = Math.max(0.5, (BAR_HEIGHT * length) / (largest || 1) / top);
    // A bar has the colour of the segment that leads to its state; nothing leads to the first.
    const before = readBefore(sequence.measured, t, distance.length);
    const fill = before < 0 ? 'class="first-bar"' : `fill="${path[before]}"`;
    return (
      `<g data-t="${t}">` +
      (t === sequence.facts.turning_step ? rect(t, 1, 0, BAR_HEIGHT, 'class="turning-mark"') : "") +
      barMarkup(sequence.steps, t, height, fill) +
      rect(t, 1, 0, BAR_HEIGHT, 'class="hit"') +
      "</g>"
    );
  });
  const line = BAR_HEIGHT * (1 - threshold / top);
  // The handle takes the place of a figure of the axis that it would cover.
  const figure = (value, at) =>
    `<span${Math.abs(line - at) < 16 ? ' class="covered"' : ""}>${value}</span>`;
  return (
    // The scale comes last: the line of its threshold lies over the bars.
    `<div class="step-grid"><div class="bars">` +
    svg(drawn(sequence), BAR_HEIGHT, bars.join(""), "Distance that the state moved at each step") +
    `</div><div class="step-names step-scale">${figure(top.toFixed(2), 8)}` +
    `${figure("0", BAR_HEIGHT - 8)}` +
    `<div class="threshold-line" role="slider" tabindex="0" aria-label="Threshold of long jumps" ` +
    `aria-valuemin="0" aria-valuemax="1" aria-valuenow="${threshold}" data-top="${top}" ` +
    `title="Jumps from ${threshold.toFixed(2)} of ${longest} on: drag to change" ` +
    `style="top:${line.toFixed(1)}px"><span>${threshold.toFixed(2)}</span></div></div></div>`
  );
}

/** @param {Facts} facts @param {Sequence} sequence */
export function draw(views, facts, sequence, colours, path, options) {
  views.heatmap.innerHTML = heatmapMarkup(facts, sequence, colours);
  views.distances.innerHTML = distancesMarkup(sequence, path, options);
}

// A drag across columns brushes a range of steps; a drag of the line sets the threshold.
let drag = null;

function begin(event) {
  if (event.button !== 0) return;
  const line = event.target.closest?.(".threshold-line");
  if (line) {
    drag = { line };
    event.preventDefault();
    return;
  }
  const column = event.target.closest?.(".step-plot [data-t], .series-strip [data-t]");
  const plot = column?.closest(".step-plot, .series-strip");
  if (column) drag = { from: Number(column.dataset.t), to: Number(column.dataset.t), plot };
}

function go(event) {
  if (!drag) return;
  if (drag.line) {
    const { top, height } = drag.line.parentElement.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, 1 - (event.clientY - top) / height));
    moveLine(drag.line, share * Number(drag.line.dataset.top));
    return;
  }
  const column = event.target.closest?.("[data-t]");
  if (!column || !drag.plot.contains(column)) return;
  drag.to = Number(column.dataset.t);
  const [first, last] = [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)];
  for (const each of drag.plot.querySelectorAll("[data-t]")) {
    const t = Number(each.dataset.t);
    each.classList.toggle("brushed", first !== last && t >= first && t <= last);
  }
}

function moveLine(line, share) {
  const value = Math.round(100 * share) / 100;
  line.style.top = `${BAR_HEIGHT * (1 - value / Number(line.dataset.top))}px`;
  line.firstChild.textContent = value.toFixed(2);
  drag.value = value;
}

function end() {
  const done = drag;
  drag = null;
  if (!done) return;
  if (done.line) {
    if (done.value !== undefined) update({ distance: done.value }, { history: "replace" });
    return;
  }
  for (const each of done.plot.querySelectorAll(".brushed")) each.classList.remove("brushed");
  if (done.from !== done.to) {
    add(["steps", Math.min(done.from, done.to), Math.max(done.from, done.to)]);
  }
}

document.addEventListener("pointerdown", begin);
document.addEventListener("pointermove", go);
document.addEventListener("pointerup", end);
document.addEventListener("keydown", (event) => {
  const line = event.target.closest?.(".threshold-line");
  const by = { ArrowUp: 0.01, ArrowDown: -0.01, PageUp: 0.1, PageDown: -0.1 }[event.key];
  if (!line || !by) return;
  event.preventDefault();
  event.stopPropagation();
  const value = get().distance + by;
  update({ distance: Math.round(100 * Math.min(1, Math.max(0, value))) / 100 }, { history: "replace" });
  document.querySelector(".threshold-line")?.focus();
}, true);
