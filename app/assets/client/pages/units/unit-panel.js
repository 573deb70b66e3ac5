// @ts-check
// One unit of the layer: its values, its weights in the readout, and where it is strongest.

import * as requests from "../../lib/data.js";
import { existing } from "../../lib/dom.js";
import { html, render } from "../../lib/html.js";
import { stepNoun } from "../../lib/series.js";
import { diverging, largest } from "./arithmetic.js";
import { contextMarkup, markOpened, signedValue, wordsMarkup } from "./contexts.js";
import { showError } from "./hints.js";
import { drawn, subscribeDrawn, update } from "./state.js";
import { histogramMarkup, weightsMarkup } from "./unit-figures.js";

/** @import { Drawn, Facts, Layer, LayerData, UnitDetail } from "./types" */

/**
 * @param {Facts} facts
 * @param {Layer} layer
 * @param {Pick<LayerData, "units">} data
 * @param {UnitDetail} detail
 * @param {(value: number) => string} paint colour of a value of the unit
 */
export function unitMarkup(facts, layer, { units }, detail, paint) {
  const { unit, contexts } = detail;
  const cluster = units.cluster[unit];
  const group = cluster !== null &&
    html`<button type="button" class="chip" data-group="${cluster}" title="Show the rows of this group">group ${cluster}</button>`;
  /** @param {boolean} high */
  const listOf = (high) => contexts.filter((each) => each.high === high).map((each) => {
    const { step } = each;
    const words = wordsMarkup(each, (i) => paint(each.values[i]), step, step);
    return contextMarkup(facts, each, { from: step, to: step, note: `h ${signedValue(each.value)}`, words });
  });
  return html`<div class="units-title"><button type="button" class="icon-button" data-unit-by="-1" aria-label="Unit before">‹</button>
    <h2>Unit ${unit}</h2><button type="button" class="icon-button" data-unit-by="1" aria-label="Unit after">›</button>${group}
    <span class="scope">mean ${signedValue(units.mean[unit])} · sd ${units.sd[unit].toFixed(3)}</span></div>
    ${histogramMarkup(detail)}${weightsMarkup(facts, layer, unit)}
    <h3>Where it is highest</h3><ol class="contexts">${listOf(true)}</ol>
    <h3>Where it is lowest</h3><ol class="contexts">${listOf(false)}</ol>
    <p class="note">A sequence stands once at either end, with its strongest step. Colours are h of this unit at each ${stepNoun(facts)}.</p>`;
}

/** @param {Drawn} state */
function draw({ facts, loaded, detail, tones, open }) {
  const { layer, data } = loaded;
  if (!detail) return;
  const end = largest(data.units);
  const paint = (/** @type {number} */ value) => diverging(value, end, tones);
  render(existing("units-unit"), unitMarkup(facts, layer, data, detail, paint));
  markOpened(open);
}

/** @param {Drawn} state */
async function load({ facts, loaded, unit, detail }) {
  const layer = loaded.layer.id;
  if (unit === null || (detail?.unit === unit && detail.layer === layer)) return;
  const isWanted = () => {
    const now = drawn();
    return now?.unit === unit && now.loaded.layer.id === layer;
  };
  try {
    const answer = await requests.json(facts, `unit/${unit}`, { layer });
    if (isWanted()) update({ detail: { ...answer, layer } });
  } catch (error) {
    if (isWanted()) showError("units-unit", error);
  }
}

/** Follow the state. */
export function start() {
  subscribeDrawn(["unit", "loaded"], load);
  subscribeDrawn(["detail", "tones"], draw);
}
