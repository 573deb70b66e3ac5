// @ts-check
// Leave-one-out and integrated gradients beside the contributions: the model itself is asked for them,
// on demand, and what it answered is kept for the sequence and the class.

import * as data from "../../../lib/data.js";
import { at } from "../../../lib/dom.js";
import { signed } from "../../../lib/format.js";
import { escape } from "../../../lib/html.js";
import { stepName, stepNoun } from "../../../lib/series.js";
import { watch } from "../model-wait.js";
import { drawn } from "../../../lib/span.js";
import { svg } from "../../../lib/step-columns.js";
import { get } from "../selection.js";
import { barsMarkup, coloursOf, columnsMarkup, scaleOf, towards } from "./contributions.js";

/** @import { Sequence } from "../../../lib/types" */
/** @import { Facts } from "../types" */

const HEIGHT = 36; // pixels of a row of bars
const GAP = 8;
const STRONG = 0.25; // of the largest bar of its row: from here on a bar's sign is worth a mark
// Each row with the question that it answers, of a step named by `noun`.
const ROWS = [
  {
    key: "leave_one_out",
    name: "leave-one-out",
    says: "Leave-one-out",
    asks: (noun) => `what would the logit be without the ${noun}?`,
  },
  {
    key: "integrated_gradients",
    name: "integrated gradients",
    says: "Integrated gradients",
    asks: (noun) => `how sensitive is the logit to the ${noun}, along the path from an empty input?`,
  },
];
const CONTRIBUTION = (noun) => `Contribution: by how much did the logit change when the model read the ${noun}, after all before it?`;
const MAX_GAP = 0.05; // of what integrated gradients must add up to: beyond it they prove nothing
const MAX_KEPT = 40;
const MAX_NAMED = 4; // steps that are named where the sign is opposite

const kept = new Map(); // answers by what was asked
let opened = null; // steps of the sequence that they are shown for: folding its padding keeps them
let waiting = null; // the request whose answer is awaited; an answer to an older one is dropped

// Ranks from 1 on, those of equal values shared.
export function ranks(values) {
  const order = values.map((_, i) => i).toSorted((a, b) => values[a] - values[b]);
  const found = Array.from(values, () => 0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]] === values[order[from]]) to += 1;
    for (let i = from; i <= to; i += 1) found[order[i]] = 1 + (from + to) / 2;
    from = to + 1;
  }
  return found;
}

// Spearman's rank correlation; null where one of the two is the same everywhere.
export function rankCorrelation(first, second) {
  const [a, b] = [ranks(first), ranks(second)];
  const mean = (a.length + 1) / 2;
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i += 1) {
    both += (a[i] - mean) * (b[i] - mean);
    ofA += (a[i] - mean) ** 2;
    ofB += (b[i] - mean) ** 2;
  }
  return ofA && ofB ? both / Math.sqrt(ofA * ofB) : null;
}

// Steps at which two rows point to opposite sides, and neither bar is small in its row.
export function opposed(first, second) {
  const largest = (values) => Math.max(...values.map(Math.abs));
  const [least, other] = [STRONG * largest(first), STRONG * largest(second)];
  return first.flatMap((value, t) => {
    const strong = Math.abs(value) >= least && Math.abs(second[t]) >= other;
    return strong && value * second[t] < 0 ? [t] : [];
  });
}

/** @param {Sequence} sequence */
const keyOf = ({ facts }, chosen) =>
  JSON.stringify([get().facts.run, get().facts.version, facts.sequence_id ?? facts.text, chosen]);

// What the model answered for the sequence shown, where it is shown; null otherwise.
/** @param {Sequence} sequence */
const found = (sequence, chosen) => (opened === sequence.steps ? (kept.get(keyOf(sequence, chosen)) ?? null) : null);

// The rows that the model could give, each with its values: a row may be null, or hold a null.
const rowsOf = (answer) =>
  ROWS.filter(({ key }) => answer[key]?.every((value) => value !== null)).map((row) => ({ ...row, values: answer[row.key] }));

// All values that stand beside the contributions: one scale holds all three rows.
/** @param {Sequence} sequence */
export function beside(which, sequence, chosen) {
  const answer = which === "main" ? found(sequence, chosen) : null;
  return answer ? rowsOf(answer).flatMap((row) => row.values) : [];
}

