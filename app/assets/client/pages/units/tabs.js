// @ts-check
// Tabs of the panels at the side: unit, match and groups.

import { existing } from "../../lib/dom.js";
import { subscribeDrawn } from "./state.js";

/** @import { Drawn } from "./types" */

/** @param {Drawn} state */
function showPanel({ panel }) {
  for (const tab of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".units-tab"))) {
    const on = tab.dataset.panel === panel;
    tab.setAttribute("aria-selected", String(on));
    existing(`units-${tab.dataset.panel}`).hidden = !on;
  }
}

/** Follow the state. */
export const start = () => subscribeDrawn(["panel", "loaded"], showPanel);
