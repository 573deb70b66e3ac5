// @ts-check
// The evidence in the sequence view: which class contributions are towards, which bars stand on the step
// axis, and the sentence on how the answer came about.

import { at } from "../../../lib/dom.js";
import { escape } from "../../../lib/html.js";
import { places } from "../places.js";
import { get, update } from "../selection.js";
import * as attribution from "./attribution.js";
import * as contributions from "./contributions.js";

/** @import { Sequence } from "../../../lib/types" */
/** @import { Facts } from "../types" */

const HEIGHTS = { main: { sum: 32, bars: 48 }, pinned: { sum: 32, bars: 32 } }; // pixels

// The class that contributions are shown towards: the one chosen, else that of the answer to the
// sequence that was chosen, for one that is pinned beside it too.
/** @param {Sequence} sequence */
export function shownClass(sequence) {
  const main = get().shown.main?.sequence ?? sequence;
  return get().class ?? main.facts.predicted;
}

// How the answer came about; the step that it names leads there.
/** @param {Sequence} sequence */
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
  const { sequence } = get().shown[which];
  const chosen = shownClass(sequence);
  const values = attribution.beside(which, sequence, chosen);
  const size = { ...HEIGHTS[which], span: values };
  places[which]().contributions.innerHTML =
    contributions.markup(get().facts, sequence, chosen, size);
  if (which === "pinned") return;
  attribution.draw(sequence, chosen, () => draw("main"));
  nameClass(sequence);
  if (get().shown.pinned) draw("pinned");
}

// The first choice of the classes is the answer's own, whatever it is.
/** @param {Sequence} sequence */
function nameClass({ facts: { predicted } }) {
  const select = at("contribution-class");
  select.options[0].textContent = `${get().facts.classes[predicted].name} (answer)`;
  select.value = String(get().class ?? "");
}

export function setBars(bars) {
  at("detail").dataset.bars = bars;
  for (const button of at("bars-switch").children) {
    button.setAttribute("aria-pressed", String(button.dataset.bars === bars));
  }
}

document.addEventListener("click", (event) => {
  if (!get().facts) return;
  const button = event.target.closest?.("#bars-switch [data-bars]");
  if (button) update({ bars: button.dataset.bars }, { history: "push" });
  const { main } = get().shown;
  if (!main || !event.target.closest?.("#compare-switch")) return;
  attribution.toggle(main.sequence);
  draw("main");
});

document.addEventListener("change", (event) => {
  if (event.target.id !== "contribution-class" || !get().facts) return;
  const { value } = event.target;
  update({ class: value === "" ? null : Number(value) }, { history: "push" });
});

// What a step is worth, for the tooltip.
/** @param {Facts} facts @param {Sequence} sequence */
export function pairs(facts, sequence, step) {
  const chosen = shownClass(sequence);
  return [
    ...contributions.pairs(facts, sequence, step, chosen),
    ...attribution.pairs(sequence, step, chosen),
  ];
}

// Both parts of its distance, where the head reads these states.
/** @param {Pick<Sequence, "steps">} sequence */
export const parts = ({ steps: { visible, silent } }, step) =>
  visible ? [["Changes the prediction, memory only", `${visible[step].toFixed(3)}, ${silent[step].toFixed(3)}`]] : [];

