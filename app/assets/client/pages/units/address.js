// @ts-check
// The query of the Units page, and the part of it that a match asks the server for.

/** @import { Question, Selection } from "./types" */

/**
 * Return the query of a match: whose span, and which units are on.
 * @param {Question} question
 */
export function matchQuery({ layer, sequence, from, to, threshold, edges, without }) {
  const parts = new URLSearchParams({ layer, sequence: String(sequence) });
  if (from !== null) {
    parts.set("from", String(from));
    parts.set("to", String(to));
  }
  parts.set("threshold", String(threshold));
  if (edges) parts.set("edges", "1");
  if (without.length) parts.set("without", without.join(","));
  return parts;
}

/**
 * Return the query of the page's address; defaults are left out.
 * @param {Selection} selection
 */
export function addressQuery(selection) {
  const { unit, from, open } = selection;
  const parts = matchQuery(selection);
  if (unit !== null) parts.set("unit", String(unit));
  if (open !== null) parts.set("open", [open.sequence, open.first, open.last].join("-"));
  const panel = from === null ? "unit" : "match";
  /** @type {Partial<Selection>} */
  const defaults = { class: null, cells: "value", rows: "amount", panel, group: null };
  for (const key of /** @type {(keyof Selection)[]} */ (Object.keys(defaults))) {
    if (selection[key] !== defaults[key]) parts.set(key, String(selection[key]));
  }
  return parts;
}
