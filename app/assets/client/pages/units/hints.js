// @ts-check
// Short texts in place of what the Units page cannot show.

import { existing } from "../../lib/dom.js";
import { html, render } from "../../lib/html.js";

/** @param {string} text */
export const hint = (text) => html`<p class="units-hint">${text}</p>`;

/**
 * @param {string} id of an element
 * @param {unknown} error
 */
export function showError(id, error) {
  const message = error instanceof Error ? error.message : String(error);
  render(existing(id), html`<p class="units-hint" role="alert">${message}</p>`);
}
