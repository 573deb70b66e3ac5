// The side of the Units page, as markup: one unit, and a match. No page needed.

import * as addresses from "../../lib/addresses.js";
import * as classMarkup from "../../lib/classes.js";
import { ink, mix } from "../../lib/colour.js";
import { percent, signed, thousands } from "../../lib/format.js";
import { escape } from "../../lib/html.js";
import { stepNoun } from "../../lib/series.js";

const DIGITS = 3; // of a value of a unit, and of what it adds

export const signedValue = (value) => signed(value, DIGITS);
const named = (each) => classMarkup.dot(each) + escape(each.name);

// A sequence with its actual and its predicted class.
function classesMarkup(facts, { label, predicted }) {
  const name = (index) => named(facts.classes[index]);
  if (label === predicted) return `<span class="class-pair">${name(label)}</span>`;
  return (
    `<span class="class-pair wrong-pair" title="Actual and predicted class">${name(label)}` +
    `<span class="arrow">→</span>${name(predicted)}</span>`
  );
}

// Words of a part of a sequence, each in the colour that `paint` gives its index; those from
// `from` to `to` are framed.
function wordsMarkup({ first, words }, paint, from, to) {
  return words
    .map((word, i) => {
      const t = first + i;
      const colour = paint(i);
      const held = t >= from && t <= to ? " context-held" : "";
      return `<span class="context-word${held}" style="background:${colour};color:${ink(colour)}">${escape(word)}</span>`;
    })
    .join(" ");
}

export const stepsName = (from, to) => (from === to ? `step ${from}` : `steps ${from} to ${to}`);

// A context that opens its steps here, with the way to them in Explore.
function contextMarkup(facts, each, step, last, note, words) {
  const { sequence } = each;
  return (
    `<li class="context"><button type="button" class="context-open" data-sequence="${sequence}" data-first="${step}" data-last="${last}" ` +
    `aria-label="Show ${stepsName(step, last)} of sequence ${sequence} here"><span class="context-head">` +
    `<strong>#${sequence}</strong>${classesMarkup(facts, each)}<span class="context-note">${note}</span></span>` +
    `<span class="context-words">${words}</span></button>` +
    `<a class="context-link" href="${addresses.explore(facts.run, { sequence, step })}">Explore</a></li>`
  );
}

// What a context opens, by its attributes.
export const stretchOf = ({ sequence, first, last }) => ({ sequence: Number(sequence), first: Number(first), last: Number(last) });

// Mark what is opened in every list, and bring it into view where `reveal` says so.
export function markOpened(opened, reveal = false) {
  for (const each of document.querySelectorAll("#units-page .context-open")) {
    const { sequence, first, last } = stretchOf(each.dataset);
    const on = opened?.sequence === sequence && opened.first === first && opened.last === last;
    if (on) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
    if (on && reveal) each.scrollIntoView({ block: "nearest" });
  }
}

// Bars of equal width; a line where the values change their sign.
function histogramMarkup({ low, high, counts }) {
  const most = Math.max(...counts, 1);
  const bars = counts.map((count, i) => {
    const height = count ? Math.max(0.6, (40 * count) / most) : 0;
    return `<rect x="${i + 0.06}" width="0.88" y="${(40 - height).toFixed(2)}" height="${height.toFixed(2)}"/>`;
  });
  const zero = (-low / (high - low)) * counts.length;
  const line = low < 0 && high > 0 ? `<path class="histogram-zero" d="M${zero.toFixed(2)} 0V40"/>` : "";
  return (
    `<svg class="histogram" viewBox="0 0 ${counts.length} 40" preserveAspectRatio="none" role="img" ` +
    `aria-label="Values of the unit over all steps, from ${low.toFixed(3)} to ${high.toFixed(3)}">${bars.join("")}${line}</svg>` +
    `<div class="histogram-scale"><span>${low.toFixed(2)}</span><span>h over all ${thousands(counts.reduce((a, b) => a + b, 0))} steps</span><span>${high.toFixed(2)}</span></div>`
  );
}

