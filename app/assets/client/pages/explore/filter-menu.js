// @ts-check
// The menu of filters: one line per kind that no view offers, or not exactly, and what is wrong with
// what was typed into a field, said beside it.

import { at } from "../../lib/dom.js";
import { escape } from "../../lib/html.js";
import { MAX_SEARCH } from "../../lib/limits.js";
import { isSeries } from "../../lib/series.js";

export const NO_PATTERN = "Not a regular expression";

const WORD =
  `<input type="text" id="filter-word" maxlength="${MAX_SEARCH}" placeholder="a word, or two" ` +
  'autocomplete="off" spellcheck="false">';

export const noteMarkup = (field) => `<p class="field-note" id="${field}-note" role="alert" hidden></p>`;

export function markup(facts) {
  const options = facts.classes.map(({ name }, index) => `<option value="${index}">${escape(name)}</option>`);
  const line = (label, body) => `<label class="menu-line"><span>${label}</span>${body}</label>`;
  const between = (label, id, most) =>
    line(
      label,
      `<span class="menu-range"><input type="number" id="${id}-from" min="0" max="${most}" step="1" ` +
        `value="0" aria-label="from"> to <input type="number" id="${id}-to" min="0" max="${most}" ` +
        `step="1" value="${most}" aria-label="to"></span>`,
    ) + noteMarkup(id);
  const select = (kind, chosen) =>
    `<select data-adds="${kind}"><option value="">any</option>${chosen.join("")}</select>`;
  return [
    line("Class", select("actual", options)),
    line("Classified as", select("predicted", options)),
    line("Result", select("correct", ['<option value="true">right</option>', '<option value="false">wrong</option>'])),
    between("Confidence, %", "filter-confidence", 100),
    between("Steps", "filter-steps", facts.longest - 1),
    isSeries(facts) ? "" : line("Word just read", WORD) + noteMarkup("filter-word"),
    line("Cluster", '<select data-adds="cluster" id="filter-cluster"><option value="">any</option></select>'),
    '<p class="note">Or brush: a bar or cell of the overview, box and lasso on the map, a drag across the heatmap or the distances.</p>',
  ].join("");
}

// A line beside a field; null takes it away.
export function note(field, line) {
  const element = at(`${field}-note`);
  if (!element) return;
  element.hidden = line === null;
  element.textContent = line ?? "";
}

// What is wrong with a regular expression, or null. The server's own kind has no look-around and
// no back-references; what the browser does not know of it (flags, Python's names of groups) is
// left to the server.
export function patternProblem(written) {
  const unescaped = written.replace(/\\[^1-9k]/g, "");
  if (/\(\?<?[=!]/.test(unescaped)) return `${NO_PATTERN} here: look-around is not known`;
  if (/\\[1-9]|\\k</.test(unescaped)) return `${NO_PATTERN} here: back-references are not known`;
  if (/\(\?[a-zA-Z-]/.test(unescaped)) return null;
  try {
    "".search(written); // makes the expression, and fails where it is none
  } catch {
    return NO_PATTERN;
  }
  return null;
}

export const rangeProblem = (from, to) =>
  from <= to ? null : `Turned round: no number is at least ${from} and at most ${to}`;

// The two ends of a range as they stand in its fields; an empty field stands for its own end.
export function range(field) {
  return ["from", "to"].map((end) => {
    const { value, defaultValue, min, max } = at(`${field}-${end}`);
    return Math.min(Number(max), Math.max(Number(min), Number(value === "" ? defaultValue : value)));
  });
}

// The choices of clusters, a group a level.
export function offer(groups) {
  const listed = groups.map(({ name, rows }) => {
    const options = rows.map(({ text, value }) => `<option value="${escape(value)}">${escape(text)}</option>`);
    return `<optgroup label="${name}">${options.join("")}</optgroup>`;
  });
  at("filter-cluster").innerHTML = `<option value="">any</option>${listed.join("")}`;
}
