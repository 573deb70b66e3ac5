// @ts-check
// The selection of the Explore page as the query of its address.

import { MAX_ADDRESS_TEXT, characters } from "../../lib/limits.js";

/** @import { Address } from "./types" */

// Characters of a typed text as an address writes it: app/web/callback_guard.py refuses long addresses.
const MAX_WRITTEN = 2_500;

function textInAddress(text) {
  const written = new URLSearchParams({ text }).toString();
  return written.length <= MAX_WRITTEN && characters(text) <= MAX_ADDRESS_TEXT ? text : "";
}

// A selection as its address says it: every value as text.
const ADDRESS = {
  projection: String,
  colour: String,
  sequence: String,
  text: textInAddress,
  step: String,
  pinned: String,
  filters: (filters) => (filters.length ? JSON.stringify(filters) : ""),
  labels: (kinds) => kinds.join(","),
  distance: String,
  confidence: String,
  order: String,
  class: String,
  bars: String,
};

// The query of an address: what differs from the run's defaults only.
/** @param {Address} selection @param {Address} defaults */
export function query(selection, defaults) {
  const parts = new URLSearchParams();
  for (const [key, written] of Object.entries(ADDRESS)) {
    const text = selection[key] === null ? "" : written(selection[key]);
    const standard = defaults[key] === null ? "" : written(defaults[key]);
    if (text !== standard) parts.set(key, text);
  }
  const text = parts.toString();
  return text ? `?${text}` : "";
}

// The selection of an address that `query` wrote; what was not written is the default.
/**
 * @param {string} search
 * @param {Address} defaults
 * @returns {Address}
 */
export function selectionOf(search, defaults) {
  const parts = new URLSearchParams(search);
  const read = (key, from) => (parts.has(key) ? from(parts.get(key)) : defaults[key]);
  return {
    projection: read("projection", String),
    colour: read("colour", String),
    sequence: read("sequence", Number),
    text: read("text", String),
    step: read("step", Number),
    pinned: read("pinned", Number),
    filters: read("filters", (text) => (text ? JSON.parse(text) : [])),
    labels: read("labels", (text) => (text ? text.split(",") : [])),
    distance: read("distance", Number),
    confidence: read("confidence", Number),
    order: read("order", String),
    class: read("class", Number),
    bars: read("bars", String),
  };
}
