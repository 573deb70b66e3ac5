// @ts-check
// The sequences that the selection names are fetched, and with them become what is shown.

import * as data from "../../lib/data.js";
import { at } from "../../lib/dom.js";
import { spanOf } from "../../lib/span.js";
import { message, speak } from "./messages.js";
import { get, subscribe, update } from "./selection.js";

/** @import { Sequence } from "../../lib/types" */
/** @import { Selection, Writing } from "./selection.js" */

let asked = 0; // requests for a sequence; an answer to an older one is dropped
let reading = null; // the request for a typed text that is under way
let drawMilliseconds = null;
let sequencesDrawn = 0;

export const timing = () => ({ drawMilliseconds, sequencesDrawn });

const here = () => at("workspace") !== null;

// Change what is shown in a place, and `changes` with it.
/** @type {(which: "main" | "pinned", answer: Sequence | null, changes?: Partial<Selection>, options?: Writing) => void} */
function show(which, answer, changes = {}, options = {}) {
  const drawn = answer && { sequence: spanned(answer), projection: get().projection, text: changes.text ?? null };
  const shown = { ...get().shown, [which]: drawn };
  update({ ...changes, shown }, options);
}

// The same sequence with the steps of it that are drawn.
/** @param {Sequence} sequence @returns {Sequence} */
const spanned = (sequence) => ({ ...sequence, span: spanOf(sequence.steps, get().padding) });

// Padding is folded or shown in every place at once.
subscribe(["padding"], ({ facts, shown }, before) => {
  if (facts !== before.facts) return;
  const again = (place) => place && { ...place, sequence: spanned(place.sequence) };
  update({ shown: { main: again(shown.main), pinned: again(shown.pinned) } });
});

function showMain(answer, changes, began, options) {
  message(null);
  show("main", answer, { ...changes, hovered: null }, options);
  requestAnimationFrame(() => {
    drawMilliseconds = performance.now() - began;
    sequencesDrawn += 1;
  });
}

// The chosen sequence: one request, then everything is drawn here.
/** @param {Selection} selection */
async function load({ facts, sequence, projection }) {
  const began = performance.now();
  const request = (asked += 1);
  try {
    const answer = await data.sequence(facts, sequence, projection);
    if (request === asked && here()) showMain(answer, {}, began);
  } catch (error) {
    if (request === asked) message(error.message);
  }
}

subscribe(["facts", "sequence", "projection"], (now, before) => {
  if (now.sequence !== null) load(now);
  else if (before.sequence !== null || now.facts !== before.facts) asked += 1; // what is on its way is dropped
});

// A sequence kept beside those chosen later.
subscribe(["facts", "pinned", "projection"], async ({ facts, pinned, projection, shown }) => {
  if (pinned === null) {
    if (shown.pinned) show("pinned", null);
    return;
  }
  try {
    const answer = await data.sequence(facts, pinned, projection);
    const now = get();
    const wanted = now.facts === facts && now.pinned === pinned && now.projection === projection;
    if (wanted && here()) show("pinned", answer);
  } catch (error) {
    message(error.message);
  }
});

// Show a typed text in all views. False where something else was chosen meanwhile; an error where
// the text cannot be read: then the views stay as they are. With `chosen`, the selection names the
// text already.
export async function read(text, step = null, { chosen = false } = {}) {
  const began = performance.now();
  const request = (asked += 1);
  reading = request;
  const { facts, projection } = get();
  let answer;
  try {
    answer = await data.typed(facts, text, projection);
  } catch (error) {
    if (request !== asked || !here()) return false;
    if (chosen) leave({ history: null });
    throw error;
  }
  if (request !== asked || !here()) return false;
  if (projection !== get().projection) return read(text, step, { chosen });
  showMain(answer, { sequence: null, text, step }, began, { history: chosen ? null : "push" });
  return true;
}

// Give up a text that is being read.
export function drop() {
  if (reading === asked) asked += 1;
}

// Back to the overview.
/** @param {Writing} options */
export function leave({ history = "push" } = {}) {
  asked += 1;
  show("main", null, { sequence: null, text: null, step: null, hovered: null }, { history });
  speak("Overview");
}

// Choose a sequence, and a step of it. One that did not come is asked for again.
/** @param {number} sequence @param {number | null} step @param {Writing} options */
export function choose(sequence, step = null, { history = "push" } = {}) {
  const again = get().sequence === sequence && get().shown.main?.sequence.facts.sequence_id !== sequence;
  update({ sequence, text: null, step }, { history });
  if (again) load(get());
}
