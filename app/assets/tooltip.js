// The one tooltip of the page: a word, what was expected after it, and how far it moved the state.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const card = () => document.getElementById("tooltip");

  function answer(facts, sequence, step) {
    const { predicted, confidence } = sequence.steps;
    return `${facts.classes[predicted[step]].name} ${stateline.pure.percent(confidence[step])}`;
  }

  // The same as one spoken line.
  function line(facts, sequence, step) {
    return `Step ${step}, ${sequence.steps.surface[step]}: ${answer(facts, sequence, step)}`;
  }

  const share = (facts, length) =>
    facts.largestDistance ? ` (${(length / facts.largestDistance).toFixed(2)} of the longest)` : "";

  function cardMarkup(title, place, pairs) {
    const { escape } = stateline.pure;
    const body = pairs.map(
      ([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`,
    );
    return (
      `<div class="tooltip-head"><strong>${escape(title)}</strong>` +
      `<span>${escape(place)}</span></div><dl>${body.join("")}</dl>`
    );
  }

  // A typed text has no actual class.
  const actual = (facts, { label }) =>
    label === null ? [] : [["Actual class", facts.classes[label].name]];

  // A typed state is on no map: it is drawn at the stored one that is most similar.
  function drawnAt(facts, steps, step) {
    if (!steps.near_distance) return [];
    const { near_sequence: sequence, near_step: t, near_distance: away } = steps;
    const far = away[step].toFixed(3) + share(facts, away[step]);
    return [
      ["Drawn at", `#${sequence[step]} step ${t[step]}, most similar`],
      ["Away from it", far],
    ];
  }

  function markup(facts, sequence, step) {
    const { surface, known, role, distance } = sequence.steps;
    const row = sequence.facts;
    const pairs = [
      ["Answer so far", answer(facts, sequence, step)],
      ...actual(facts, row),
      ["Distance", distance[step].toFixed(3) + share(facts, distance[step])],
      ...drawnAt(facts, sequence.steps, step),
    ];
    if (!known[step]) pairs.push(["Word", "unknown to the model"]);
    if (role[step]) pairs.push(["Planted", role[step]]);
    return cardMarkup(surface[step], `${stateline.words.nameOf(row)} · step ${step}`, pairs);
  }

  // The segment that leads to a step: both words, how far, and what it did to the answer.
  function segmentMarkup(facts, sequence, step) {
    const { surface, predicted, confidence, distance } = sequence.steps;
    const row = sequence.facts;
    const { percent } = stateline.pure;
    const both = (values) => `${values(step - 1)} → ${values(step)}`;
    return cardMarkup(
      both((t) => surface[t]),
      `${stateline.words.nameOf(row)} · steps ${step - 1} to ${step}`,
      [
        ["Distance", distance[step].toFixed(3) + share(facts, distance[step])],
        ["Answer", both((t) => facts.classes[predicted[t]].name)],
        ["Confidence", both((t) => percent(confidence[t]))],
        ...actual(facts, row),
      ],
    );
  }

  // A state of a sequence that is not open: all that the map itself knows.
  const stateMarkup = (id, step, label, text) =>
    cardMarkup(`#${id}`, `step ${step}`, [
      ...(text === null ? [] : [[label, text]]),
      ["Click", "opens its text here"],
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
    line,
    markup,
    segmentMarkup,
    show,
    stateMarkup,
    hide: () => card() && (card().hidden = true),
  };
})();
