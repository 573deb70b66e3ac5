// @ts-check
// Lines for those who look at the map, and for those who listen.

import { at } from "../../lib/dom.js";

// What went wrong, over the map; null takes it away.
export function message(line) {
  const element = at("map-message");
  if (!element) return;
  element.hidden = line === null;
  element.dataset.kind = line === null ? "" : "error";
  if (line !== null) element.textContent = line;
}

export const speak = (line) => (at("live").textContent = line);
