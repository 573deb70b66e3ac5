// @ts-check
// The facts of a sequence and its words, each a button on the colour of what was expected after it.

import * as addresses from "../../../lib/addresses.js";
import { ink } from "../../../lib/colour.js";
import { percent, thousands } from "../../../lib/format.js";
import { escape } from "../../../lib/html.js";
import * as series from "../../../lib/series.js";
import { isSeries, markup } from "../../../lib/series.js";
import { drawn, holds, spanOf } from "../../../lib/span.js";
import { get } from "../selection.js";
import * as evidence from "./evidence.js";

/** @import { Sequence, SequenceFacts } from "../../../lib/types" */
/** @import { Facts } from "../types" */

function chip({ name, colour }) {
  return (
    `<span class="class-tag" style="background:${colour};color:${ink(colour)}">` +
    `${escape(name)}</span>`
  );
}

// What a sequence is called: a typed text has no number.
/** @param {SequenceFacts} row */
export const nameOf = ({ sequence_id: number }) => (number === null ? "typed text" : `#${number}`);

// Class and classification; of a typed text nobody knows the class.
/** @param {Facts} facts @param {SequenceFacts} row */
function classesMarkup(facts, row) {
  const verdict = row.correct ? "classified correctly" : "classified wrongly";
  const predicted = chip(facts.classes[row.predicted]);
  const known = row.label !== null;
  return (
    `${known ? chip(facts.classes[row.label]) : ""}` +
    `<span class="towards"><span class="arrow" aria-label="classified as">→</span>${predicted}</span>` +
    (known ? `<span class="verdict ${row.correct ? "right" : "wrong"}">${verdict}</span>` : "")
  );
}

// How far a typed text's states are from the stored ones at which the map draws them.
/** @param {Sequence} sequence */
function drawnMarkup({ steps: { near_distance: away }, measured }) {
  if (!away) return "";
  const sorted = away.toSorted((a, b) => a - b);
  const share = (length) => (length / (measured.largest || 1)).toFixed(2);
  const all = share(sorted.at(-1));
  const line =
    all === "0.00"
      ? "drawn where these very states are stored"
      : `drawn at the most similar stored states: half of them within ` +
        `${share(sorted[(sorted.length - 1) >> 1])} of the longest jump, all within ${all}`;
  return `<div class="sequence-facts">${line}</div>`;
}

// Number, class and classification; how sure, and how that came about.
/** @param {Facts} facts @param {Sequence} sequence */
export function infoMarkup(facts, sequence) {
  const row = sequence.facts;
  const parts = [`${percent(row.confidence)} sure`, series.steps(facts, row.length - row.padding)];
  if (row.padding) parts.push(`${thousands(row.padding)} × padding`);
  if (row.unknown) {
    parts.push(`<span class="key-unknown">${thousands(row.unknown)} unknown</span> to the model`);
  }
  if (row.sequence_id !== null) parts.push(reportLink(facts, row.sequence_id), unitsLink(facts, row.sequence_id));
  return (
    `<div class="sequence-line"><span class="sequence-number">${nameOf(row)}</span>` +
    `${classesMarkup(facts, row)}</div>` +
    `<div class="sequence-facts">${parts.map((part) => `<span>${part}</span>`).join(" ")}</div>` +
    evidence.sentenceMarkup(sequence) +
    drawnMarkup(sequence)
  );
}

const link = (href, name, title, more = "") =>
  `<a class="report-link" href="${escape(href)}" title="${title}"${more}>${name}</a>`;

/** @param {Facts} facts */
function reportLink(facts, id) {
  const projection = get().projection;
  const href = addresses.report(facts.run, id, projection);
  return link(href, "Report", "One page to print or to send", ' target="_blank"');
}

/** @param {Facts} facts */
const unitsLink = (facts, id) =>
  link(addresses.units(facts.run, id), "Units", "Its hidden units, step by step");

