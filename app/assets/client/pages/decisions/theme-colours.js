// @ts-check
// Colours of the charts that can be seen in either theme. No page needed.

import { contrast, ink as inkOn, mix } from "../../lib/colour.js";

/** @import { Coloured, Figure } from "./types" */

// WCAG 2.2 asks 3 of marks that one must see, but counts the contrast of dark colours too high:
// on a light ground 2 shows a line, and leaves most classes the colours that other views give them.
const MIN_CONTRAST = { onDark: 3, onLight: 2 };

/**
 * Return a colour as much darker or paler as it takes to be seen on a ground; an opacity stays.
 * @param {string} colour
 * @param {string} ground
 * @param {string} ink of texts on the ground
 */
export function visible(colour, ground, ink) {
  const least = inkOn(ground) === "#ffffff" ? MIN_CONTRAST.onDark : MIN_CONTRAST.onLight;
  const [solid, opacity] = [colour.slice(0, 7), colour.slice(7)];
  for (let tenths = 0; tenths < 10; tenths += 1) {
    const mixed = mix(solid, ink, tenths / 10);
    if (contrast(mixed, ground) >= least) return mixed + opacity;
  }
  return ink + opacity;
}

/**
 * Return a copy of a figure with the colours of a theme; Plotly writes into what it draws.
 * @param {Figure} figure
 * @param {string} ground
 * @param {string} ink
 * @returns {Figure}
 */
export function themed({ data, layout }, ground, ink) {
  const part = (/** @type {Coloured} */ of) => (of.color ? { ...of, color: visible(of.color, ground, ink) } : { ...of });
  const traces = data.map((trace) => ({
    ...trace,
    ...(trace.line && { line: part(trace.line) }),
    ...(trace.marker && { marker: part(trace.marker) }),
    ...(trace.fillcolor && { fillcolor: visible(trace.fillcolor, ground, ink) }),
  }));
  return { data: traces, layout: structuredClone(layout) };
}

/**
 * Return whether two figures of the same numbers have the same colours.
 * @param {Figure} one
 * @param {Figure} other
 */
export function haveSameColours(one, other) {
  const colours = (/** @type {Figure} */ { data }) =>
    data.map(({ line, marker, fillcolor }) => [line?.color, marker?.color, fillcolor]);
  return JSON.stringify(colours(one)) === JSON.stringify(colours(other));
}
