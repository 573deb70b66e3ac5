// @ts-check
// The live region of the page, which screen readers read aloud.

import { at } from "./dom.js";

/** @param {string} line */
export function speak(line) {
  const element = at("live");
  if (element) element.textContent = line;
}