/** @param {Facts} facts @param {Sequence} sequence */
function rowsMarkup(facts, sequence, chosen, rows) {
  const moved = towards(sequence.steps.contribution, chosen);
  const scale = scaleOf([...moved, ...rows.flatMap((row) => row.values)], HEIGHT);
  const look = coloursOf(facts.classes, chosen);
  const strips = rows.map((row, i) => {
    const top = i * (HEIGHT + GAP);
    const against = new Set(opposed(moved, row.values));
    return { ...row, top, against, ...barsMarkup(row.values, scale, top, look) };
  });
  const height = rows.length * (HEIGHT + GAP) - GAP;
  const mark = (t, { top, against }) =>
    against.has(t) ? `<rect class="opposed-mark" x="${t}" y="${top}" width="1" height="${HEIGHT}"/>` : "";
  const columns = moved.map((_, t) => strips.map((strip) => mark(t, strip) + strip.bars[t]).join(""));
  const names = strips.map(({ name, top }) => `<span style="top:${top + HEIGHT / 2 - 7}px">${name}</span>`);
  const body = columnsMarkup(columns, height, sequence.facts.turning_step).join("") + strips.map(({ zero }) => zero).join("");
  return (
    `<div class="step-grid"><div class="step-names step-figures" style="height:${height}px">${names.join("")}</div>` +
    `<div class="bars">${svg(drawn(sequence), height, body, "Leave-one-out and integrated gradients of each step")}</div></div>`
  );
}

// What to say of integrated gradients that do not add up to the logit less that of the baseline.
export function misfit({ integrated_gradients: steps, gap, logit, baseline }) {
  const whole = logit - baseline;
  if (!steps || Math.abs(gap) <= MAX_GAP * Math.abs(whole)) return [];
  return [`Integrated gradients add up to ${signed(whole + gap)} instead of ${signed(whole)}: the path is too steep for this to be reliable`];
}

// How far each agrees with the contributions, and where it does not.
/** @param {Facts} facts @param {Sequence} sequence */
function agreement(facts, sequence, chosen, answer) {
  const moved = towards(sequence.steps.contribution, chosen);
  const noun = stepNoun(facts);
  const name = (t) => `“${stepName(facts, sequence, t)}”`;
  const lines = rowsOf(answer).map((row) => {
    const correlation = rankCorrelation(moved, row.values);
    const against = opposed(moved, row.values);
    const more = against.length > MAX_NAMED ? ` and ${against.length - MAX_NAMED} more` : "";
    const where = against.length ? `, opposite sign at ${against.slice(0, MAX_NAMED).map(name).join(", ")}${more}` : "";
    const agrees = correlation === null ? "nothing to rank" : `ρ = ${correlation.toFixed(2)}`;
    return `${row.says}: ${row.asks(noun)} ${agrees}${where}`;
  });
  return [CONTRIBUTION(noun), ...lines, ...misfit(answer), ...(answer.reason ? [answer.reason] : [])];
}

/** @param {Facts} facts @param {Sequence} sequence */
function statusMarkup(facts, sequence, chosen, answer) {
  const lines = agreement(facts, sequence, chosen, answer).map((line) => `<li>${escape(line)}</li>`);
  return (
    `<ul>${lines.join("")}</ul><p>ρ: rank correlation with the contributions. All bars are logits on one scale. ` +
    `<a href="/help#help-evidence">What each measure says, with examples</a></p>`
  );
}

function say(markup, kind = "") {
  waiting = null;
  at("comparison-status").dataset.kind = kind;
  at("comparison-status").innerHTML = markup;
}

// Draw what is known of the sequence that is shown; ask for a class that is not known yet, and call
// `redraw` when it has come.
/** @param {Sequence} sequence */
export function draw(sequence, chosen, redraw) {
  const open = opened === sequence.steps;
  at("compare-switch").setAttribute("aria-pressed", String(open));
  at("compare-switch").setAttribute("aria-disabled", String(Boolean(get().facts.cannotAttribute)));
  at("comparison").hidden = !open;
  const answer = found(sequence, chosen);
  const rows = answer ? rowsOf(answer) : [];
  at("comparison-rows").innerHTML = rows.length ? rowsMarkup(get().facts, sequence, chosen, rows) : "";
  if (answer) say(statusMarkup(get().facts, sequence, chosen, answer));
  else if (open && waiting?.key !== keyOf(sequence, chosen)) ask(sequence, chosen, redraw);
  else if (!open) say("");
}

async function ask(sequence, chosen, redraw) {
  const { facts } = get();
  if (facts.cannotAttribute) {
    say(escape(facts.cannotAttribute), "error");
    return;
  }
  const request = { key: keyOf(sequence, chosen) };
  waiting = request;
  watch(at("comparison-status"), facts, "Asking the model…", () => waiting === request);
  const { sequence_id: id, text } = sequence.facts;
  const of = id === null ? { text } : { sequence: id };
  try {
    const answer = await data.attribution(facts, { ...of, class: chosen });
    keep(request.key, answer);
  } catch (error) {
    if (waiting === request) say(escape(error.message), "error");
    return;
  }
  if (waiting === request) redraw();
}

function keep(key, answer) {
  kept.set(key, answer);
  if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value);
}

// Show the other methods for a sequence, or no more.
/** @param {Sequence} sequence */
export const toggle = ({ steps }) => (opened = opened === steps ? null : steps);

// What a step is worth by the other methods, for the tooltip.
/** @param {Sequence} sequence */
export function pairs(sequence, step, chosen) {
  const answer = found(sequence, chosen);
  if (!answer) return [];
  return rowsOf(answer).map(({ says, values: row }) => [says, signed(row[step])]);
}
