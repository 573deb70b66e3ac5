// The step axis: a word head, a heatmap column and a bar for each step, one under the other. Where
// columns that can be read do not fit, all three scroll as one; "Fit" squeezes them into the pane.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const COLUMN = 11; // pixels that a turned word needs
  const LEAST = 9; // below, its head is hidden
  const HEAD = 66; // pixels along a turned word, at the most
  const FIT = "stateline-fit";

  const at = (id) => document.getElementById(id);

  function headsMarkup(sequence, colours) {
    const { escape, ink } = stateline.pure;
    const { surface } = sequence.steps;
    const turning = sequence.facts.turning_step;
    const heads = surface.map(
      (word, t) =>
        `<span class="word-head${t === turning ? " head-turning" : ""}" data-t="${t}" ` +
        `style="background:${colours[t]};color:${ink(colours[t])}">${escape(word)}</span>`,
    );
    return (
      `<div class="step-grid"><div class="step-names"></div>` +
      `<div class="head-row">${heads.join("")}</div></div>`
    );
  }

  // How wide the columns become in `room` pixels, whether their heads can be read, and whether they
  // fit anyway, so that there is nothing to choose.
  function layout(steps, room, fit) {
    const even = room / Math.max(1, steps);
    const column = fit ? even : Math.max(even, COLUMN);
    return { column, heads: column >= LEAST, fits: even >= COLUMN };
  }

  function draw({ axis, heads }, sequence, colours) {
    const steps = colours.length;
    axis.style.setProperty("--least", `${steps * COLUMN}px`);
    axis.dataset.steps = steps;
    heads.innerHTML = headsMarkup(sequence, colours);
    // Short names of steps, numbers above all, need no room for long words.
    const longest = Math.max(...sequence.steps.surface.map((word) => word.length));
    axis.style.setProperty("--head", `${Math.min(HEAD, 12 + 7 * longest)}px`);
  }

  const namesOf = (axis) => axis.querySelector(".step-names")?.offsetWidth ?? 0;
  const axes = () => [...document.querySelectorAll("#detail .step-axis")];

  // The room that each axis has, beside its names, and how far it is scrolled.
  const measure = () =>
    axes().map((axis) => ({ axis, room: axis.clientWidth, names: namesOf(axis), left: axis.scrollLeft }));

  // What depends on the room that the axes have; an axis out of sight has none. A sequence of the
  // same run has the room of the one before it: measured before it is drawn, it is laid out once.
  function settle(measured = measure()) {
    const fit = at("detail")?.dataset.fit === "true";
    const seen = measured.filter(({ axis, room }) => axis.dataset.steps && room > 0);
    if (!seen.length) return;
    const laid = seen.map(({ axis, room, names, left }) => {
      const steps = Number(axis.dataset.steps);
      const found = layout(steps, room - names, fit);
      axis.dataset.heads = String(found.heads);
      // In pixels and from here: as units of a container they would cost the browser a second pass
      // over all styles inside.
      axis.style.setProperty("--view", `${room}px`);
      axis.style.setProperty("--column", `${found.column.toFixed(2)}px`);
      axis.dataset.more = String(left + room < names + found.column * steps - 1);
      return found;
    });
    at("axis-switch").hidden = laid.every(({ fits }) => fits);
  }

  // Whether there are more columns to the right, which fade out there.
  function edge(axis) {
    const { scrollLeft, clientWidth, scrollWidth } = axis;
    axis.dataset.more = String(scrollLeft + clientWidth < scrollWidth - 1);
  }

  // Bring a step's column into view, in the middle, without scrolling anything else.
  function reveal(axis, t) {
    if (!axis || axis.scrollWidth <= axis.clientWidth) return;
    const names = namesOf(axis);
    const column = (axis.scrollWidth - names) / Number(axis.dataset.steps);
    const room = axis.clientWidth - names;
    const from = t * column;
    if (from >= axis.scrollLeft && from + column <= axis.scrollLeft + room) return;
    axis.scrollLeft = from + column / 2 - room / 2;
  }

  function setFit(fit) {
    at("detail").dataset.fit = String(fit);
    at("axis-switch").setAttribute("aria-pressed", String(fit));
    settle();
  }

  function toggle() {
    const fit = at("detail").dataset.fit !== "true";
    setFit(fit);
    stateline.hover.mark();
    try {
      localStorage.setItem(FIT, fit ? "fit" : "columns");
    } catch {
      // Not kept for the next visit where storage is forbidden.
    }
  }

  function remembered() {
    try {
      return localStorage.getItem(FIT) === "fit";
    } catch {
      return false;
    }
  }

  // Panes change their width with the window, with their neighbours and when they come into sight.
  const observer = globalThis.ResizeObserver && new ResizeObserver(() => settle());

  const scrolled = ({ target }) => target.classList?.contains("step-axis") && edge(target);
  document.addEventListener("scroll", scrolled, { capture: true, passive: true });

  // A page that was built anew has new axes.
  function open() {
    observer?.disconnect();
    for (const axis of axes()) observer?.observe(axis);
    setFit(remembered());
  }

  stateline.axis = { draw, headsMarkup, layout, measure, open, reveal, settle, toggle };
})();
