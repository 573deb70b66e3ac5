// @ts-check
// The panel of groups: hovering a word, or its row of the matrix, lights the units that it moves.

import { closest, existing } from "../../lib/dom.js";
import { render } from "../../lib/html.js";
import { diverging, effect, weightsOf } from "./arithmetic.js";
import { drawMatrix, placeUnder } from "./group-matrix.js";
import { groupsMarkup, wordColour } from "./groups.js";
import { opposite } from "./scene.js";
import { chooseUnit } from "./selection.js";
import { drawn, subscribeDrawn, update } from "./state.js";

/** @import { Drawn } from "./types" */

/** @param {Drawn} state */
function draw({ facts, loaded, scene, tones, group }) {
  const { layer, data } = loaded;
  const { towards } = scene;
  const weights = weightsOf(layer, towards);
  const effects = data.words.response.map((each) => (weights ? effect(each, weights) : 0));
  const largest = Math.max(...effects.map(Math.abs), 0);
  const { name, colour } = facts.classes[towards];
  const colours = { towards: colour, against: opposite(facts, towards, tones) };
  const paint = (/** @type {number} */ word) => wordColour(colours, effects[word], largest, tones);
  const choices = { only: group, paint, linear: weights !== null, className: name };
  render(existing("units-groups"), groupsMarkup(facts, data, choices));
}

/** @param {Drawn} state */
function drawMatrixOf({ panel, loaded, tones, hoveredWord }) {
  const canvas = /** @type {HTMLCanvasElement | null} */ (existing("units-groups").querySelector(".group-matrix"));
  if (!canvas || panel !== "groups") return; // it has no size while it is hidden
  const { data, wordEnd } = loaded;
  drawMatrix(canvas, data, tones, (value) => diverging(value, wordEnd, tones), hoveredWord);
}

/** @param {Event} event */
function hover(event) {
  if (!drawn() || closest(event, ".group-matrix")) return;
  const word = closest(event, "[data-word]");
  update({ hoveredWord: word ? Number(word.dataset.word) : null });
}

/** @param {MouseEvent} event */
function underCursor(event) {
  const canvas = closest(event, ".group-matrix");
  const state = drawn();
  return canvas && state && placeUnder(canvas, state.loaded.data, event);
}

/** Follow the state and the cursor. */
export function start() {
  subscribeDrawn(["loaded", "class", "group", "tones"], draw);
  subscribeDrawn(["panel", "loaded", "class", "group", "tones", "hoveredWord"], drawMatrixOf);
  document.addEventListener("mouseover", hover);
  document.addEventListener("focusin", hover);
  document.addEventListener("mousemove", (event) => {
    const place = underCursor(event);
    if (place) update({ hoveredWord: place.word });
  });
  document.addEventListener("click", (event) => {
    const unit = underCursor(event)?.unit ?? null;
    if (unit !== null) chooseUnit(unit);
  });
}
