// @ts-check
// Loads what the selection of the Units page shows.

import { stepColour } from "../../lib/colour.js";
import * as requests from "../../lib/data.js";
import { endOf } from "./arithmetic.js";
import { showError } from "./hints.js";
import { get, isOpen, shownSequence, update } from "./state.js";

/** @import { Facts, Layer, LayerData, Loaded, Sequence, State } from "./types" */

let request = 0; // answers to older ones are dropped
let waiting = false; // for an answer

/**
 * Load the layer and the sequences of the selection, unless they are loaded.
 * @param {State} state
 */
export async function load(state) {
  const { facts, layer, sequence } = state;
  if (!facts) return;
  const own = (request += 1);
  if (isKept(state)) {
    // Views that ignored changes while another sequence was on its way draw them now.
    if (waiting) update({ loaded: { .../** @type {Loaded} */ (get().loaded) } });
    waiting = false;
    return;
  }
  waiting = true;
  try {
    const loaded = await fetchAll(facts, layer, shownSequence(state), sequence);
    if (own !== request || !isOpen()) return;
    waiting = false;
    update({ loaded });
  } catch (error) {
    if (own === request && isOpen()) showError("units-axis", error);
  }
}

/**
 * Return whether all that a selection shows is loaded.
 * @param {State} state
 */
function isKept(state) {
  const { loaded, layer, sequence } = state;
  const number = shownSequence(state);
  if (loaded?.layer.id !== layer || loaded.number !== number) return false;
  if (number === sequence) Object.assign(loaded, { ownNumber: number, own: loaded.h });
  return loaded.ownNumber === sequence;
}

/**
 * @param {Facts} facts
 * @param {string} layer
 * @param {number} number of the sequence in the heatmap
 * @param {number} ownNumber of the sequence of the span
 * @returns {Promise<Loaded>}
 */
async function fetchAll(facts, layer, number, ownNumber) {
  /** @param {number} each */
  const statesOf = (each) => requests.bytes(facts, `units/${each}`, { layer });
  const [data, bytes, sequence, others] = await Promise.all([
    /** @type {Promise<LayerData>} */ (requests.json(facts, "units", { layer })),
    statesOf(number),
    /** @type {Promise<Sequence>} */ (requests.json(facts, `sequence/${number}`)),
    number === ownNumber ? null : statesOf(ownNumber),
  ]);
  const { bin, confidence } = sequence.steps;
  const h = new Float32Array(bytes);
  return {
    data, sequence, number, ownNumber, h,
    layer: /** @type {Layer} */ (facts.layers.find(({ id }) => id === layer)),
    own: others ? new Float32Array(others) : h,
    colours: bin.map((each, t) => stepColour(facts.scale, each, confidence[t], facts.classes.length)),
    wordEnd: endOf(data.words.response.flat()),
  };
}
