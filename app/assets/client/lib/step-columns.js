// @ts-check
// Columns of the step axis: their width, their word heads and their strips.

import { ink } from "./colour.js";
import { escape } from "./html.js";
import { drawn, holds } from "./span.js";

export const COLUMN = 11; // pixels that a turned word needs
const LEAST = 9; // below, its head is hidden

export function headsMarkup(sequence, colours) {
  const { surface } = sequence.steps;
  const turning = sequence.facts.turning_step;
  const span = drawn(sequence);
  const heads = surface.map((word, t) =>
    !holds(span, t) ? "" :
      `<span class="word-head${t === turning ? " head-turning" : ""}" data-t="${t}" ` +
      `style="background:${colours[t]};color:${ink(colours[t])}">${escape(word)}</span>`,
  );
  return (
    `<div class="step-grid"><div class="step-names"></div>` +
    `<div class="head-row">${heads.join("")}</div></div>`
  );
}

// A strip of columns, each one unit wide: they fill the width that the axis has, and those beyond
// the span stand outside what is seen.
export const svg = ({ from, to }, height, body, label) =>
  `<svg class="step-svg" viewBox="${from} 0 ${to - from} ${height}" preserveAspectRatio="none" ` +
  `shape-rendering="crispEdges" style="height:${height}px" role="img" aria-label="${label}">${body}</svg>`;

// How wide the columns become in `room` pixels, whether their heads can be read, and whether they
// fit anyway, so that there is nothing to choose.
export function layout(steps, room, fit) {
  const even = room / Math.max(1, steps);
  const column = fit ? even : Math.max(even, COLUMN);
  return { column, heads: column >= LEAST, fits: even >= COLUMN };
}
