// @ts-check
// Keys: through the table's order, through the steps, back, search and help.

import { at } from "../../../lib/dom.js";
import { goTo } from "../../../lib/navigation.js";
import { drawn } from "../../../lib/span.js";
import { reveal } from "../drawing/words-panel.js";
import { removeLast } from "../filtering.js";
import { get, lastAct, update } from "../selection.js";
import { choose, leave } from "../sequences.js";

// What the keys reach in other views:
//   neighbour    the sequence so many rows below the chosen one, or null
//   cancelBrush, shutPopover, closeText   what Esc gives up first; true where there was something
/** @type {{ neighbour: (by: number) => Promise<number | null>, cancelBrush: () => boolean, shutPopover: () => boolean, closeText: () => boolean }} */
let reached = {
  neighbour: async () => null,
  cancelBrush: () => false,
  shutPopover: () => false,
  closeText: () => false,
};
export const connect = (those) => (reached = those);

async function move(by) {
  const next = await reached.neighbour(by);
  if (next !== null) choose(next);
}

function moveStep(by) {
  const { hovered, shown, step: chosen } = get();
  const { from, to } = drawn(shown.main.sequence);
  const here = hovered?.which === "main" ? hovered.step : chosen;
  const step = Math.min(to - 1, Math.max(from, (here ?? (by > 0 ? from - 1 : to)) + by));
  const word = at("words").querySelector(`[data-t="${step}"]`);
  for (const other of at("words").querySelectorAll('[tabindex="0"]')) other.tabIndex = -1;
  word.tabIndex = 0;
  update({ step }, { history: "replace" });
  word.focus({ preventScroll: true });
  reveal(at("words"), step);
}

// Esc gives up what is under way, then what was done last.
function back() {
  if (reached.cancelBrush() || reached.shutPopover() || reached.closeText()) return true;
  const last = lastAct();
  if (last === "filter") removeLast();
  else if (last === "sequence") leave();
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
    if (!get().facts || !at("workspace") || event.ctrlKey || event.metaKey || event.altKey) return;
    const { key, target } = event;
    if (key === "Escape" && target.id === "search") target.blur();
    else if (key === "Escape" && target.closest?.(".popover-panel")) reached.shutPopover();
    else if (key === "Escape" && target.closest?.("#typed")) reached.closeText();
    else if (isTaken(target)) return;
    else {
      const arrows = !isMenu(target);
      if (key === "Escape") {
        if (!back()) return;
      } else if (key === "/") at("search")?.focus();
      else if (key === "?") setHelp();
      else if (key === "ArrowDown" && arrows) move(1);
      else if (key === "ArrowUp" && arrows) move(-1);
      else if (key === "ArrowRight" && arrows && get().shown.main) moveStep(1);
      else if (key === "ArrowLeft" && arrows && get().shown.main) moveStep(-1);
      else return;
    }
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

const setHelp = () => goTo("/help");
