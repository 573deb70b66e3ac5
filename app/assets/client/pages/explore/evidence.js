// The evidence in the sequence view: which class contributions are towards, which bars stand on the step
// axis, and the sentence on how the answer came about.

import { at } from "../../lib/dom.js";
import { escape } from "../../lib/html.js";
import * as address from "./address.js";
import * as attribution from "./attribution.js";
import * as contributions from "./contributions.js";
import * as hoverView from "./hover.js";
import * as sequenceView from "./sequence-view.js";
import { state } from "./state.js";
import * as stepAxis from "./step-axis.js";

const HEIGHTS = { main: { sum: 32, bars: 48 }, pinned: { sum: 32, bars: 32 } }; // pixels

// The class that contributions are shown towards: the one chosen, else that of the answer to the
// sequence that was chosen, for one that is pinned beside it too.
export function shownClass(sequence) {
  const main = state.shown?.main?.sequence ?? sequence;
  return state.selection?.class ?? main.facts.predicted;
}

// How the answer came about; the step that it names leads there.
export function sentenceMarkup({ decision: { before, named, after, step }, facts }) {
  const kind = step === facts.turning_step ? "sentence-step key-turning" : "sentence-step";
  const link =
    step === null
      ? ""
      : `<button type="button" class="${kind}" data-t="${step}">${escape(named)}</button>`;
  return `<p class="sentence">${escape(before)}${link}${escape(after)}</p>`;
}

// The bars of one place, "main" or "pinned"; the other one follows where the class is the main's.
export function draw(which) {
  const { sequence } = state.shown[which];
  const chosen = shownClass(sequence);
  const values = attribution.beside(which, sequence, chosen);
  const size = { ...HEIGHTS[which], span: values };
  sequenceView.views[which]().contributions.innerHTML =
    contributions.markup(state.facts, sequence, chosen, size);
  if (which === "pinned") return;
  attribution.draw(sequence, chosen);
  nameClass(sequence);
  if (state.shown.pinned) draw("pinned");
}

// The first choice of the classes is the answer's own, whatever it is.
function nameClass({ facts: { predicted } }) {
  const select = at("contribution-class");
  select.options[0].textContent = `${state.facts.classes[predicted].name} (answer)`;
  select.value = String(state.selection.class ?? "");
}

function setBars(bars) {
  at("detail").dataset.bars = bars;
  for (const button of at("bars-switch").children) {
    button.setAttribute("aria-pressed", String(button.dataset.bars === bars));
  }
}

// Another class or other bars; an address that leads here has them already.
export function choose(change, { remember = true } = {}) {
  state.selection = { ...state.selection, ...change };
  if (remember) address.remember(true);
  setBars(state.selection.bars);
  for (const which of ["main", "pinned"]) if (state.shown[which]) draw(which);
  stepAxis.settle();
  hoverView.mark();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#bars-switch [data-bars]");
  if (button && state.facts) choose({ bars: button.dataset.bars });
});

document.addEventListener("change", (event) => {
  if (event.target.id !== "contribution-class" || !state.facts) return;
  const { value } = event.target;
  choose({ class: value === "" ? null : Number(value) });
});

// What a step is worth, for the tooltip.
export function pairs(facts, sequence, step) {
  const chosen = shownClass(sequence);
  return [
    ...contributions.pairs(facts, sequence, step, chosen),
    ...attribution.pairs(sequence, step, chosen),
  ];
}

// Both parts of its distance, where the head reads these states.
export const parts = ({ steps: { visible, silent } }, step) =>
  visible ? [["Visible, silent", `${visible[step].toFixed(3)}, ${silent[step].toFixed(3)}`]] : [];

export const open = () => setBars(state.selection.bars);
