// @ts-check
// Cells of the table of words: classes, effects with their errors, and shares as small bars.

import * as classMarkup from "../../lib/classes.js";
import { percent, signed, thousands } from "../../lib/format.js";
import * as tooltip from "../../lib/tooltip.js";
import { effectColour, plusMinus } from "./effect-colour.js";
import { opened } from "./state.js";

/** @import { Facts, Opened, WordRow } from "./types" */

/** Texts of cells with numbers. */
export const formats = {
  /** @param {number | null | undefined} number */
  whole: (number) => (number === null || number === undefined ? "" : thousands(number)),
  /** @param {number | null | undefined} number */
  decimals: (number) => (number === null || number === undefined ? "" : number.toFixed(2)),
  /** @param {number | null | undefined} share */
  percent: (share) => (share === null || share === undefined ? "" : percent(share)),
};

/**
 * @param {string} kind
 * @param {object | null} properties
 * @param {unknown[]} children
 */
const element = (kind, properties, ...children) => React.createElement(kind, properties, ...children);

/** @param {number | null} error */
const errorOf = (error) => element("span", { className: "cell-error" }, plusMinus(error));

/**
 * Return the class that a row's contribution is towards: the chosen one, else its own.
 * @param {Opened} state
 * @param {WordRow} row
 */
const towardsOf = (state, row) => state.towards ?? row.class;

/** @param {() => string} markup */
const withTooltip = (markup) => ({
  onMouseEnter: (/** @type {MouseEvent} */ { currentTarget }) =>
    tooltip.show(markup(), /** @type {Element} */ (currentTarget).getBoundingClientRect()),
  onMouseLeave: () => tooltip.hide(),
});

/** @typedef {{ value: number | null | undefined, data: WordRow, split: string }} Cell of the grid */

/**
 * A function for each kind of cell, which AG Grid calls with the value and the row.
 * @type {Record<string, (cell: Cell) => object | null>}
 */
export const cells = {
  WordClassCell({ value, data }) {
    const state = opened();
    return isEmpty(value) || !state ? null : classMarkup.cell(state.facts.classes[data.class]);
  },

  EffectCell({ value, data }) {
    return isEmpty(value) ? null : element("span", null, value.toFixed(2), errorOf(data.effect_se));
  },

  // Left of the middle the word speaks against the class, right of it for it.
  ContributionCell({ value, data }) {
    const state = opened();
    if (isEmpty(value) || !state) return null;
    const { facts } = state;
    const width = `${50 * Math.min(1, Math.abs(value) / facts.longestBar)}%`;
    const side = value < 0 ? { right: "50%" } : { left: "50%" };
    const background = effectColour(facts, towardsOf(state, data), value);
    const bar = element("span", { className: "cell-bar", style: { ...side, width, background } });
    return element(
      "span",
      { className: "cell-signed", ...withTooltip(() => contributionMarkup(state, data)) },
      element("span", { className: "cell-track" }, bar),
      element("span", null, signed(value), errorOf(data.contribution_se)),
    );
  },

  // Sequences by class, each class as wide as its share.
  SharesCell({ data, split }) {
    const state = opened();
    if (!data || !state) return null;
    const counts = data.by_class[split];
    const total = counts?.reduce((sum, count) => sum + count, 0);
    if (!counts || !total) return element("span", { className: "grid-empty" }, counts ? "none" : "not known");
    const { facts } = state;
    const parts = counts.map((count, index) => {
      const style = { width: `${(100 * count) / total}%`, background: facts.classes[index].colour };
      return element("span", { key: index, style });
    });
    const tip = withTooltip(() => sharesMarkup(facts, data.phrase, split, counts));
    return element("span", { className: "cell-shares", ...tip }, parts);
  },
};

/**
 * @param {number | null | undefined} value
 * @returns {value is null | undefined}
 */
function isEmpty(value) {
  return value === null || value === undefined;
}

/**
 * @param {Facts} facts
 * @param {string} phrase
 * @param {string} split
 * @param {number[]} counts
 */
function sharesMarkup({ classes }, phrase, split, counts) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const pairs = classes.flatMap(({ name }, index) =>
    counts[index] ? [[name, `${thousands(counts[index])} · ${percent(counts[index] / total)}`]] : [],
  );
  const place = `${thousands(total)} ${split === "train" ? "training" : "test"} sequences`;
  return tooltip.cardMarkup(phrase, place, pairs);
}

/**
 * The contribution to every class; of one sigmoid unit there is one number only.
 * @param {Opened} state
 * @param {WordRow} row
 */
function contributionMarkup(state, row) {
  /** @type {[number, number | null][]} */
  const each = row.each ?? [[row.contribution ?? 0, row.contribution_se]];
  const name = (/** @type {number} */ index) => state.facts.classes[row.each ? index : towardsOf(state, row)].name;
  const pairs = each.map(([mean, error], index) => [`To ${name(index)}`, signed(mean) + plusMinus(error)]);
  const decimals = (/** @type {number | null} */ value) => value?.toFixed(2) ?? "not known";
  return tooltip.cardMarkup(row.phrase, `${thousands(row.count)} times`, [
    ...pairs,
    ["Spread", decimals(row.spread)],
    ["Distance", decimals(row.distance)],
    ["Flips", thousands(row.flips)],
  ]);
}
