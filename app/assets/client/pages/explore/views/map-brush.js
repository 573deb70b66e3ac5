// @ts-check
// Brushes: a box or a lasso drawn on the map becomes a filter.

import { toData as placeToData } from "../../../lib/geometry.js";
import { evenly } from "../../../lib/points.js";
import * as map from "../../../map/map.js";
import * as overlay from "../../../map/overlay.js";
import { add } from "../filtering.js";
import { get } from "../selection.js";

const MAX_CORNERS = 100; // an address must hold them

let tool = "pan";
let corners = null; // pixels, while a brush is drawn

// Choose a tool: pan leaves the mouse to the map, box and lasso take it.
function choose(next) {
  tool = next;
  for (const button of document.querySelectorAll("#map-tools [data-tool]")) {
    button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
  }
  document.getElementById("map-frame").dataset.brush = tool;
}

const inFrame = (event) => {
  const frame = document.getElementById("map-frame").getBoundingClientRect();
  return [event.clientX - frame.left, event.clientY - frame.top];
};

// The map underneath must not see what belongs to a brush.
const claim = (event) => {
  event.preventDefault();
  event.stopPropagation();
};

function start(event) {
  if (tool === "pan" || event.button !== 0 || !event.target.closest?.("#map")) return;
  claim(event);
  corners = [inFrame(event)];
}

function extend(event) {
  if (!corners) return;
  claim(event);
  const at = inFrame(event);
  if (tool === "box") corners = [corners[0], at];
  else if (Math.hypot(at[0] - corners.at(-1)[0], at[1] - corners.at(-1)[1]) > 4) corners.push(at);
  overlay.setOutline(tool === "box" ? boxOf(corners) : corners);
}

const boxOf = ([[ax, ay], [bx, by]]) => [
  [ax, ay],
  [bx, ay],
  [bx, by],
  [ax, by],
];

// Coordinates to five digits: finer than any screen, and short in an address.
const toData = (place, corner) =>
  placeToData(place, corner).map((value) => Number(value.toPrecision(5)));

function finish(event) {
  if (!corners) return;
  claim(event);
  const drawn = corners;
  corners = null;
  overlay.setOutline(null);
  const projection = get().projection;
  const place = map.place();
  if (tool === "box" && drawn.length === 2) {
    const [[ax, ay], [bx, by]] = drawn.map((corner) => toData(place, corner));
    const sorted = (a, b) => [Math.min(a, b), Math.max(a, b)];
    const [[left, right], [bottom, top]] = [sorted(ax, bx), sorted(ay, by)];
    add(["box", projection, left, bottom, right, top]);
  } else if (tool === "lasso" && drawn.length > 2) {
    const kept = evenly(drawn.length, Math.min(drawn.length, MAX_CORNERS));
    const flat = Array.from(kept).flatMap((i) => toData(place, drawn[i]));
    add(["lasso", projection, ...flat]);
  }
  choose("pan");
}

/** @type {[string, (event: any) => void][]} */
const LISTENERS = [
  ["mousedown", start],
  ["mousemove", extend],
  ["mouseup", finish],
];
for (const [name, listen] of LISTENERS) {
  document.addEventListener(name, listen, true);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#map-tools [data-tool]");
  if (button) choose(button.dataset.tool === tool ? "pan" : button.dataset.tool);
});

// A brush under way is given up; true where there was one, or a tool other than pan.
export function cancel() {
  const busy = corners !== null || tool !== "pan";
  corners = null;
  overlay.setOutline(null);
  if (tool !== "pan") choose("pan");
  return busy;
}

export const isActive = () => tool !== "pan";
