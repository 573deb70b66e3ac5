// What lies on the map above its points: what is muted, lines of density, labels, the legend.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const state = (stateline.state ??= {}); // what explore.js opens
  const at = (id) => document.getElementById(id);

  // The legend names every layer that is on.
  function legend() {
    const { first, last, density: lines, fade, path, thickness } = stateline.controls.view();
    const { labels: drawn } = stateline.overlay.counters;
    const { labelled } = state;
    const { backward } = stateline.pure.measuredOf(state.facts, state.selection.projection);
    const rings = [first && "first", last && "last"].filter(Boolean).join(" and ");
    const line = [
      path === "time" && "from faint to strong by time",
      thickness !== "even" && `thick by ${thickness}`,
    ].filter(Boolean);
    const more = [
      state.shown.main && backward && "read from the end: the trajectory starts at the last step",
      state.shown.main && line.length && `trajectory: ${line.join(", ")}`,
      state.shown.main && state.selection.text !== null && "a typed text stands at the most similar stored states",
      stateline.trajectory.legendLine(stateline.overlay.counters),
      state.passes && "muted: what the filters leave out",
      fade !== "none" && `muted: ${fade} sequences`,
      rings && `rings: ${rings} states`,
      lines && "lines around the densest 25, 50, 75 and 95 % of the states",
      stateline.clusters.line(),
      labelled && stateline.labels.line(labelled.total, drawn, labelled.sent, stateline.series.stepNoun(state.facts)),
    ];
    const { projection, colour } = state.selection;
    stateline.map.legend(state.facts, projection, colour, more.filter(Boolean));
  }

  document.addEventListener("stateline:counted", () => state.facts && at("legend") && legend());

  // States that stay in full colour: those that pass, but for the ones faded on top.
  let mutedFor = 0;
  async function muted() {
    const { fade, first, last } = stateline.controls.view();
    const request = (mutedFor += 1);
    let kept = state.passes;
    if (fade !== "none") {
      const right = await stateline.data.colours(state.facts, "correct", state.selection.projection);
      const faded = fade === "correct" ? 1 : 0;
      kept = right.map((bin, i) => (bin !== faded && (!state.passes || state.passes[i]) ? 1 : 0));
    }
    const offsets = first || last ? await stateline.data.offsets(state.facts) : [0];
    if (request !== mutedFor || !at("workspace")) return;
    stateline.brush.show(kept);
    legend();
    const [starts, ends] = [Array.from(offsets.slice(0, -1)), Array.from(offsets.slice(1), (end) => end - 1)];
    const { backward } = stateline.pure.measuredOf(state.facts, state.selection.projection);
    stateline.brush.rings({ first, last }, { first: backward ? ends : starts, last: backward ? starts : ends });
  }

  let densityFor = 0;
  async function density() {
    const request = (densityFor += 1);
    const wanted = stateline.controls.view().density;
    const lines = wanted ? await stateline.data.density(state.facts, state.selection.projection) : [];
    if (request !== densityFor || !at("workspace")) return;
    stateline.brush.density(lines);
    legend();
  }

  // Labels of the chosen sequence, or without one of all that pass.
  let labelsFor = 0;
  async function labels() {
    const request = (labelsFor += 1);
    const view = stateline.controls.view();
    const { labels: kinds, distance, confidence } = view;
    state.selection = { ...state.selection, labels: kinds, distance, confidence };
    stateline.address.remember();
    let [items, total] = [[], 0];
    if (view.labels.length && state.shown.main) {
      const { sequence } = state.shown.main;
      items = stateline.labels.ofSequence(sequence.steps, sequence.measured, view);
      total = items.length;
    } else if (view.labels.length) {
      try {
        const found = await stateline.data.labels(state.facts, state.selection);
        [items, total] = [stateline.labels.unpack(found), found.count];
      } catch (error) {
        if (request === labelsFor) stateline.explore.message(error.message);
        return;
      }
    }
    if (request !== labelsFor || !at("workspace")) return;
    state.labelled = view.labels.length ? { total, sent: items.length } : null;
    stateline.overlay.label(items);
    legend();
  }

  stateline.layers = { density, labels, legend, muted };
})();
