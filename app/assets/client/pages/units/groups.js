// Groups of units that the same words move, and these words: lists, and a matrix of words and units.

import * as rotatedText from "../../export/rotated-text.js";
import { contextOf } from "../../lib/canvas.js";
import { ink, mix } from "../../lib/colour.js";
import { escape } from "../../lib/html.js";

const ROW = 12; // pixels of a word
const NAMES = 92; // pixels of the words, left of the matrix
const SIZES = [11, 21]; // pixels of a word's letters, the rarest and the most frequent

// Each group with its units and its words, the most frequent first.
export function groupsOf({ units, words }) {
  const groups = [...new Set([...units.cluster, ...words.cluster])].toSorted((a, b) => a - b);
  return groups.map((group) => ({
    group,
    units: units.cluster.flatMap((each, unit) => (each === group ? [unit] : [])),
    words: words.cluster
      .flatMap((each, word) => (each === group ? [word] : []))
      .toSorted((a, b) => words.count[b] - words.count[a]),
  }));
}

// Colour of a word by its effect on the class: towards it in its colour; away from it in that of
// the other one, where there are two.
export function tone(facts, index, effect, most, look) {
  const share = most ? Math.min(1, Math.abs(effect) / most) : 0;
  const other = facts.classes.length === 2 ? facts.classes[1 - index].colour : look.muted;
  return mix(look.middle, effect < 0 ? other : facts.classes[index].colour, share);
}

function wordsMarkup(data, group, paint) {
  const { phrase, count } = data.words;
  const [least, most] = [Math.min(...count), Math.max(...count)].map(Math.log);
  return group.words
    .map((word) => {
      const share = most > least ? (Math.log(count[word]) - least) / (most - least) : 0;
      const size = SIZES[0] + share * (SIZES[1] - SIZES[0]);
      const colour = paint(word);
      return (
        `<span class="group-word" tabindex="0" data-word="${word}" style="font-size:${size.toFixed(1)}px;` +
        `background:${colour};color:${ink(colour)}">${escape(phrase[word])}</span>`
      );
    })
    .join(" ");
}

export function markup(facts, data, { only, paint, linear, className }) {
  if (!data.words.phrase.length) {
    const why = facts.kind === "series" ? "its steps are numbers, so that there are no words to go by" : "no word occurs often enough to go by";
    return `<p class="units-hint">This layer has no groups: ${why}.</p>`;
  }
  const list = groupsOf(data).map((each) => {
    const pressed = each.group === only;
    const chips = each.units.map((unit) => `<button type="button" class="chip unit-chip" data-unit="${unit}">${unit}</button>`);
    return (
      `<section class="group"><div class="units-title"><h3>Group ${each.group}</h3>` +
      `<span class="scope">${each.units.length} units, ${each.words.length} words</span>` +
      `<button type="button" class="tool-button" data-group="${each.group}" aria-pressed="${pressed}">${pressed ? "Show all rows" : "Show its rows"}</button></div>` +
      `<div class="chips">${chips.join("")}</div><div class="group-words">${wordsMarkup(data, each, paint)}</div></section>`
    );
  });
  const colour = linear
    ? `Its colour is its mean effect on the logit of ${escape(className)} through these units.`
    : "It has no colour: this layer's units have no weights by class.";
  return (
    `<p class="note">Words and units are grouped together: words of a group move the units of that group most alike. ` +
    `The larger a word, the more often it occurs. ${colour} Hover one to light the units that it moves by at least half ` +
    `as much as the one that it moves most.</p>${list.join("")}` +
    `<h3>Words and units</h3><p class="note">Mean change of each unit (column) where the model reads the word (row), both by group.</p>` +
    `<canvas class="group-matrix" role="img" aria-label="Words and units, by group; the lists above have the same words"></canvas>`
  );
}

// Rows and columns of the matrix, by group.
const layout = (data) => {
  const groups = groupsOf(data);
  return { words: groups.flatMap((each) => each.words), units: groups.flatMap((each) => each.units), groups };
};

export function drawMatrix(canvas, data, look, paint, lit = null) {
  const { words, units, groups } = layout(data);
  const style = `height:${words.length * ROW}px`;
  if (canvas.style.cssText !== style) canvas.style.cssText = style;
  const { context, width } = contextOf(canvas);
  const cell = (width - NAMES) / units.length;
  context.textAlign = "right";
  context.textBaseline = "middle";
  words.forEach((word, row) => {
    context.fillStyle = word === lit ? look.ink : look.muted;
    context.font = `${word === lit ? 650 : 400} 10px Inter, sans-serif`;
    context.fillText(rotatedText.cut(data.words.phrase[word], NAMES - 8, (text) => context.measureText(text)), NAMES - 6, (row + 0.5) * ROW);
    const response = data.words.response[word];
    units.forEach((unit, column) => {
      context.fillStyle = paint(response[unit]);
      context.fillRect(NAMES + column * cell, row * ROW, Math.ceil(cell), ROW - 1);
    });
  });
  context.strokeStyle = look.ink;
  context.lineWidth = 1;
  let [down, across] = [0, 0];
  for (const { words: rows, units: columns } of groups) {
    context.strokeRect(NAMES + across * cell, down * ROW, columns.length * cell, rows.length * ROW - 1);
    [down, across] = [down + rows.length, across + columns.length];
  }
}

// The word and the unit under a place of the window.
export function under(canvas, data, { clientX, clientY }) {
  const { left, top, width } = canvas.getBoundingClientRect();
  const { words, units } = layout(data);
  const row = Math.floor((clientY - top) / ROW);
  const column = Math.floor((clientX - left - NAMES) / ((width - NAMES) / units.length));
  return { word: words[row] ?? null, unit: units[column] ?? null };
}
