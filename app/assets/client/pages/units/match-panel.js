// @ts-check
// The match of the span: its settings, and what the server finds for them.

import * as requests from "../../lib/data.js";
import { existing } from "../../lib/dom.js";
import { html, render } from "../../lib/html.js";
import { matchQuery } from "./address.js";
import * as arithmetic from "./arithmetic.js";
import { markOpened } from "./contexts.js";
import { hint, showError } from "./hints.js";
import { matchMarkup, noSpan, settingsMarkup } from "./match-markup.js";
import { drawn, subscribeDrawn, update } from "./state.js";

/** @import { Drawn } from "./types" */

const WAIT = 120; // milliseconds after the last change of a setting

/**
 * Draw the settings, and an empty place for what the match finds.
 * @param {Drawn} state
 */
function drawSettings(state) {
  const { layer, own, data } = state.loaded;
  const end = Math.max(0.01, arithmetic.largest(data.units));
  const body = settingsMarkup(state, own.length / layer.units, end);
  const panel = existing("units-match");
  const place = panel.querySelector(".match-place");
  // A slider that is being dragged must not be replaced.
  if (place && !place.contains(document.activeElement)) render(place, body);
  if (!place) render(panel, html`<div class="match-place">${body}</div><div id="match-found"></div>`);
  if (state.from === null) render(existing("match-found"), noSpan);
  else if (!state.match) render(existing("match-found"), hint("Looking through the run …"));
}

let timer = 0;

/** @param {Drawn} state */
async function load(state) {
  clearTimeout(timer);
  if (state.from === null) update({ match: null });
  drawSettings(state);
  const question = String(matchQuery(state));
  if (state.from === null || question === state.match?.question) return;
  const isWanted = () => {
    const now = drawn();
    return now !== null && String(matchQuery(now)) === question;
  };
  try {
    const query = Object.fromEntries(matchQuery(state));
    const answer = await requests.json(state.facts, `units/${state.sequence}/match`, query);
    const now = drawn();
    if (!now || !isWanted()) return;
    update({ match: { answer, question } });
    // Not while the settings above the list are changed.
    if (now.match === null) markOpened(now.open, true);
  } catch (error) {
    if (!isWanted()) return;
    update({ match: null });
    showError("match-found", error);
  }
}

function loadSoon() {
  clearTimeout(timer);
  timer = window.setTimeout(() => {
    const state = drawn();
    if (state) load(state);
  }, WAIT);
}

/** @param {Drawn} state */
function draw(state) {
  const { facts, loaded, match, tones, from, to, threshold, open } = state;
  if (!match || from === null || to === null) return;
  const side = threshold < 0 ? -1 : 1;
  const strongest = arithmetic.strongest(loaded.own, loaded.layer.units, { from, to }, side);
  render(existing("match-found"), matchMarkup(facts, state, match.answer, tones, strongest));
  markOpened(open);
}

/** Follow the state. */
export function start() {
  subscribeDrawn(["from", "to", "threshold", "edges", "without"], loadSoon);
  subscribeDrawn(["loaded"], load);
  // An opened stretch changes neither the question nor what was found.
  subscribeDrawn(["open"], drawSettings);
  subscribeDrawn(["match", "tones"], draw);
}
