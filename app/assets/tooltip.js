// The one tooltip of the page: a word, what was expected after it, and how far it moved the state.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const card = () => document.getElementById("tooltip");

  function answer(facts, sequence, step) {
    const { predicted, confidence } = sequence.steps;
    return `${facts.classes[predicted[step]].name} · ${stateline.pure.percent(confidence[step])}`;
  }

  // The same as one spoken line.
  function line(facts, sequence, step) {
    return `Step ${step}, ${sequence.steps.surface[step]}: ${answer(facts, sequence, step)}`;
  }

  const share = ({ largest }, length) =>
    largest ? ` (${(length / largest).toFixed(2)} of the longest)` : "";

  const moved = ({ measured, steps }, step) => [
    ["Distance", steps.distance[step].toFixed(3) + share(measured, steps.distance[step])],
    ...stateline.evidence.parts({ steps }, step),
    ...layerOf(measured),
  ];

  // How true the length of the segment is that leads to a step.
  function onMap({ steps: { stretch } }, step) {
    const length = stateline.trajectory.lengthLine(stretch?.[step]);
    return length === null ? [] : [["On the map", length]];
  }

  // Which states moved, where there are several kinds, or they were read from the end.
  function layerOf({ name, alone, backward }) {
    return [...(alone ? [] : [["Layer", name]]), ...(backward ? [["Read", "from the end"]] : [])];
  }

  function cardMarkup(title, place, pairs, more = "") {
    const { escape } = stateline.pure;
    const body = pairs.map(
      ([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`,
    );
    return (
      `<div class="tooltip-head"><strong>${escape(title)}</strong>` +
      `<span>${escape(place)}</span></div><dl>${body.join("")}</dl>${more}`
    );
  }

  // A typed text has no actual class.
  const actual = (facts, { label }) =>
    label === null ? [] : [["Actual class", facts.classes[label].name]];

  // A typed state is on no map: it is drawn at the stored one that is most similar.
  function drawnAt({ measured, steps }, step) {
    if (!steps.near_distance) return [];
    const { near_sequence: sequence, near_step: t, near_distance: away } = steps;
    const far = away[step].toFixed(3) + share(measured, away[step]);
    return [
      ["Drawn at", `#${sequence[step]} step ${t[step]}, most similar`],
      ["Away from it", far],
    ];
  }

  function markup(facts, sequence, step) {
    const { known, role } = sequence.steps;
    const row = sequence.facts;
    const pairs = [
      ["Answer so far", answer(facts, sequence, step)],
      ...actual(facts, row),
      ...stateline.evidence.pairs(facts, sequence, step),
      ...moved(sequence, step),
      ...drawnAt(sequence, step),
    ];
    if (!known[step]) pairs.push(["Word", "unknown to the model"]);
    if (role[step]) pairs.push(["Planted", role[step]]);
    const { isSeries, stepName, valuesMarkup } = stateline.series;
    const values = isSeries(facts) ? valuesMarkup(facts, sequence, step) : "";
    const place = `${stateline.words.nameOf(row)} · step ${step}`;
    return cardMarkup(stepName(facts, sequence, step), place, pairs, values);
  }

  // The segment that leads to a step: both words, how far, and what it did to the answer. Read from
  // the end it did nothing to it: the answers at its ends are those up to either word.
  function segmentMarkup(facts, sequence, step) {
    const { surface, predicted, confidence } = sequence.steps;
    const { measured, facts: row } = sequence;
    const { percent, readBefore } = stateline.pure;
    const before = readBefore(measured, step, surface.length);
    const both = (values) => `${values(before)} → ${values(step)}`;
    const answers = measured.backward
      ? [before, step].map((t) => [`Up to “${stateline.series.stepName(facts, sequence, t)}”`, answer(facts, sequence, t)])
      : [
          ["Answer", both((t) => facts.classes[predicted[t]].name)],
          ["Confidence", both((t) => percent(confidence[t]))],
        ];
    return cardMarkup(
      both((t) => stateline.series.stepName(facts, sequence, t)),
      `${stateline.words.nameOf(row)} · steps ${before} to ${step}`,
      [...moved(sequence, step), ...onMap(sequence, step), ...answers, ...actual(facts, row)],
    );
  }

  // A state of a sequence that is not open: all that the map itself knows.
  const stateMarkup = (id, step, label, text) =>
    cardMarkup(`#${id}`, `step ${step}`, [
      ...(text === null ? [] : [[label, text]]),
      ["Click", "opens it here"],
    ]);

  // Beside its anchor (a rectangle of the window), kept inside the window.
  function show(html, anchor) {
    const element = card();
    element.innerHTML = html;
    element.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = element;
    const below = anchor.bottom + 12 + height < innerHeight;
    const top = below ? anchor.bottom + 12 : anchor.top - height - 12;
    const left = Math.min(anchor.left, innerWidth - width - 12);
    element.style.transform = `translate(${Math.max(12, left)}px, ${Math.max(12, top)}px)`;
  }

  stateline.tooltip = {
    cardMarkup,
    line,
    markup,
    segmentMarkup,
    show,
    stateMarkup,
    hide: () => card() && (card().hidden = true),
  };
})();
