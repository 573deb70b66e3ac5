// @ts-check
// The side columns that collapse, and the hints of a first visit.

import { at } from "../../lib/dom.js";
import { subscribe } from "./selection.js";

const HINTS = "stateline-hints";

function collapse(handle) {
  const { side } = handle.dataset;
  setOpen(side, at("workspace").dataset[side] === "shut");
}

// Show or hide a column, "left" or "right".
export function setOpen(side, open) {
  at("workspace").dataset[side] = open ? "open" : "shut";
  document.querySelector(`.collapse-${side}`).setAttribute("aria-expanded", String(open));
}

// Hints for a first visit, until they are sent away.
function hints() {
  let seen = null;
  try {
    seen = localStorage.getItem(HINTS);
  } catch {
    // Without storage they come each time, and go at a click.
  }
  at("hints").hidden = seen !== null;
}

function dismiss() {
  at("hints").hidden = true;
  try {
    localStorage.setItem(HINTS, "seen");
  } catch {
    // See above.
  }
}

document.addEventListener("click", (event) => {
  if (!at("workspace")) return;
  const handle = event.target.closest?.(".collapse-handle");
  if (handle) collapse(handle);
  else if (event.target.closest?.("#hints-close")) dismiss();
});

subscribe(["facts"], hints);
