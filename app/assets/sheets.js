// Each view of the Explore page as a sheet that stands on its own: heading, view, legend and a line on
// what it is of. A sheet is laid out by the page's own styles, outside the window, and taken from there.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const MOST_CIRCLES = 20_000; // beyond, an SVG holds its points as a raster
  const SCALE = 2; // of rasters

  const at = (id) => document.getElementById(id);

  // A copy without what is only for those who sit before the page: ids, fields, the step under the
  // cursor.
  function copyOf(element) {
    const copy = element.cloneNode(true);
    for (const part of copy.querySelectorAll("input, select, textarea, .icon-button")) part.remove();
    for (const part of [copy, ...copy.querySelectorAll("*")]) {
      part.removeAttribute("id");
      part.classList.remove("lit", "brushed");
    }
    return copy;
  }

  // An element with a class and what is in it: nodes, and texts as texts.
  function made(kind, ...content) {
    const element = document.createElement("div");
    element.className = kind;
    element.append(...content.filter((part) => part !== null));
    return element;
  }

  const chosen = (id) => at(id)?.selectedOptions?.[0]?.textContent ?? "";
  const caption = (...parts) =>
    made("export-caption", ["Stateline", `run ${run()}`, ...parts].filter(Boolean).join(" · "));
  const run = () => at("run-select").value;
  const sequence = () => stateline.sequenceShown ?? null;
  const sequencePart = () => (sequence() === null ? "" : `sequence #${sequence()}`);

  // Of the sequence pinned beside it, whose trajectory is on the map as well.
  function pinnedPart() {
    const pinned = at("pinned");
    const number = pinned && !pinned.hidden && pinned.querySelector(".sequence-number");
    return number ? `pinned ${number.textContent}` : "";
  }

  // What Dash keeps about the run that is open.
  const facts = () => globalThis.dash_component_api?.getLayout("run-facts")?.props?.data ?? null;

  const sequenceLine = () =>
    sequence() === null ? null : copyOf(at("sequence-info").querySelector(".sequence-line"));

  // The heading of the block that a view is in, where it has one.
  function heading(view) {
    const title = view.closest(".block")?.querySelector(".block-title");
    return title ? copyOf(title) : null;
  }

  function ramp({ colours, labels }) {
    const bar = made("ramp-bar");
    bar.style.background = `linear-gradient(90deg, ${colours.join(", ")})`;
    const names = made("ramp-labels", ...labels.map((label) => spanOf(label)));
    return made("ramp", bar, names);
  }

  function spanOf(text) {
    const span = document.createElement("span");
    span.textContent = text;
    return span;
  }

  function chip({ name, colour }) {
    const dot = made("class-dot");
    dot.style.background = colour;
    return made("class-chip", dot, spanOf(name));
  }

  // What the colours of words and steps mean; of many classes those that the heatmap names.
  function stepLegend(pale) {
    const known = facts();
    if (!known) return null;
    const scale = known.scales.expected;
    if (scale.kind === "ramp") return made("export-legend", scale.shows, ramp(scale));
    const rows = at("heatmap").querySelectorAll(".step-names span");
    const named = new Set([...rows].map((row) => row.title || row.textContent));
    const chips = known.classes.filter(({ name }) => named.has(name)).map(chip);
    const shows = scale.shows + (pale ? "; paler where less sure" : "");
    return made("export-legend", shows, made("export-chips", ...chips));
  }

  function wordsSheet() {
    const info = copyOf(at("sequence-info"));
    return { parts: [info, copyOf(at("words")), stepLegend(true), caption(sequencePart())] };
  }

  const stepsSheet = (id) => () => {
    const view = at(id);
    const legend = stepLegend(id === "heatmap");
    const parts = [sequenceLine(), heading(view), copyOf(view), legend, caption(sequencePart())];
    return { parts };
  };

  function barsSheet() {
    const view = at("class-bars");
    return { parts: [heading(view), copyOf(view), caption()] };
  }

  function confusionSheet() {
    const view = copyOf(at("confusion"));
    // Cells keep a size at which they can be read, so many classes need a wider sheet.
    const classes = view.querySelectorAll("tbody tr").length;
    const width = Math.max(480, 194 + classes * (view.querySelector(".confusion-small") ? 17 : 72));
    const shade = made(
      "export-legend",
      "Rows: actual class. Columns: predicted class. Shade: share of the row",
      made("ramp", made("ramp-bar export-shade"), made("ramp-labels", spanOf("0 %"), spanOf("100 %"))),
    );
    return { parts: [heading(at("confusion")), view, shade, caption()], width };
  }

  // The map

  // The points in view, a list a colour: { colour, radius, opacity, spots: [x0, y0, x1, y1, ...] }.
  function pointsInView(traces, [scaleX, shiftX, scaleY, shiftY], width, height) {
    return traces.map(({ x, y, marker }) => {
      const radius = marker.size / 2;
      const spots = [];
      for (let i = 0; i < x.length; i += 1) {
        const [across, along] = [x[i] * scaleX + shiftX, y[i] * scaleY + shiftY];
        const outside =
          across < -radius || along < -radius || across > width + radius || along > height + radius;
        if (!outside) spots.push(across, along);
      }
      return { colour: marker.color, radius, opacity: marker.opacity ?? 1, spots };
    });
  }

  function circles(groups) {
    const { paint } = stateline.vector;
    const short = (value) => String(Math.round(value * 10) / 10);
    return groups
      .filter(({ spots }) => spots.length)
      .map(({ colour, radius, opacity, spots }) => {
        const marks = [];
        for (let i = 0; i < spots.length; i += 2) {
          marks.push(`<circle cx="${short(spots[i])}" cy="${short(spots[i + 1])}" r="${radius}"/>`);
        }
        return `<g${paint("fill", colour, opacity)}>${marks.join("")}</g>`;
      })
      .join("");
  }

  const imageOf = (canvas, width, height) =>
    `<image width="${width}" height="${height}" href="${canvas.toDataURL("image/png")}"/>`;

  function raster(groups, width, height) {
    const canvas = document.createElement("canvas");
    canvas.width = width * SCALE;
    canvas.height = height * SCALE;
    const pen = canvas.getContext("2d");
    pen.scale(SCALE, SCALE);
    for (const { colour, radius, opacity, spots } of groups) {
      pen.fillStyle = colour;
      pen.globalAlpha = opacity;
      for (let i = 0; i < spots.length; i += 2) {
        pen.beginPath();
        pen.arc(spots[i], spots[i + 1], radius, 0, 2 * Math.PI);
        pen.fill();
      }
    }
    return imageOf(canvas, width, height);
  }

  // The canvases above the points, each drawn by its script with a recording pen; without a way to
  // do that, as it is.
  function layers(width, height) {
    const painters = { "map-brush": stateline.brush, "map-overlay": stateline.overlay };
    const canvases = [...at("map-frame").querySelectorAll(":scope > canvas")];
    const drawn = canvases.map((canvas) => {
      const painter = painters[canvas.id];
      if (!painter?.paint) return canvas.width && canvas.height ? imageOf(canvas, width, height) : "";
      const pen = stateline.pen.record(stateline.picture.width);
      painter.paint(pen, width, height, SCALE);
      return pen.svg();
    });
    return drawn.join("");
  }

  function mapSheet(kind) {
    const { clientWidth: width, clientHeight: height } = at("map-frame");
    const traces = stateline.map.plot().data.filter(({ x, visible }) => x?.length && visible !== false);
    const groups = pointsInView(traces, stateline.map.place(), width, height);
    const inView = groups.reduce((sum, { spots }) => sum + spots.length / 2, 0);
    const asCircles = kind === "svg" && inView <= MOST_CIRCLES;
    const points = asCircles ? circles(groups) : raster(groups, width, height);
    const slot = made("export-map");
    slot.dataset.slot = "map";
    slot.style.width = `${width}px`;
    slot.style.height = `${height}px`;
    const head = made("export-map-head", made("export-title", run()), sequenceLine());
    const parts = [head, slot, copyOf(at("legend")), filterCaption(), mapCaption(inView)];
    return { parts, width, slots: { map: points + layers(width, height) } };
  }

  // The legend above it says how many states there are; here, how many of them are in view.
  function mapCaption(inView) {
    const { thousands } = stateline.pure;
    const drawn = stateline.map.drawn();
    return caption(
      `${chosen("projection-select")} of ${chosen("layer-select")}`,
      `colour: ${chosen("colour-select").toLowerCase()}`,
      sequencePart(),
      pinnedPart(),
      inView < drawn
        ? `${thousands(inView)} of ${thousands(drawn)} states in view`
        : `all ${thousands(drawn)} states in view`,
    );
  }

  // What the filters are, where there are any: states that do not pass are pale on the map.
  function filterCaption() {
    const chips = [...at("filter-chips").querySelectorAll(".chip[data-filter]")];
    if (!chips.length) return null;
    const words = chips.map(({ firstChild }) => firstChild.textContent);
    const passing = at("filter-count").firstElementChild.textContent;
    return made("export-caption", `Filters: ${words.join("; ")} · ${passing}`);
  }

  // The views, in the menu's order; `mode` is the page's when it shows them.
  const VIEWS = [
    { key: "map", name: "Map", mode: null, sheet: mapSheet },
    { key: "words", name: "Words", mode: "sequence", sheet: wordsSheet },
    { key: "heatmap", name: "Expected prediction", mode: "sequence", sheet: stepsSheet("heatmap") },
    { key: "distances", name: "Distances", mode: "sequence", sheet: stepsSheet("distances") },
    { key: "class-bars", name: "Class bars", mode: "overview", sheet: barsSheet },
    { key: "confusion", name: "Confusion matrix", mode: "overview", sheet: confusionSheet },
  ];

  function isShown({ key, mode }) {
    if (key === "map") return stateline.map.place() !== null && stateline.map.drawn() > 0;
    return at("workspace")?.dataset.mode === mode && Boolean(at(key)?.childElementCount);
  }

  // The views that are on the page now: [{ key, name }].
  const views = () => VIEWS.filter(isShown).map(({ key, name }) => ({ key, name }));

  // A view as the parts of a picture (see picture.js), with its `title`.
  function draw(key, kind) {
    const view = VIEWS.find((one) => one.key === key);
    if (!view || !isShown(view)) throw new Error(`The page does not show "${key}" now.`);
    const { parts, width, slots } = view.sheet(kind);
    const sheet = made("export-sheet", ...parts);
    sheet.dataset.view = key;
    sheet.inert = true;
    if (width) sheet.style.width = `${width}px`;
    document.body.append(sheet);
    sheet.style.height = `${Math.ceil(sheet.getBoundingClientRect().height)}px`;
    try {
      const title = [`${view.name} of ${run()}`, sequencePart()].filter(Boolean).join(", ");
      return { ...stateline.picture.svgFromElement(sheet, slots), title };
    } finally {
      sheet.remove();
    }
  }

  // `stateline-imdb-64-words`: run, sequence where there is one, view.
  function fileName(name, number, key) {
    const parts = ["stateline", name, number, key].filter((part) => part !== null && part !== "");
    return parts.join("-").replace(/[^\p{L}\p{N}._-]+/gu, "-");
  }

  stateline.sheets = {
    circles,
    draw,
    fileName,
    nameOf: (key) => fileName(run(), sequence(), key),
    pointsInView,
    views,
  };
})();
