// @ts-check
// Cards of the tooltip on a step, on a segment of a trajectory and on a state of the map: a word, what
// was expected after it, and how far it moved the state.

import { percent } from "../../../lib/format.js";
import { isSeries, stepName, valuesMarkup } from "../../../lib/series.js";
import { readBefore } from "../../../lib/states.js";
import * as tooltip from "../../../lib/tooltip.js";
import * as trajectoryPath from "../../../map/trajectory.js";
import * as evidence from "./evidence.js";
import * as wordsPanel from "./words-panel.js";

/** @import { Sequence } from "../../../lib/types" */
/** @import { Facts } from "../types" */

/** @param {Facts} facts @param {Sequence} sequence */
function answer(facts, sequence, step) {
  const { predicted, confidence } = sequence.steps;
  return `${facts.classes[predicted[step]].name} · ${percent(confidence[step])}`;
}

// The same as one spoken line.
/** @param {Facts} facts @param {Sequence} sequence */
export function line(facts, sequence, step) {
  return `Step ${step}, ${sequence.steps.surface[step]}: ${answer(facts, sequence, step)}`;
}

const share = ({ largest }, length) =>
  largest ? ` (${(length / largest).toFixed(2)} of the longest)` : "";

/** @param {Sequence} sequence */
const moved = ({ measured, steps }, step) => [
  ["Distance", steps.distance[step].toFixed(3) + share(measured, steps.distance[step])],
  ...evidence.parts({ steps }, step),
  ...layerOf(measured),
];

// How true the length of the segment is that leads to a step.
/** @param {Sequence} sequence */
function onMap({ steps: { stretch } }, step) {
  const length = trajectoryPath.lengthLine(stretch?.[step]);
  return length === null ? [] : [["On the map", length]];
}

// Which states moved, where there are several kinds, or they were read from the end.
function layerOf({ name, alone, backward }) {
  return [...(alone ? [] : [["Layer", name]]), ...(backward ? [["Read", "from the end"]] : [])];
}

// A typed text has no actual class.
/** @param {Facts} facts */
const actual = (facts, { label }) =>
  label === null ? [] : [["Actual class", facts.classes[label].name]];

// A typed state is on no map: it is drawn at the stored one that is most similar.
/** @param {Sequence} sequence */
function drawnAt({ measured, steps }, step) {
  if (!steps.near_distance) return [];
  const { near_sequence: sequence, near_step: t, near_distance: away } = steps;
  const far = away[step].toFixed(3) + share(measured, away[step]);
  return [
    ["Drawn at", `#${sequence[step]} step ${t[step]}, most similar`],
    ["Away from it", far],
  ];
}

/** @param {Facts} facts @param {Sequence} sequence */
export function markup(facts, sequence, step) {
  const { known, padding, role } = sequence.steps;
  const row = sequence.facts;
  const pairs = [
    ["Answer so far", answer(facts, sequence, step)],
    ...actual(facts, row),
    ...evidence.pairs(facts, sequence, step),
    ...moved(sequence, step),
    ...drawnAt(sequence, step),
  ];
  if (padding?.[step]) pairs.push(["Step", "padding that the model reads"]);
  if (!known[step]) pairs.push(["Word", "unknown to the model"]);
  if (role[step]) pairs.push(["Planted", role[step]]);
  const values = isSeries(facts) ? valuesMarkup(facts, sequence, step) : "";
  const place = `${wordsPanel.nameOf(row)} · step ${step}`;
  return tooltip.cardMarkup(stepName(facts, sequence, step), place, pairs, values);
}

// The segment that leads to a step: both words, how far, and what it did to the answer. Read from
// the end it did nothing to it: the answers at its ends are those up to either word.
/** @param {Facts} facts @param {Sequence} sequence */
export function segmentMarkup(facts, sequence, step) {
  const { surface, predicted, confidence } = sequence.steps;
  const { measured, facts: row } = sequence;
  const before = readBefore(measured, step, surface.length);
  const both = (values) => `${values(before)} → ${values(step)}`;
  const answers = measured.backward
    ? [before, step].map((t) => [`Up to “${stepName(facts, sequence, t)}”`, answer(facts, sequence, t)])
    : [
        ["Answer", both((t) => facts.classes[predicted[t]].name)],
        ["Confidence", both((t) => percent(confidence[t]))],
      ];
  return tooltip.cardMarkup(
    both((t) => stepName(facts, sequence, t)),
    `${wordsPanel.nameOf(row)} · steps ${before} to ${step}`,
    [...moved(sequence, step), ...onMap(sequence, step), ...answers, ...actual(facts, row)],
  );
}

// A state of a sequence that is not open: all that the map itself knows.
export const stateMarkup = (id, step, label, text) =>
  tooltip.cardMarkup(`#${id}`, `step ${step}`, [
    ...(text === null ? [] : [[label, text]]),
    ["Click", "to open"],
  ]);
