// Labels along trajectories: the word at a jump or a change of the answer, or the one before it.
(() => {
  const stateline = (globalThis.stateline ??= {});

  // What each step of a sequence changed; nothing stands before the first, so it changes nothing.
  function changesOf(steps, largest) {
    const { distance, ep, predicted } = steps;
    return distance.map((length, t) => ({
      distance: t ? length / (largest || 1) : 0,
      confidence: t ? Math.max(...ep[t].map((share, c) => Math.abs(share - ep[t - 1][c]))) : 0,
      flip: t > 0 && predicted[t] !== predicted[t - 1],
    }));
  }

  // Labels of one sequence, the strongest first: { t, x, y, text, before }.
  function ofSequence(steps, largest, { labels, distance, confidence }) {
    const changes = changesOf(steps, largest);
    const found = [];
    for (const before of [false, true]) {
      const when = before ? "before" : "after";
      const wants = (cause) => labels.includes(`${when}-${cause}`);
      changes.forEach((change, t) => {
        const hit =
          (wants("distance") && change.distance >= distance) ||
          (wants("confidence") && change.confidence >= confidence) ||
          (wants("class") && change.flip);
        if (t === 0 || !hit) return;
        const at = before ? t - 1 : t;
        const strength = Math.max(change.distance, change.confidence);
        found.push({ t: at, x: steps.x[at], y: steps.y[at], text: steps.surface[at], before, strength });
      });
    }
    return found.sort((a, b) => b.strength - a.strength);
  }

  const unpack = ({ words, x, y, before }) =>
    words.map((text, i) => ({ text, x: x[i], y: y[i], before: before[i] }));

  // The line under the map: how many labels there are, and how many of them found no place.
  function line(total, drawn, sent) {
    if (!total) return "no word reaches these thresholds";
    const { thousands } = stateline.pure;
    const cut = sent < total ? `, the strongest ${thousands(sent)} tried` : "";
    return `${thousands(drawn)} of ${thousands(total)} word labels have room${cut}`;
  }

  stateline.labels = { changesOf, line, ofSequence, unpack };
})();
