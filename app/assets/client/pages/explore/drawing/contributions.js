// @ts-check
// Contributions: signed bars towards a class on the step axis, and over them their running sum, from
// the logit before the first step to the one after the last.

import { signed } from "../../../lib/format.js";
import { escape } from "../../../lib/html.js";
import { stepNoun } from "../../../lib/series.js";
import { drawn } from "../../../lib/span.js";
import { svg } from "../../../lib/step-columns.js";

/** @import { Sequence } from "../../../lib/types" */
/** @import { Facts } from "../types" */

const GAP = 5; // pixels between the running sum and the bars
const ASIDE = 0.06; // of a column, left free on either side of a bar
const APART = 11; // pixels between two figures of a scale
const FIGURE = 7; // half a figure's height
const EDGE = 2; // pixels of a strip left free for the thickness of the line

// What each step added to the logit of a class. One sigmoid unit speaks for the second class and,
// with the other sign, for the first.
export const towards = (contribution, chosen) => contribution.map((row) => logitOf(row, chosen));

export function logitOf(row, chosen) {
  if (row.length > 1) return row[chosen];
  return chosen === 1 ? row[0] : 0 - row[0];
}

// The logit after each step: the initial one and all that was added so far.
export function runningSum(initial, moved) {
  let sum = initial;
  return moved.map((each) => {
    sum += each;
    return sum;
  });
}

// From a value to pixels under the top of a strip `height` high; zero always lies inside.
export function scaleOf(values, height, edge = 0) {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const range = high - low || 1;
  return { low, high, y: (value) => edge + ((high - value) / range) * (height - 2 * edge) };
}

const number = (value) => String(Math.round(100 * value) / 100);

// What a step's bar is: [top, height], in pixels under the top of the strip.
export function barOf(value, { y }) {
  const [from, to] = [y(Math.max(0, value)), y(Math.min(0, value))];
  return [from, value === 0 ? 0 : Math.max(0.5, to - from)];
}

// One row of bars with its zero line, from `top` on.
export function barsMarkup(values, scale, top, { colour, away }) {
  const bars = values.map((value, t) => {
    const [from, height] = barOf(value, scale);
    const look = value < 0 ? away : `fill="${colour}"`;
    return (
      `<rect x="${number(t + ASIDE)}" y="${number(top + from)}" width="${1 - 2 * ASIDE}" ` +
      `height="${number(height)}" ${look}/>`
    );
  });
  return { bars, zero: lineAt(values.length, top + scale.y(0)) };
}

const lineAt = (columns, y) => `<path class="zero-line" d="M0 ${number(y)}H${columns}"/>`;

// Of the running sum: a level a column, beginning at the initial logit.
export function sumPath(initial, sums, { y }) {
  const levels = sums.map((sum, t) => `V${number(y(sum))}H${t + 1}`);
  return `M0 ${number(y(initial))}${levels.join("")}`;
}

// Columns as `steps.js` has them: a group a step, whose `hit` the cursor meets.
export function columnsMarkup(parts, height, turning) {
  return parts.map((bar, t) => {
    const mark = t === turning ? `<rect class="turning-mark" x="${t}" y="0" width="1" height="${height}"/>` : "";
    return `<g data-t="${t}">${mark}${bar}<rect x="${t}" y="0" width="1" height="${height}" class="hit"/></g>`;
  });
}

// Figures of a scale beside its strip; one that would cover the zero is left out.
export function figures({ low, high, y }, top, height) {
  const [first, last] = [FIGURE, height - FIGURE];
  const zero = Math.min(last, Math.max(first, y(0)));
  return [
    high > 0 && zero - first >= APART && figure(signed(high), top + first),
    figure("0", top + zero),
    low < 0 && last - zero >= APART && figure(signed(low), top + last),
  ]
    .filter(Boolean)
    .join("");
}

const figure = (text, middle, kind = "") => `<span class="${kind}" style="top:${number(middle - FIGURE)}px">${text}</span>`;

// Colours of a class's bars: its own towards it; away the other class's, where there are two.
export function coloursOf(classes, chosen) {
  const other = classes.length === 2 ? classes[1 - chosen].colour : null;
  return { colour: classes[chosen].colour, away: other ? `fill="${other}"` : 'class="bar-away"' };
}

// All of one sequence towards a class. `sum` and `bars` are heights in pixels; `span`, where given,
// are values that the bars' scale must hold as well.
/** @param {Facts} facts @param {Sequence} sequence */
export function markup(facts, sequence, chosen, { sum, bars, span = [] }) {
  const moved = towards(sequence.steps.contribution, chosen);
  const initial = logitOf(facts.readout.initial, chosen);
  const final = logitOf(sequence.final, chosen);
  const sums = runningSum(initial, moved);
  const [above, below] = [scaleOf([initial, ...sums], sum, EDGE), scaleOf([...moved, ...span], bars)];
  const top = sum + GAP;
  const height = top + bars;
  const bar = barsMarkup(moved, below, top, coloursOf(facts.classes, chosen));
  const line = `<path class="sum-line" d="${sumPath(initial, sums, above)}"/>`;
  const columns = columnsMarkup(bar.bars, height, sequence.facts.turning_step);
  const name = escape(facts.classes[chosen].name);
  const end = above.y(final);
  return (
    `<div class="step-grid"><div class="step-names step-figures" style="height:${height}px">` +
    `${figure(`logit ${signed(final)}`, FIGURE, "sum-name")}${figure(`to ${name}`, 3 * FIGURE, "sum-name")}` +
    `${figures(below, top, bars)}</div><div class="bars">` +
    svg(drawn(sequence), height, columns.join("") + lineAt(moved.length, above.y(0)) + bar.zero + line,
      `Contribution of each ${stepNoun(facts)} to the logit of ${name}, and their running sum`) +
    `<span class="sum-end" data-logit="${final}" style="top:${number(end)}px" data-side="${end < sum / 2 ? "under" : "over"}">` +
    `${signed(final)}</span></div></div>`
  );
}

// What the tooltip says of a step.
/** @param {Facts} facts @param {Sequence} sequence */
export function pairs(facts, sequence, step, chosen) {
  const moved = towards(sequence.steps.contribution, chosen);
  const sums = runningSum(logitOf(facts.readout.initial, chosen), moved);
  return [[`To ${facts.classes[chosen].name}`, `${signed(moved[step])}, logit then ${signed(sums[step])}`]];
}
