// @ts-check
// The selection of the Explore page as the query of its address.

// What an address holds of a typed text: app/selection.py and app/gate.py refuse longer ones.
const LONGEST_TEXT = 1_500; // characters
const LONGEST_WRITTEN = 2_500; // of the text as an address writes it

function textInAddress(text) {
  const written = new URLSearchParams({ text }).toString();
  return text.length <= LONGEST_TEXT && written.length <= LONGEST_WRITTEN ? text : "";
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
export function query(selection, defaults) {
  const parts = new URLSearchParams();
  for (const [key, written] of Object.entries(ADDRESS)) {
    const text = selection[key] === null ? "" : written(selection[key]);
    const usual = defaults[key] === null ? "" : written(defaults[key]);
    if (text !== usual) parts.set(key, text);
  }
  const text = parts.toString();
  return text ? `?${text}` : "";
}

// The selection of an address that `query` wrote; what was not written is the default.
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