// What the readout makes of the unit; of many classes those for which that is most. A bar ends where
// the largest weight of the layer would.
const MOST_WEIGHTS = 6;
function weightsMarkup(facts, layer, unit) {
  if (!layer.weights) {
    const why = layer.read ? "the readout is not linear" : "the head reads another layer";
    return `<p class="note">It has no weights by class: ${why}.</p>`;
  }
  const most = Math.max(...layer.weights.flat().map(Math.abs)) || 1;
  const body = layer.weights.length === 1 ? pairMarkup(facts, layer.weights[0][unit], most) : eachMarkup(facts, layer, unit, most);
  return `<h3>Weight in the readout</h3>${body}`;
}

function trackMarkup(value, most, colour) {
  const width = (50 * Math.abs(value)) / most;
  return (
    `<span class="weight-track"><span style="left:${(value < 0 ? 50 - width : 50).toFixed(1)}%;width:${width.toFixed(1)}%;` +
    `background:${colour}"></span></span>`
  );
}

// One output speaks for class 1 where it is positive and for class 0 where it is negative: each has
// a side, and the bar is in the colour of its side.
function pairMarkup({ classes }, value, most) {
  const favoured = classes[value < 0 ? 0 : 1];
  return (
    `<div class="weight weight-pair"><span class="weight-name">${named(classes[0])}</span>` +
    `${trackMarkup(value, most, favoured.colour)}<span class="weight-name">${named(classes[1])}</span></div>` +
    `<p class="note">${signedValue(value)}: the higher h, the more it speaks for <strong>${escape(favoured.name)}</strong>. ` +
    `A bar over half the width is the layer's largest weight.</p>`
  );
}

// An output a class: to the right for the class, in its colour; to the left against it.
function eachMarkup({ classes }, layer, unit, most) {
  const all = classes.map((each, index) => ({ each, value: layer.weights[index][unit] }));
  const kept = all.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MOST_WEIGHTS);
  const rows = kept.map(
    ({ each, value }) =>
      `<div class="weight"><span class="weight-name">${named(each)}</span>` +
      `${trackMarkup(value, most, value < 0 ? "var(--ink-muted)" : each.colour)}<span class="weight-value">${signedValue(value)}</span></div>`,
  );
  const left = all.length - kept.length;
  const note = left ? ` The ${kept.length} largest; ${left} are left out.` : "";
  return (
    `<div class="weight weight-ends"><span></span><span><span>against</span><span>for the class</span></span></div>${rows.join("")}` +
    `<p class="note">The higher h, the more it speaks for a class, or against it (grey).${note}</p>`
  );
}

// One unit: detail as the server sent it, all the layer's units, and how its values are coloured.
export function unitMarkup(facts, layer, { units }, detail, paint) {
  const { unit } = detail;
  const cluster = units.cluster[unit];
  const group = cluster === null ? "" : `<button type="button" class="chip" data-group="${cluster}" title="Show the rows of this group">group ${cluster}</button>`;
  const listOf = (high) =>
    detail.contexts.filter((each) => each.high === high).map((each) =>
      contextMarkup(facts, each, each.step, each.step, `h ${signedValue(each.value)}`,
        wordsMarkup(each, (i) => paint(each.values[i]), each.step, each.step)),
    ).join("");
  return (
    `<div class="units-title"><button type="button" class="icon-button" data-unit-by="-1" aria-label="Unit before">‹</button>` +
    `<h2>Unit ${unit}</h2><button type="button" class="icon-button" data-unit-by="1" aria-label="Unit after">›</button>${group}` +
    `<span class="scope">mean ${signedValue(units.mean[unit])} · sd ${units.sd[unit].toFixed(3)}</span></div>` +
    histogramMarkup(detail) + weightsMarkup(facts, layer, unit) +
    `<h3>Where it is highest</h3><ol class="contexts">${listOf(true)}</ol>` +
    `<h3>Where it is lowest</h3><ol class="contexts">${listOf(false)}</ol>` +
    `<p class="note">A sequence stands once at either end, with its strongest step. Colours are h of this unit at each ${stepNoun(facts)}.</p>`
  );
}

