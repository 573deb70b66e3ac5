// @ts-check
// The query of the Words page: which words, towards which class, and the chosen one.

import { queryText } from "../../lib/history.js";

/** @import { Kind, Selection } from "./types" */

const KEYS = /** @type {const} */ (["towards", "kind", "least", "search", "word"]);

/**
 * Return the query of a selection: what differs from the run's defaults.
 * @param {Selection} selection
 * @param {Selection} defaults
 */
export function addressQuery(selection, defaults) {
  const parts = new URLSearchParams();
  for (const key of KEYS) {
    const value = selection[key];
    if (value !== null && value !== defaults[key]) parts.set(key, String(value));
  }
  return queryText(parts);
}

/**
 * Return the selection of a query. The server has checked the address that the page began with, and
 * the page has written all others.
 * @param {string} query
 * @param {Selection} defaults
 * @returns {Selection}
 */
export function parseQuery(query, defaults) {
  const parts = new URLSearchParams(query);
  return {
    towards: parts.has("towards") ? Number(parts.get("towards")) : defaults.towards,
    kind: /** @type {Kind} */ (parts.get("kind") ?? defaults.kind),
    least: parts.has("least") ? Number(parts.get("least")) : defaults.least,
    search: parts.get("search") ?? defaults.search,
    word: parts.get("word"),
  };
}
