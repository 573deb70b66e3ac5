// A class wherever it is named: a dot of its colour, and beside it its name. `each` is an entry of
// facts.classes, { name, colour }.
(() => {
  const stateline = (globalThis.stateline ??= {});

  const dot = (each) => `<span class="class-dot" style="background:${each.colour}"></span>`;

  // Its name, cut where it has no room.
  const label = (each) => `<span class="class-name">${stateline.pure.escape(each.name)}</span>`;

  // Both; `body` is markup in place of the name, `title` what a cursor on it is told.
  function chip(each, { body = label(each), title = "" } = {}) {
    const told = title && ` title="${stateline.pure.escape(title)}"`;
    return `<span class="class-chip"${told}>${dot(each)}${body}</span>`;
  }

  // The same in a cell of a grid, which React makes.
  function cell({ name, colour }) {
    const made = React.createElement;
    return made(
      "span",
      { className: "class-chip", title: name },
      made("span", { className: "class-dot", style: { background: colour } }),
      made("span", { className: "class-name" }, name),
    );
  }

  stateline.classes = { cell, chip, dot, label };
})();
