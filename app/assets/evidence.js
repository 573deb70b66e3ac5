// The evidence in the sequence view: which class contributions are towards, which bars stand on the step
// axis, and the sentence on how the answer came about.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const state = (stateline.state ??= {}); // what explore.js opens
  const at = (id) => document.getElementById(id);
  const HEIGHTS = { main: { sum: 32, bars: 48 }, pinned: { sum: 32, bars: 32 } }; // pixels

  // The class that contributions are shown towards: the one chosen, else that of the answer to the
  // sequence that was chosen, for one that is pinned beside it too.
  function shownClass(sequence) {
    const main = state.shown?.main?.sequence ?? sequence;
    return state.selection?.class ?? main.facts.predicted;
  }

  // How the answer came about; the step that it names leads there.
  function sentenceMarkup({ decision: { before, named, after, step }, facts }) {
    const { escape } = stateline.pure;
    const kind = step === facts.turning_step ? "sentence-step key-turning" : "sentence-step";
    const link =
      step === null
        ? ""
        : `<button type="button" class="${kind}" data-t="${step}">${escape(named)}</button>`;
    return `<p class="sentence">${escape(before)}${link}${escape(after)}</p>`;
  }

  // The bars of one place, "main" or "pinned"; the other one follows where the class is the main's.
  function draw(which) {
    const { sequence } = state.shown[which];
    const chosen = shownClass(sequence);
    const values = stateline.attribution.beside(which, sequence, chosen);
    const size = { ...HEIGHTS[which], span: values };
    stateline.sequence.views[which]().contributions.innerHTML =
      stateline.contributions.markup(state.facts, sequence, chosen, size);
    if (which === "pinned") return;
    stateline.attribution.draw(sequence, chosen);
    nameClass(sequence);
    if (state.shown.pinned) draw("pinned");
  }

  // The first choice of the classes is the answer's own, whatever it is.
  function nameClass({ facts: { predicted } }) {
    const select = at("contribution-class");
    select.options[0].textContent = `${state.facts.classes[predicted].name} (answer)`;
    select.value = String(state.selection.class ?? "");
  }

  function setBars(bars) {
    at("detail").dataset.bars = bars;
    for (const button of at("bars-switch").children) {
      button.setAttribute("aria-pressed", String(button.dataset.bars === bars));
    }
  }

  // Another class or other bars; an address that leads here has them already.
  function choose(change, { remember = true } = {}) {
    state.selection = { ...state.selection, ...change };
    if (remember) stateline.address.remember(true);
    setBars(state.selection.bars);
    for (const which of ["main", "pinned"]) if (state.shown[which]) draw(which);
    stateline.axis.settle();
    stateline.hover.mark();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#bars-switch [data-bars]");
    if (button && state.facts) choose({ bars: button.dataset.bars });
  });

  document.addEventListener("change", (event) => {
    if (event.target.id !== "contribution-class" || !state.facts) return;
    const { value } = event.target;
    choose({ class: value === "" ? null : Number(value) });
  });

  // What a step is worth, for the tooltip.
  function pairs(facts, sequence, step) {
    const chosen = shownClass(sequence);
    return [
      ...stateline.contributions.pairs(facts, sequence, step, chosen),
      ...stateline.attribution.pairs(sequence, step, chosen),
    ];
  }

  // Both parts of its distance, where the head reads these states.
  const parts = ({ steps: { visible, silent } }, step) =>
    visible ? [["Visible, silent", `${visible[step].toFixed(3)}, ${silent[step].toFixed(3)}`]] : [];

  stateline.evidence = { choose, draw, open: () => setBars(state.selection.bars), pairs, parts, sentenceMarkup, shownClass };
})();
