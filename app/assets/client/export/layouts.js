// @ts-check
// Each view of the Explore page as a layout that stands on its own: heading, view, legend and a line on
// what it is of. It is laid out by the page's own styles, outside the window, and drawn from there.

import * as elementToSvg from "./element-to-svg.js";
import * as mapToSvg from "./map-to-svg.js";
import * as classMarkup from "../lib/classes.js";
import { at } from "../lib/dom.js";
import { thousands } from "../lib/format.js";
import { isSeries } from "../lib/series.js";
import * as map from "../map/map.js";
import { places } from "../pages/explore/places.js";
import { get } from "../pages/explore/selection.js";

const NAMES = [82, 198]; // pixels left of the step axis, at least and at most
const WIDTH = 760; // of a layout, its margins included; a text that needs more gets it
const MARGIN = 22;

// A copy without what is only for those who sit before the page: ids, fields, the step under the
// cursor.
function copyOf(element) {
  const copy = element.cloneNode(true);
  for (const part of copy.querySelectorAll("input, select, textarea, .icon-button, .contribution-class")) part.remove();
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
const beside = () => at("pinned")?.hidden === false; // another sequence is pinned there

// Number of the sequence drawn in a place, "main" or "pinned"; null where none is.
function numberIn(which) {
  if (which === "pinned" && !beside()) return null;
  return get().shown[which]?.sequence.facts.sequence_id ?? null;
}

const isTyped = (which) => which === "main" && Boolean(get().shown.main) && get().text !== null;

function sequencePart(which) {
  if (isTyped(which)) return "typed text";
  const number = numberIn(which);
  return number === null ? "" : `sequence #${number}`;
}

// Of the sequence pinned beside it, whose trajectory is on the map as well.
const pinnedPart = () => (beside() ? `pinned #${numberIn("pinned")}` : "");

const viewsIn = (which) => places[which]();

// What Dash keeps about the run that is open.
const facts = () => globalThis.dash_component_api?.getLayout("run-facts")?.props?.data ?? null;

const sequenceLine = (which) =>
  sequencePart(which) === "" ? null : copyOf(viewsIn(which).info.querySelector(".sequence-line"));

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

function chip(each) {
  const place = document.createElement("template");
  place.innerHTML = classMarkup.chip(each);
  return place.content.firstChild;
}

// What the colours of words and steps mean; of many classes those that the heatmap names.
function stepLegend(which, pale) {
  const known = facts();
  if (!known) return null;
  const scale = known.scales.expected;
  if (scale.kind === "ramp") return made("export-legend", scale.shows, ramp(scale));
  const rows = viewsIn(which).heatmap.querySelectorAll(".step-names span");
  const named = new Set([...rows].map((row) => row.title || row.textContent));
  const chips = known.classes.filter(({ name }) => named.has(name)).map(chip);
  const shows = scale.shows + (pale ? "; paler where less sure" : "");
  return made("export-legend", shows, made("export-chips", ...chips));
}

const ofSeries = () => isSeries(facts() ?? {});

// Words, and the rows of a picture; a strip of values is one of the views on the step axis.
const wordsLayout = (which) => () => {
  const { axis, info, words } = viewsIn(which);
  if (axis.contains(words)) return stepsLayout(which, "words")();
  return {
    parts: [copyOf(info), copyOf(words), stepLegend(which, true), caption(sequencePart(which))],
  };
};

// All columns under their words, however far the page is scrolled, and wide enough to read them.
const stepsLayout = (which, part) => () => {
  const { axis, heads, [part]: view } = viewsIn(which);
  const names = namesWidth(axis);
  const whole = axis.cloneNode(false);
  delete whole.dataset.heads; // squeezed together on the page, they may be hidden there
  whole.append(made("step-track", part === "words" ? null : copyOf(heads), copyOf(view)));
  const titles = [...at("heatmap").closest(".block").querySelectorAll(".block-title")];
  const title = copyOf(titles.at({ words: -4, heatmap: -3, contributions: -2, distances: -1 }[part]));
  const legend = stepLegend(which, part !== "distances");
  const width = Math.max(WIDTH, 2 * MARGIN + names + parseFloat(axis.style.getPropertyValue("--least")));
  whole.style.setProperty("--names", `${names}px`);
  whole.style.setProperty("--view", `${width - 2 * MARGIN}px`);
  return { parts: [sequenceLine(which), title, whole, legend, caption(sequencePart(which))], width };
};

// The room that the longest of the names at an axis needs.
function namesWidth(axis) {
  const names = [...axis.querySelectorAll(".step-names span")];
  const { font } = getComputedStyle(names[0]);
  const longest = Math.max(...names.map((name) => elementToSvg.width(name.textContent, font)));
  return Math.min(NAMES[1], Math.max(NAMES[0], Math.ceil(longest) + 12));
}

function barsLayout() {
  const view = at("class-bars");
  return { parts: [heading(view), copyOf(view), caption()] };
}

function confusionLayout() {
  const view = copyOf(at("confusion"));
  // Cells keep a size at which they can be read, so many classes need a wider layout.
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

function mapLayout(kind) {
  const { width, height, inView, markup } = mapToSvg.draw(kind);
  const slot = made("export-map");
  slot.dataset.slot = "map";
  slot.style.width = `${width}px`;
  slot.style.height = `${height}px`;
  const head = made("export-map-head", made("export-title", run()), sequenceLine("main"));
  const parts = [head, slot, copyOf(at("legend")), filterCaption(), mapCaption(inView)];
  return { parts, width, slots: { map: markup } };
}

// The legend above it says how many states there are; here, how many of them are in view.
function mapCaption(inView) {
  const drawn = map.getDrawn();
  return caption(
    `${chosen("projection-select")} of ${chosen("layer-select")}`,
    `colour: ${chosen("colour-select").toLowerCase()}`,
    sequencePart("main"),
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
const ofSequence = (which, prefix = "") =>
  [
    { part: "words", name: "Words", layout: wordsLayout(which) },
    { part: "heatmap", name: "Expected prediction", layout: stepsLayout(which, "heatmap") },
    { part: "contributions", name: "Contributions", layout: stepsLayout(which, "contributions") },
    { part: "distances", name: "Distances", layout: stepsLayout(which, "distances") },
  ].map((view) => ({ ...view, key: prefix + view.part, mode: "sequence", which }));

/** @typedef {{ key: string, name: string, mode: string | null, which?: string, part?: string, layout: (kind: string) => any }} View */
/** @type {View[]} */
const VIEWS = [
  { key: "map", name: "Map", mode: null, which: "main", layout: mapLayout },
  ...ofSequence("main"),
  ...ofSequence("pinned", "pinned-"),
  { key: "class-bars", name: "Class bars", mode: "overview", layout: barsLayout },
  { key: "confusion", name: "Confusion matrix", mode: "overview", layout: confusionLayout },
];

// Drawn, and not one of the bars that are switched off.
const onPage = (view) => Boolean(view?.childElementCount) && view.getClientRects().length > 0;

/** @param {View} view */
function isShown({ key, mode, which, part }) {
  if (key === "map") return map.place() !== null && map.getDrawn() > 0;
  const workspace = at("workspace");
  if (!workspace) return false;
  if (which === "pinned") return beside() && onPage(viewsIn(which)[part]);
  return workspace.dataset.mode === mode && onPage(at(key));
}

// Where two sequences are on the page, a view's name says which of them it takes.
/** @param {View} view */
function nameOf({ name: fullName, part, which }) {
  const name = partName(part) === "series" ? "Series" : fullName;
  return part && beside() ? `${name}, ${sequencePart(which).replace("sequence ", "")}` : name;
}

// The views that are on the page now: [{ key, name }].
export const views = () => VIEWS.filter(isShown).map((view) => ({ key: view.key, name: nameOf(view) }));

// A view as the parts of a picture (see picture.js), with its `title`.
export function draw(key, kind) {
  const view = VIEWS.find((one) => one.key === key);
  if (!view || !isShown(view)) throw new Error(`The page does not show "${key}" now.`);
  const { parts, width, slots } = view.layout(kind);
  const element = made("export-layout", ...parts);
  element.dataset.view = view.part ?? key;
  element.inert = true;
  if (width) element.style.width = `${width}px`;
  document.body.append(element);
  element.style.height = `${Math.ceil(element.getBoundingClientRect().height)}px`;
  try {
    const named = partName(view.part) === "series" ? "Series" : view.name;
    const title = [`${named} of ${run()}`, sequencePart(view.which)].filter(Boolean).join(", ");
    return { ...elementToSvg.svgFromElement(element, slots), title };
  } finally {
    element.remove();
  }
}

// `stateline-imdb-64-words`: run, sequence where there is one, view.
export function fileName(name, number, key) {
  const parts = ["stateline", name, number, key].filter((part) => part !== null && part !== "");
  return parts.join("-").replace(/[^\p{L}\p{N}._-]+/gu, "-");
}

const partName = (part) => (part === "words" && ofSeries() ? "series" : part);

// Of the file of a view; the sequence's number tells a pinned one's from the other's.
export function fileNameOf(key) {
  const view = VIEWS.find((one) => one.key === key);
  const which = view?.which ?? "main";
  return fileName(run(), isTyped(which) ? "typed" : numberIn(which), partName(view?.part) ?? key);
}
