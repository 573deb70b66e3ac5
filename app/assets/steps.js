// Heatmap and distances: a column a step, both on the one step axis.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const MOST_ROWS = 8; // classes of the heatmap; with more, those that come closest to winning

  const pure = () => stateline.pure;

  // The classes that the heatmap shows, in the manifest's order, and how many it leaves out.
  function shownClasses(ep, classes) {
    const all = Array.from({ length: classes }, (_, index) => index);
    if (classes <= MOST_ROWS) return all;
    const peak = all.map((index) => Math.max(...ep.map((answer) => answer[index])));
    const strongest = all.toSorted((a, b) => peak[b] - peak[a]).slice(0, MOST_ROWS);
    return strongest.toSorted((a, b) => a - b);
  }

  const svg = (columns, height, body, label) =>
    `<svg class="step-svg" viewBox="0 0 ${columns} ${height}" preserveAspectRatio="none" ` +
    `shape-rendering="crispEdges" style="height:${height}px" role="img" aria-label="${label}">${body}</svg>`;

  const ROW = 15;
  const GAP = 3;

  function heatmapMarkup(facts, sequence, colours) {
    const { escape } = pure();
    const { ep } = sequence.steps;
    const shown = shownClasses(ep, facts.classes.length);
    const height = (shown.length + 1) * ROW + GAP;
    const columns = ep.map((answer, t) => {
      const cells = shown.map(
        (index, row) =>
          `<rect x="${t}" y="${row * ROW}" width="1" height="${ROW - 1}" fill="` +
          `${facts.classes[index].colour}" fill-opacity="${answer[index].toFixed(3)}"/>`,
      );
      const summary =
        `<rect x="${t}" y="${shown.length * ROW + GAP}" width="1" height="${ROW - 1}" ` +
        `fill="${colours[t]}"/>`;
      return `<g data-t="${t}">${cells.join("")}${summary}<rect class="hit" x="${t}" y="0" ` +
        `width="1" height="${height}"/></g>`;
    });
    const names = shown.map(
      (index) => `<span title="${escape(facts.classes[index].name)}">` +
        `${escape(facts.classes[index].name)}</span>`,
    );
    const hidden = facts.classes.length - shown.length;
    const note = hidden ? `<p class="note">The ${shown.length} classes that come closest; ${hidden} are left out.</p>` : "";
    return (
      `<div class="step-grid"><div class="step-names">${names.join("")}` +
      `<span class="step-summary">answer</span></div>` +
      svg(ep.length, height, columns.join(""), "Expected prediction of each class after each word") +
      `</div>${note}`
    );
  }

  const BAR_HEIGHT = 64;

  function distancesMarkup(sequence, path, largest) {
    const { distance } = sequence.steps;
    const bars = distance.map((length, t) => {
      const height = Math.max(0.5, (BAR_HEIGHT * length) / largest);
      // A bar has the colour of the segment that leads to its state; nothing leads to the first.
      const fill = t ? `fill="${path[t - 1]}"` : 'class="first-bar"';
      return (
        `<g data-t="${t}"><rect ${fill} x="${t + 0.06}" y="${(BAR_HEIGHT - height).toFixed(2)}" ` +
        `width="0.88" height="${height.toFixed(2)}"/>` +
        `<rect class="hit" x="${t}" y="0" width="1" height="${BAR_HEIGHT}"/></g>`
      );
    });
    return (
      `<div class="step-grid"><div class="step-names step-scale"><span>${largest.toFixed(2)}</span>` +
      `<span>0</span></div>` +
      svg(distance.length, BAR_HEIGHT, bars.join(""), "Distance that each word moved the state") +
      `</div>`
    );
  }

  function draw(facts, sequence, colours, path) {
    const heatmap = document.getElementById("heatmap");
    const distances = document.getElementById("distances");
    const largest = Math.max(...sequence.steps.distance) || 1;
    heatmap.innerHTML = heatmapMarkup(facts, sequence, colours);
    distances.innerHTML = distancesMarkup(sequence, path, largest);
  }

  stateline.steps = { distancesMarkup, draw, heatmapMarkup, shownClasses };
})();
