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

  function markup(facts, sequence, step) {
    const { escape } = stateline.pure;
    const { surface, known, role, distance } = sequence.steps;
    const row = sequence.facts;
    const pairs = [
      ["Answer so far", answer(facts, sequence, step)],
      ["Actual class", facts.classes[row.label].name],
      ["Distance", distance[step].toFixed(3)],
    ];
    if (!known[step]) pairs.push(["Word", "unknown to the model"]);
    if (role[step]) pairs.push(["Planted", role[step]]);
    const body = pairs.map(
      ([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`,
    );
    return (
      `<div class="tooltip-head"><strong>${escape(surface[step])}</strong>` +
      `<span>#${row.sequence_id} · step ${step}</span></div><dl>${body.join("")}</dl>`
    );
  }

  // Beside its anchor (a rectangle of the window), kept inside the window.
  function show(facts, sequence, step, anchor) {
    const element = card();
    element.innerHTML = markup(facts, sequence, step);
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
    show,
    hide: () => card() && (card().hidden = true),
  };
})();
