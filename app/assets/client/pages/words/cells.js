// Cells of the table of words: classes, effects with their errors, and shares as small bars.

import * as classMarkup from "../../lib/classes.js";
import { percent, signed, thousands } from "../../lib/format.js";
import * as tooltip from "../../lib/tooltip.js";
import * as page from "./page.js";

const NEUTRAL = "#9aa0a6";

const facts = () => page.getFacts();

// What the grid writes into a cell of numbers.
export const formats = {
  whole: (number) => (number == null ? "" : thousands(number)),
  decimals: (number) => (number == null ? "" : number.toFixed(2)),
};

export const plusMinus = (error) => (error == null ? "" : ` ± ${error.toFixed(2)}`);

// The colour of what speaks for a class, or against it: of two classes, that of the other.
export function tone(run, towards, value) {
  if (value >= 0) return run.classes[towards].colour;
  return run.classes.length === 2 ? run.classes[1 - towards].colour : NEUTRAL;
}

const element = (...parts) => React.createElement(...parts);

export const cells = {};

cells.WordClassCell = ({ value, data }) =>
  value == null ? null : classMarkup.cell(facts().classes[data.class]);

cells.EffectCell = ({ value, data }) =>
  value == null ? null : element("span", null, value.toFixed(2), element("span", { className: "cell-error" }, plusMinus(data.effect_se)));

// The class that a row's contribution is towards: the chosen one, else its own.
const towardsOf = (data) => page.getAsked().towards ?? data.class;

// Left of the middle it speaks against that class, right of it for it.
cells.ContributionCell = ({ value, data }) => {
  if (value == null) return null;
  const run = facts();
  const share = Math.min(1, Math.abs(value) / run.longestBar);
  const side = value < 0 ? { right: "50%" } : { left: "50%" };
  return element(
    "span",
    { className: "cell-signed", ...tipOf(() => contributionMarkup(run, data)) },
    element(
      "span",
      { className: "cell-track" },
      element("span", {
        className: "cell-bar",
        style: { ...side, width: `${50 * share}%`, background: tone(run, towardsOf(data), value) },
      }),
    ),
    element("span", null, signed(value), element("span", { className: "cell-error" }, plusMinus(data.contribution_se))),
  );
};

// Sequences by class, each class as wide as its share.
cells.SharesCell = ({ data, split }) => {
  if (!data) return null;
  const counts = data.by_class[split];
  const total = counts?.reduce((sum, count) => sum + count, 0);
  if (!total) return element("span", { className: "grid-empty" }, counts ? "none" : "not known");
  const run = facts();
  const parts = counts.map((count, index) =>
    element("span", {
      key: index,
      style: { width: `${(100 * count) / total}%`, background: run.classes[index].colour },
    }),
  );
  return element("span", { className: "cell-shares", ...tipOf(() => sharesMarkup(run, data.phrase, split, counts)) }, parts);
};

function sharesMarkup(run, phrase, split, counts) {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const pairs = run.classes.flatMap(({ name }, index) =>
    counts[index] ? [[name, `${thousands(counts[index])} · ${percent(counts[index] / total)}`]] : [],
  );
  const place = `${thousands(total)} ${split === "train" ? "training" : "test"} sequences`;
  return tooltip.cardMarkup(phrase, place, pairs);
}

// The contribution to every class; of one sigmoid unit there is one number only.
function contributionMarkup(run, data) {
  const each = data.each ?? [[data.contribution, data.contribution_se]];
  const name = (index) => run.classes[data.each ? index : towardsOf(data)].name;
  const pairs = each.map(([mean, error], index) => [`To ${name(index)}`, signed(mean) + plusMinus(error)]);
  const decimals = (value) => value?.toFixed(2) ?? "not known";
  return tooltip.cardMarkup(data.phrase, `${thousands(data.count)} times`, [
    ...pairs,
    ["Spread", decimals(data.spread)],
    ["Distance", decimals(data.distance)],
    ["Flips", thousands(data.flips)],
  ]);
}

const tipOf = (markup) => ({
  onMouseEnter: ({ currentTarget }) => tooltip.show(markup(), currentTarget.getBoundingClientRect()),
  onMouseLeave: () => tooltip.hide(),
});
