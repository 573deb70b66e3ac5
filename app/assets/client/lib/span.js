// @ts-check
// The steps of a sequence that are drawn: all, or all but the padding at its beginning and end.

/** @import { Span, Steps } from "./types" */

// Where the first and the last step are that is no padding; everything where `all` are shown, or
// where there is nothing but padding.
/** @param {Pick<Steps, "surface"> & { padding?: boolean[] }} steps @param {boolean} all @returns {Span} */
export function spanOf({ surface, padding }, all) {
  if (all || !padding?.includes(true) || !padding.includes(false)) return { from: 0, to: surface.length };
  return { from: padding.indexOf(false), to: padding.lastIndexOf(false) + 1 };
}

// Of a sequence that is shown; one of another page has no such choice.
/** @param {{ span?: Span, steps: { surface: string[] } }} sequence @returns {Span} */
export const drawn = ({ span, steps }) => span ?? { from: 0, to: steps.surface.length };

/** @param {Span} span @param {number} t */
export const holds = ({ from, to }, t) => t >= from && t < to;
