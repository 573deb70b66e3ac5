// @ts-check
// The address of the Decisions page: what its selects have chosen.

import { queryText, writeQuery } from "../../lib/history.js";

const KEYS = ["class", "steps", "projection", "answers"]; // of the selects, in the page's order

/**
 * Return the query of an address: what differs from the run's defaults.
 * @param {Record<string, string>} defaults
 * @param {string[]} chosen values of the selects
 */
export function addressQuery(defaults, chosen) {
  const parts = new URLSearchParams();
  KEYS.forEach((key, i) => {
    if (chosen[i] && chosen[i] !== defaults[key]) parts.set(key, chosen[i]);
  });
  return queryText(parts);
}

/**
 * Write the choice into the address, without an entry of the history and without a request.
 * @param {Record<string, string>} defaults
 * @param {string[]} chosen
 */
export function writeAddress(defaults, chosen) {
  const query = addressQuery(defaults, chosen);
  if (location.pathname.startsWith("/decisions/")) writeQuery(query);
  return query;
}
