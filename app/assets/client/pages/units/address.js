// The address of the Units page says what it shows; Back and Forward within it are the page's own.

import * as unitsPage from "./page.js";

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

// Dash went to another page whose layout is still on the way: until this page opens again, every
// step of the history is Dash's.
let path = null;
let away = false;
const elsewhere = () => location.pathname !== path;
addEventListener("_dashprivate_pushstate", () => (away = elsewhere()));

// Each step of the history keeps its selection, so that Back need not read the address.
export function remember(selection, step = false) {
  const address = `${location.pathname}?${query(selection)}`;
  if (elsewhere() || address === location.pathname + location.search) return;
  history[step ? "pushState" : "replaceState"]({ ...history.state, units: selection }, "", address);
}

// The page was built for the present address.
export function begin(selection) {
  [path, away] = [location.pathname, false];
  history.replaceState({ ...history.state, units: selection }, "");
}

// Dash would build the page anew.
export function onPopstate(event) {
  away ||= elsewhere();
  const selection = event.state?.units;
  if (away || !selection || !unitsPage.here()) return;
  event.stopImmediatePropagation();
  unitsPage.restore(selection);
}
