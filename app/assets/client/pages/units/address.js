// The query of the Units page, which is also what a match asks the server for.

// Number of the sequence in the heatmap.
export const shownOf = ({ open, sequence }) => open?.sequence ?? sequence;

// What a match asks for: whose span, and which units are on.
export function question({ layer, sequence, from, to, threshold, edges, without }) {
  const parts = new URLSearchParams({ layer, sequence });
  if (from !== null) {
    parts.set("from", from);
    parts.set("to", to);
  }
  parts.set("threshold", threshold);
  if (edges) parts.set("edges", "1");
  if (without.length) parts.set("without", without.join(","));
  return parts;
}

// The query of an address; what is as usual is left out.
export function query(selection) {
  const { unit, from, open } = selection;
  const parts = question(selection);
  if (unit !== null) parts.set("unit", unit);
  if (open !== null) parts.set("open", [open.sequence, open.first, open.last].join("-"));
  const usual = { class: null, cells: "value", rows: "amount", panel: from === null ? "unit" : "match", group: null };
  for (const [key, value] of Object.entries(usual)) if (selection[key] !== value) parts.set(key, selection[key]);
  return parts;
}
