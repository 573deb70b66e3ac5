// Keys: through the table's order, through the steps, back, search and help.

import { at } from "../../lib/dom.js";
import * as brush from "../../map/brush.js";
import * as address from "./address.js";
import * as explore from "./explore.js";
import * as filterBar from "./filter-bar.js";
import * as neighbours from "./neighbours.js";
import * as sequenceTable from "./sequence-table.js";
import { state } from "./state.js";
import * as typedText from "./typed-text.js";
import * as viewControls from "./view-controls.js";
import * as wordsPanel from "./words-panel.js";

async function move(by) {
  const next = await sequenceTable.neighbour(by);
  if (next !== null) explore.choose(next);
}

function moveStep(by) {
  const last = state.shown.main.sequence.steps.surface.length - 1;
  const from = state.hovered?.which === "main" ? state.hovered.step : state.selection.step;
  const step = Math.min(last, Math.max(0, (from ?? (by > 0 ? -1 : last + 1)) + by));
  const word = at("words").querySelector(`[data-t="${step}"]`);
  for (const other of at("words").querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  word.tabIndex = 0;
  state.selection = { ...state.selection, step };
  address.remember();
  neighbours.follow();
  word.focus({ preventScroll: true });
  wordsPanel.reveal(at("words"), step);
}

// Esc gives up what is under way, then what was done last.
function back() {
  if (brush.cancel() || viewControls.shut() || typedText.close()) return true;
  const last = state.acts.pop();
  if (last === "filter") {
    state.acts.push(last); // Taken out again when the filter has gone.
    filterBar.removeLast();
  } else if (last === "sequence") explore.leave();
  return last !== undefined;
}

// Keys that belong to a field, the page's header or a header of the grid stay with it; menus keep
// the arrows.
const isTaken = (target) =>
  target.closest?.("input, select, textarea, .ag-header, .ag-popup, header") !== null;
const isMenu = (target) => target.closest("[role='menu'], [role='dialog'], [aria-haspopup]") !== null;

document.addEventListener(
  "keydown",
  (event) => {
    if (!state.facts || !at("workspace") || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, target } = event;
    if (key === "Escape" && target.id === "search") target.blur();
    else if (key === "Escape" && target.closest?.(".popover-panel")) viewControls.shut();
    else if (key === "Escape" && target.closest?.("#typed")) typedText.close();
    else if (isTaken(target)) return;
    else {
      const arrows = !isMenu(target);
      if (key === "Escape") {
        if (!back()) return;
      } else if (key === "/") at("search")?.focus();
      else if (key === "?") setHelp();
      else if (key === "ArrowDown" && arrows) move(1);
      else if (key === "ArrowUp" && arrows) move(-1);
      else if (key === "ArrowRight" && arrows && state.shown.main) moveStep(1);
      else if (key === "ArrowLeft" && arrows && state.shown.main) moveStep(-1);
      else return;
    }
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

const setHelp = () => globalThis.dash_clientside.set_props("_pages_location", { href: "/help" });