// The settings of a match.
export function settingsMarkup({ sequence, from, to, threshold, edges, open }, steps, end) {
  const number = (key, value) =>
    `<input type="number" class="units-number" data-units="${key}" min="0" max="${steps - 1}" value="${value ?? ""}" aria-label="${key === "from" ? "First" : "Last"} step of the span">`;
  const own = open ? `<button type="button" class="chip" data-back title="Show the span again">#${sequence}</button>` : `#${sequence}`;
  const side = threshold < 0 ? "low" : "high";
  return (
    `<div class="match-settings"><label>Steps ${number("from", from)}</label><label>to ${number("to", to)}</label><span class="match-own">of ${own}</span>` +
    `<label class="match-threshold">h <select data-units="side" aria-label="Side of the threshold">` +
    `<option value="high"${side === "high" ? " selected" : ""}>at least</option>` +
    `<option value="low"${side === "low" ? " selected" : ""}>at most</option></select>` +
    `<input type="range" data-units="threshold" min="0.01" max="${end}" step="0.01" value="${Math.abs(threshold)}" aria-label="Threshold">` +
    `<output>${threshold.toFixed(2)}</output></label>` +
    `<label class="match-edges"><input type="checkbox" data-units="edges"${edges ? " checked" : ""}>` +
    `<span>only units that are off just before and just after</span></label></div>`
  );
}

// A unit of a match as a chip: on, or left out.
function chipMarkup({ unit, used, share }) {
  const where = share === null ? "left out: click to take it in" : `on at ${percent(share)} of all steps; click to leave it out`;
  return `<button type="button" class="chip unit-chip" data-without="${unit}" aria-pressed="${used}" title="Unit ${unit}: ${where}">${unit}</button>`;
}

// What a match found, or why it found nothing and what to change.
// strongest: the unit that is strongest over the whole span, and its value there.
export function matchMarkup(facts, selection, answer, tone, strongest) {
  const { units, total, matches } = answer;
  const noun = stepNoun(facts);
  const used = units.filter((each) => each.used);
  if (!units.length) {
    return empty("No unit is on over the whole span.", nearest(selection, strongest));
  }
  const chips =
    `<div class="units-line">${used.length} ${used.length === 1 ? "unit" : "units"} on over the span</div>` +
    `<div class="chips">${units.map(chipMarkup).join("")}</div>`;
  if (!used.length) return chips + empty("Every unit is left out.", "Click one to take it in.");
  if (!total) return chips + empty("These units are on together nowhere else.", advice(used, selection));
  const list = matches.map((each) => {
    const { from, to, others } = each;
    const cut = each.first + each.words.length <= to ? " …" : "";
    const note = `${stepsName(from, to)} · ${others} ${others === 1 ? "other" : "others"} on`;
    return contextMarkup(facts, each, from, to, note,
      wordsMarkup(each, (i) => mix(tone.middle, tone.high, 0.85 * each.on[i]), from, to) + cut);
  });
  const first = total > matches.length ? `, the first ${matches.length} shown` : "";
  return (
    `${chips}<div class="units-line"><strong>${thousands(total)} ${total === 1 ? "match" : "matches"}</strong> elsewhere${first}</div>` +
    `<p class="note">Runs of steps at which all these units are on; nearest in length to yours first, then those with the ` +
    `fewest other units on throughout. The stronger a ${noun}'s colour, the more of the units are on at it.</p>` +
    `<ol class="contexts">${list.join("")}</ol>`
  );
}

// What would make a unit be on.
function nearest({ threshold, edges }, { unit, value }) {
  const low = threshold < 0;
  const reached = low ? value <= threshold : value >= threshold;
  if (edges && reached) return "Some are, but also just before or just after: choose another span, or take these in too.";
  const place = `unit ${unit}, ${low ? "at most" : "at least"} ${signedValue(value)} over all of it`;
  return `Move the threshold towards 0, or choose a shorter span. The ${low ? "lowest" : "highest"} is ${place}.`;
}

// Fewer units can only match more; the rarest one costs most.
function advice(used, { threshold }) {
  const rarest = used.toSorted((a, b) => a.share - b.share)[0];
  const lower = `Move the threshold towards 0 (it is ${threshold.toFixed(2)})`;
  if (used.length === 1) return `${lower}: unit ${rarest.unit} reaches it nowhere else.`;
  return (
    `Leave units out by clicking them: the rarest is unit ${rarest.unit}, on at ${percent(rarest.share)} of all steps. ` +
    `${lower}, or choose another span.`
  );
}

const empty = (line, change) =>
  `<div class="units-empty" role="status"><strong>${line}</strong><p>${change}</p></div>`;

export const noSpan = () =>
  `<p class="units-hint">Drag across columns of the heatmap or of its words: the units that are on over the whole ` +
  `span, and the places elsewhere where all of them are on again, show here.</p>`;
