// The cursor and the keys on the heatmap of the Units page: hover, click, drag and arrows.

import { stepName } from "../../lib/series.js";
import * as tooltip from "../../lib/tooltip.js";
import * as arithmetic from "./arithmetic.js";
import * as unitGroups from "./groups.js";
import * as heatmap from "./heatmap.js";
import * as unitsPage from "./page.js";
import { signedValue } from "./panels.js";

let drag = null; // { from, to, unit }: where the button went down, and where the cursor is now

const onAxis = (event) => event.target.closest?.("#units-axis") ?? null;

// The step and, on the cells, the unit under the cursor; heads have a step only.
function placeOf(event) {
  const head = event.target.closest?.("#units-axis .word-head");
  if (head) return { step: Number(head.dataset.t), unit: null };
  return event.target.closest?.(".units-plot") ? heatmap.under(event) : null;
}

document.addEventListener("pointerdown", (event) => {
  const place = unitsPage.getPage() && event.button === 0 ? placeOf(event) : null;
  if (!place) return;
  drag = { from: place.step, to: place.step, unit: place.unit };
  tooltip.hide();
});

document.addEventListener("pointermove", (event) => {
  if (!unitsPage.getPage()) return;
  const place = onAxis(event) ? placeOf(event) : null;
  if (drag && place) {
    drag.to = place.step;
    if (drag.from !== drag.to) unitsPage.light(spanOf(drag));
    return;
  }
  hover(place?.unit === null ? null : place, event);
});

document.addEventListener("pointerup", () => {
  const done = drag;
  drag = null;
  if (!done || !unitsPage.getPage()) return;
  if (done.from === done.to && done.unit !== null) unitsPage.chooseUnit(done.unit);
  else unitsPage.chooseSpan(spanOf(done));
});

const spanOf = ({ from, to }) => ({ from: Math.min(from, to), to: Math.max(from, to) });

let hovered = null;
function hover(place, { clientX, clientY }) {
  if (place?.unit === hovered?.unit && place?.step === hovered?.step) return;
  const left = hovered !== null && place === null;
  hovered = place;
  if (place === null) {
    if (left) {
      unitsPage.light();
      tooltip.hide();
    }
    return;
  }
  unitsPage.light({ hover: place });
  tooltip.show(cardOf(place), { left: clientX + 14, right: clientX, top: clientY, bottom: clientY });
}

// What the heatmap knows of a unit at a step.
function cardOf({ unit, step }) {
  const { facts, sequence, layer, h, scene } = unitsPage.getPage();
  const at = step * layer.units + unit;
  const pairs = [["h", signedValue(h[at])], ["Change", signedValue(arithmetic.changes(h, layer.units, layer.backward)[at])]];
  if (layer.weights) {
    const each = arithmetic.contributions(h, layer.units, arithmetic.weightsOf(layer, scene.towards))[at];
    pairs.push([`To ${facts.classes[scene.towards].name}`, signedValue(each)]);
  }
  pairs.push(["Sizes summed", scene.amount[unit].toFixed(3)]);
  return tooltip.cardMarkup(stepName(facts, sequence, step), `unit ${unit} · step ${step}`, pairs);
}

// Words of the groups and rows of their matrix light units.
document.addEventListener("mouseover", ({ target }) => word(target));
document.addEventListener("focusin", ({ target }) => word(target));
let lit = null;
function word(target) {
  if (!unitsPage.getPage()) return;
  const found = target.closest?.("[data-word]");
  const next = found ? Number(found.dataset.word) : null;
  if (next !== lit && !target.closest?.(".group-matrix")) light(next);
}

function light(next) {
  lit = next;
  unitsPage.hoverWord(next);
}

document.addEventListener("mousemove", (event) => {
  if (!unitsPage.getPage() || !event.target.closest?.(".group-matrix")) return;
  const { word: next } = unitGroups.under(event.target, unitsPage.getPage().data, event);
  if (next !== lit) light(next);
});

document.addEventListener("click", (event) => {
  if (!unitsPage.getPage() || !event.target.closest?.(".group-matrix")) return;
  const { unit } = unitGroups.under(event.target, unitsPage.getPage().data, event);
  if (unit !== null) unitsPage.chooseUnit(unit);
});

// Up and down through the rows; left and right move the span, with shift its end.
document.addEventListener("keydown", (event) => {
  const page = unitsPage.getPage();
  if (!page || !event.target.closest?.(".units-plot")) return;
  const rows = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const columns = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!rows && !columns) return;
  event.preventDefault();
  const { selection, scene } = page;
  const within = (value, last) => Math.min(last, Math.max(0, value));
  if (rows) {
    const now = scene.order.indexOf(selection.unit);
    unitsPage.chooseUnit(scene.order[now < 0 ? 0 : within(now + rows, scene.order.length - 1)]);
    return;
  }
  const last = scene.colours.length - 1;
  // What is opened is moved on from, as a span of its own.
  const { open: opened } = selection;
  const now = opened ? { from: opened.first, to: opened.last } : selection;
  const { from, to } = now.from === null ? { from: -columns, to: -columns } : now;
  const end = within(to + columns, last);
  const start = event.shiftKey ? Math.min(from, end) : within(from + columns, last - (to - from));
  const span = { from: Math.max(0, start), to: event.shiftKey ? end : Math.max(0, start) + (to - from) };
  // A held key is not a step of the history each time.
  unitsPage.chooseSpan(span, selection.from === null);
  heatmap.reveal(null, end);
});