/** @param {Sequence} sequence */
export function wordsMarkup(sequence, colours) {
  const { surface, known, padding, role } = sequence.steps;
  const span = drawn(sequence);
  const turning = sequence.facts.turning_step;
  return surface
    .map((word, t) => {
      if (!holds(span, t)) return "";
      const kinds = [
        "word",
        known[t] ? "" : "word-unknown",
        padding?.[t] ? "word-padding" : "",
        t === turning ? "word-turning" : "",
      ];
      const note = role[t] ? ` data-role="${escape(role[t])}"` : "";
      return (
        `<button type="button" class="${kinds.filter(Boolean).join(" ")}" data-t="${t}"${note}` +
        ` tabindex="${t === span.from ? 0 : -1}" style="background:${colours[t]};color:${ink(colours[t])}">` +
        `${escape(word)}</button>`
      );
    })
    .filter(Boolean)
    .join(" ");
}

// Buttons that fold padding at the beginning and at the end of a sequence, or show it: two texts.
/** @param {Sequence} sequence */
export function foldMarkup(sequence) {
  const { steps } = sequence;
  const { from, to } = spanOf(steps, false);
  const folded = drawn(sequence);
  return [from, steps.surface.length - to].map((count, end) => {
    if (!count) return "";
    const shown = end ? folded.to > to : folded.from < from;
    return (
      `<button type="button" class="padding-fold" data-padding="${!shown}" aria-expanded="${shown}" ` +
      `title="${shown ? "Fold" : "Show"} the padding that the model reads here">` +
      `${thousands(count)} × padding</button>`
    );
  });
}

// The part of a text that was not read: its beginning where the last words were kept, else its
// end; null where the words are not found in it.
export function unread(text, surface, keep) {
  if (keep === "last") {
    let from = text.length;
    for (const word of surface.toReversed()) {
      from = from < word.length ? -1 : text.lastIndexOf(word, from - word.length);
      if (from < 0) return null;
    }
    return text.slice(0, from).trim();
  }
  let to = 0;
  for (const word of surface) {
    const found = text.indexOf(word, to);
    if (found < 0) return null;
    to = found + word.length;
  }
  return text.slice(to).trim();
}

// The part that was cut off, in grey, shut until it is asked for.
/** @param {Facts} facts @param {Sequence} sequence */
function unreadMarkup(facts, sequence) {
  const row = sequence.facts;
  const cut = row.length_full - row.length;
  if (cut <= 0) return "";
  const where = facts.keep === "last" ? "before" : "after";
  if (isSeries(facts)) {
    return `<p class="unread">${series.steps(facts, cut)} ${where} these were not read</p>`;
  }
  const text = unread(row.text, sequence.steps.surface, facts.keep) ?? row.text;
  return (
    `<details class="unread"><summary>${thousands(cut)} words ${where} these were not read</summary>` +
    `<p>${escape(text)}</p></details>`
  );
}

/** @param {Facts} facts @param {Sequence} sequence */
export function draw(views, facts, sequence, colours) {
  views.info.innerHTML = infoMarkup(facts, sequence);
  const read = isSeries(facts) ? markup(facts, sequence, colours) : wordsMarkup(sequence, colours);
  const [before, after] = foldMarkup(sequence);
  const parts = [[before, read, after].filter(Boolean).join(" "), unreadMarkup(facts, sequence)];
  views.words.innerHTML = (facts.keep === "last" ? parts.toReversed() : parts).join("");
}

// Bring a word into its panel without scrolling anything else.
export function reveal(panel, t) {
  const word = panel?.querySelector(`[data-t="${t}"]`);
  if (!word) return;
  const [above, below] = [word.offsetTop, word.offsetTop + word.offsetHeight];
  if (above < panel.scrollTop) panel.scrollTop = above - 8;
  else if (below > panel.scrollTop + panel.clientHeight) {
    panel.scrollTop = below - panel.clientHeight + 8;
  }
}
