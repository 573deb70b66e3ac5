// @ts-check
// The step axis: a word head, a heatmap column and a bar for each step, one under the other. Where
// columns that can be read do not fit, all three scroll as one; "Fit" squeezes them into the pane.

import { at } from "../../../lib/dom.js";
import { COLUMN, headsMarkup, layout } from "../../../lib/step-columns.js";
import { drawn } from "../../../lib/span.js";
import { get, subscribe, update } from "../selection.js";

/** @import { Sequence } from "../../../lib/types" */

const HEAD = 66; // pixels along a turned word, at the most
const FIT = "stateline-fit";

/** @param {{ axis: HTMLElement, heads: HTMLElement }} views @param {Sequence} sequence @param {string[]} colours */
export function draw({ axis, heads }, sequence, colours) {
  const { from, to } = drawn(sequence);
  const steps = to - from;
  axis.style.setProperty("--least", `${steps * COLUMN}px`);
  axis.dataset.steps = String(steps);
  axis.dataset.from = String(from);
  heads.innerHTML = headsMarkup(sequence, colours);
  // Short names of steps, numbers above all, need no room for long words.
  const longest = Math.max(...sequence.steps.surface.slice(from, to).map((word) => word.length));
  axis.style.setProperty("--head", `${Math.min(HEAD, 12 + 7 * longest)}px`);
}

const namesOf = (axis) => axis.querySelector(".step-names")?.offsetWidth ?? 0;
const axes = () => [...document.querySelectorAll("#detail .step-axis")];

// The room that each axis has, beside its names, and how far it is scrolled.
export const measure = () =>
  axes().map((axis) => ({ axis, room: axis.clientWidth, names: namesOf(axis), left: axis.scrollLeft }));

// What depends on the room that the axes have; an axis out of sight has none. A sequence of the
// same run has the room of the one before it: measured before it is drawn, it is laid out once.
export function settle(measured = measure()) {
  const fit = at("detail")?.dataset.fit === "true";
  const seen = measured.filter(({ axis, room }) => axis.dataset.steps && room > 0);
  if (!seen.length) return;
  const laid = seen.map(({ axis, room, names, left }) => {
    const steps = Number(axis.dataset.steps);
    const found = layout(steps, room - names, fit);
    axis.dataset.heads = String(found.heads);
    // In pixels and from here: as units of a container they would cost the browser a second pass
    // over all styles inside.
    axis.style.setProperty("--view", `${room}px`);
    axis.style.setProperty("--column", `${found.column.toFixed(2)}px`);
    axis.dataset.more = String(left + room < names + found.column * steps - 1);
    return found;
  });
  at("axis-switch").hidden = laid.every(({ fits }) => fits);
}

// Whether there are more columns to the right, which fade out there.
function edge(axis) {
  const { scrollLeft, clientWidth, scrollWidth } = axis;
  axis.dataset.more = String(scrollLeft + clientWidth < scrollWidth - 1);
}

// Bring a step's column into view, in the middle, without scrolling anything else.
export function reveal(axis, t) {
  if (!axis || axis.scrollWidth <= axis.clientWidth) return;
  const names = namesOf(axis);
  const column = (axis.scrollWidth - names) / Number(axis.dataset.steps);
  const room = axis.clientWidth - names;
  const from = (t - Number(axis.dataset.from)) * column;
  if (from >= axis.scrollLeft && from + column <= axis.scrollLeft + room) return;
  axis.scrollLeft = from + column / 2 - room / 2;
}

function setFit(fit) {
  at("detail").dataset.fit = String(fit);
  at("axis-switch").setAttribute("aria-pressed", String(fit));
  settle();
}

document.addEventListener("click", ({ target }) => {
  if (!get().facts || !target.closest?.("#axis-switch")) return;
  const fit = !get().fit;
  update({ fit });
  try {
    localStorage.setItem(FIT, fit ? "fit" : "columns");
  } catch {
    // Not kept for the next visit where storage is forbidden.
  }
});

function remembered() {
  try {
    return localStorage.getItem(FIT) === "fit";
  } catch {
    return false;
  }
}

// Panes change their width with the window, with their neighbours and when they come into sight.
const observer = new ResizeObserver(() => settle());

const scrolled = ({ target }) => target.classList?.contains("step-axis") && edge(target);
document.addEventListener("scroll", scrolled, { capture: true, passive: true });

// A page that was built anew has new axes.
subscribe(["facts"], () => {
  observer.disconnect();
  for (const axis of axes()) observer.observe(axis);
  update({ fit: remembered() });
  setFit(get().fit);
});
subscribe(["fit"], ({ fit }) => setFit(fit));
