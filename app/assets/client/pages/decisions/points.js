// @ts-check
// A point of a chart under the cursor: its tooltip, and where a click on it leads.

import { existing } from "../../lib/dom.js";
import { percent } from "../../lib/format.js";
import * as tooltip from "../../lib/tooltip.js";

/** @import { Figure, Meta, Point } from "./types" */

/**
 * Return a text of a trace with the values that it names of a point.
 * @param {string} text
 * @param {Point} point
 * @param {string} name of the trace's class
 */
export function fill(text, { x, y, customdata }, name = "") {
  /** @type {(key: string) => string | number | undefined} */
  const value = (key) => (key === "x" ? x : key === "y" ? percent(y) : key === "name" ? name : customdata?.[Number(key)]);
  return text.replace(/\{(\w+)\}/g, (_, key) => String(value(key) ?? ""));
}

/**
 * @param {Point} point
 * @param {Figure} figure
 */
const metaOf = ({ curveNumber }, figure) => figure.data[curveNumber]?.meta;

/**
 * Return the address that a click on a point leads to, "" for none.
 * @param {Point} point
 * @param {Figure} figure
 */
export const hrefOf = (point, figure) => fill(metaOf(point, figure)?.href ?? "", point);

/**
 * @param {Point} point
 * @param {Meta} meta
 */
export function tooltipMarkup(point, { title, place, pairs, href, name }) {
  const values = pairs.map(([key, value]) => [key, fill(value, point)]);
  if (fill(href ?? "", point)) values.push(["Click", "lists its sequences"]);
  return tooltip.cardMarkup(fill(title, point, name), fill(place, point), values);
}

/**
 * Show what a chart says of the point under the cursor, below the chart, where it hides no line of it.
 * @param {Point | undefined} point
 * @param {Figure} figure
 * @param {string} id of the chart
 * @returns {string} class names of the chart's frame
 */
export function showPoint(point, figure, id) {
  const meta = point && metaOf(point, figure);
  if (!point || !meta) {
    tooltip.hide();
    return "decision-chart";
  }
  const { left, top, bottom } = existing(id).getBoundingClientRect();
  const across = left + (point.bbox ? point.bbox.x0 - 90 : 0);
  tooltip.show(tooltipMarkup(point, meta), { left: across, right: across, top, bottom: bottom - 12 });
  return hrefOf(point, figure) ? "decision-chart decision-chart-leads" : "decision-chart";
}
