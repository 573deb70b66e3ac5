// @ts-check
// Labels along trajectories: the word at a jump or a change of the answer, or the one before it.

import { thousands } from "../../../lib/format.js";
import { holds, spanOf } from "../../../lib/span.js";
import { readBefore } from "../../../lib/states.js";

// What each step of a sequence changed; nothing stands before the first, so it changes nothing.
// Answers change from step to step of the sequence, states in the order in which they were read.
export function changesOf(steps, measured) {
  const { distance, ep, predicted } = steps;
  return distance.map((length, t) => ({
    read: readBefore(measured, t, distance.length),
    distance: length / (measured.largest || 1),
    confidence: t ? Math.max(...ep[t].map((share, c) => Math.abs(share - ep[t - 1][c]))) : 0,
    flip: t > 0 && predicted[t] !== predicted[t - 1],
  }));
}

// Labels of one sequence, the strongest first, equal ones in the order of the steps: { t, x, y, text,
// before }. app/queries/labels.py labels all sequences in the same way.
export function ofSequence(steps, measured, { labels, distance, confidence }, span = spanOf(steps, true)) {
  const changes = changesOf(steps, measured);
  const found = [];
  for (const before of [false, true]) {
    const when = before ? "before" : "after";
    const wants = (cause) => labels.includes(`${when}-${cause}`);
    const best = new Map(); // of a step that two causes label, the stronger one counts
    changes.forEach((change, t) => {
      const strength = Math.max(change.distance, change.confidence);
      const at = (earlier) => {
        const step = before ? earlier : t;
        best.set(step, Math.max(strength, best.get(step) ?? 0));
      };
      const jumps = wants("distance") && change.distance >= distance;
      const turns =
        (wants("confidence") && change.confidence >= confidence) || (wants("class") && change.flip);
      if (jumps && change.read >= 0) at(change.read);
      if (turns && t > 0) at(t - 1);
    });
    for (const [t, strength] of [...best].filter(([step]) => holds(span, step)).sort(([first], [second]) => first - second)) {
      found.push({ t, x: steps.x[t], y: steps.y[t], text: steps.surface[t], before, strength });
    }
  }
  return found.sort((a, b) => b.strength - a.strength);
}

export const unpack = ({ words, x, y, before }) =>
  words.map((text, i) => ({ text, x: x[i], y: y[i], before: before[i] }));

// The line under the map: how many labels there are, and how many of them found no place.
export function line(total, drawn, sent, noun) {
  if (!total) return `no ${noun} reaches these thresholds`;
  const cut = sent < total ? `, the strongest ${thousands(sent)} tried` : "";
  return `${thousands(drawn)} of ${thousands(total)} ${noun} labels have room${cut}`;
}
