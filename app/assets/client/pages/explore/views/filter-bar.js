// @ts-check
// The filter bar: every brush is a chip, all chips count together, and what does not pass stays
// visible but muted.

import * as data from "../../../lib/data.js";
import { at } from "../../../lib/dom.js";
import { percent, thousands } from "../../../lib/format.js";
import { escape } from "../../../lib/html.js";
import { MAX_SEARCH } from "../../../lib/limits.js";
import { isSeries } from "../../../lib/series.js";
import { chipName, choices } from "../clusters.js";
import * as filterMenu from "../filter-menu.js";
import { NO_PATTERN, note as beside, patternProblem, range, rangeProblem } from "../filter-menu.js";
import { add, apply, isSearch, latest, remove, without } from "../filtering.js";
import { get, subscribe, update } from "../selection.js";

const WAIT = 250; // milliseconds after the last key of a search

const SEARCH =
  `<input type="search" id="search" placeholder="Search the texts ( / )" maxlength="${MAX_SEARCH}" ` +
  'aria-label="Search the texts" autocomplete="off" spellcheck="false">' +
  '<button type="button" id="search-regex" class="tool-button" aria-pressed="false" ' +
  'title="Regular expression" aria-label="Regular expression">.*</button>';

const NO_SEARCH =
  '<p class="note">A series has no text to search: brush it, or + Filter</p>';

// A chip's words.
export function chipText([kind, ...values], of) {
  const name = (index) => of.classes[index].name;
  const map = (id) => of.projections.find((entry) => entry.id === id)?.method ?? id;
  switch (kind) {
    case "actual":
      return `class: ${name(values[0])}`;
    case "predicted":
      return `classified as: ${name(values[0])}`;
    case "correct":
      return values[0] ? "classified correctly" : "classified wrongly";
    case "confidence":
      return `confidence: ${percent(values[0])} to ${percent(values[1])}`;
    case "steps":
      return `steps ${values[0]} to ${values[1]}`;
    case "search":
      return `text: “${values[0]}”`;
    case "regex":
      return `text: /${values[0]}/`;
    case "word":
      return `word: ${values[0]}`;
    case "cluster":
      return `cluster: ${chipName(of, ...values)}`;
    default:
      return `${kind} on ${map(values[0])}`;
  }
}

function drawBar({ facts, filters, passing, projection }) {
  const counts = passing?.counts;
  const chips = filters.map((filter, index) => {
    const words = escape(chipText(filter, facts));
    return (
      `<button type="button" class="chip" data-filter="${index}" title="Take this filter away"` +
      ` aria-label="Take away the filter ${words}">${words}<span aria-hidden="true">×</span></button>`
    );
  });
  at("filter-chips").innerHTML =
    chips.join("") || '<span class="filter-none">No filters</span>';
  const share = counts
    ? `${thousands(counts.sequences)} of ${thousands(facts.sequences)} sequences · ` +
      `${thousands(counts.states)} of ${thousands(facts.states)} states`
    : `${thousands(facts.sequences)} sequences · ${thousands(facts.states)} states`;
  const links = ["csv", "parquet"].map(
    (form) =>
      `<a href="${data.statesFile(facts, form, { projection, filters })}" download ` +
      `title="These states as a table: words, classes, answers, places">${form.toUpperCase()}</a>`,
  );
  const clear = filters.length
    ? '<button type="button" id="filter-clear" class="text-button">Clear</button>'
    : "";
  at("filter-count").innerHTML = `<span>${share}</span>${clear}<span class="filter-save">${links.join("")}</span>`;
}

function note(line) {
  const element = at("filter-note");
  element.hidden = line === null;
  element.textContent = line ?? "";
  element.title = line ?? "";
}

// The search field says what the chips say; a series has none.
function fillSearch() {
  const field = at("search");
  if (!field || document.activeElement === field) return;
  const found = get().filters.find(isSearch);
  field.value = found ? found[1] : "";
  if (found) pattern(found[0] === "regex");
}

const isPattern = () => at("search-regex").getAttribute("aria-pressed") === "true";
const pattern = (on) => at("search-regex").setAttribute("aria-pressed", String(on));

let waiting = null;
function search() {
  clearTimeout(waiting);
  waiting = setTimeout(takeSearch, WAIT);
}

function takeSearch() {
  const written = (at("search")?.value ?? "").slice(0, 200);
  const kind = isPattern() ? "regex" : "search";
  const problem = kind === "regex" ? patternProblem(written) : null;
  beside("search", problem);
  if (!written || problem) return without(isSearch);
  const say = () => {
    beside("search", NO_PATTERN);
    without(isSearch);
  };
  return apply([...latest().filter((kept) => !isSearch(kept)), [kind, written]], kind === "regex" ? { say } : {});
}

function fromMenu(target) {
  const kind = target.dataset?.adds;
  if (kind) {
    if (target.value === "") without(([other]) => other === kind);
    else add([kind, ...[JSON.parse(target.value)].flat()]);
  } else if (target.id === "filter-word") takeWord(target.value.trim());
  else {
    const name = target.id?.match(/^filter-(confidence|steps)-(from|to)$/)?.[1];
    if (name) takeRange(name);
  }
}

// A word in whatever case it was typed; of one that no sequence holds the field says so.
async function takeWord(phrase) {
  const { facts } = get();
  const isWord = ([kind]) => kind === "word";
  beside("filter-word", null);
  if (!phrase) return without(isWord);
  try {
    const { counts: there } = await data.passing(facts, [["word", phrase]]);
    if (facts !== get().facts || at("filter-word")?.value.trim() !== phrase) return null;
    if (there.states) return add(["word", phrase]);
  } catch (error) {
    update({ filterProblem: error.message });
    return null;
  }
  beside("filter-word", `No such word: the model reads no “${phrase}” in these sequences`);
  return without(isWord);
}

function takeRange(name) {
  const [from, to] = range(`filter-${name}`);
  const problem = rangeProblem(from, to);
  beside(`filter-${name}`, problem);
  const share = name === "confidence" ? 100 : 1;
  if (problem) without(([kind]) => kind === name);
  else add([name, from / share, to / share]);
}

document.addEventListener("change", (event) => {
  if (event.target.closest?.("#filter-menu")) fromMenu(event.target);
});

document.addEventListener("input", (event) => {
  if (event.target.id === "search") search();
});

document.addEventListener("click", (event) => {
  if (!get().facts) return;
  const chip = event.target.closest?.(".chip[data-filter]");
  if (chip) remove(get().filters[Number(chip.dataset.filter)]);
  else if (event.target.closest?.("#filter-clear")) apply([]);
  else if (event.target.closest?.("#search-regex")) {
    pattern(!isPattern());
    search();
  } else fromOverview(event.target);
});

document.addEventListener("keydown", (event) => {
  if (!get().facts || (event.key !== "Enter" && event.key !== " ")) return;
  if (event.target.matches?.("#overview [data-class][tabindex]")) {
    event.preventDefault();
    fromOverview(event.target);
  }
});

// A confusion cell, a class's bar or a segment of it.
function fromOverview(target) {
  const part = target.closest?.("#overview [data-class]");
  if (!part) return;
  const { class: actual, predicted } = part.dataset;
  const added = [["actual", Number(actual)]];
  if (predicted !== undefined) added.push(["predicted", Number(predicted)]);
  add(...added);
}

subscribe(["facts"], ({ facts }) => {
  at("filter-menu").innerHTML = filterMenu.markup(facts);
  at("search-box").innerHTML = isSeries(facts) ? NO_SEARCH : SEARCH + filterMenu.noteMarkup("search");
});
subscribe(["facts", "filterProblem"], ({ filterProblem }) => note(filterProblem));
// Clusters have names that chips and the menu show, and the files hold places on the present map.
subscribe(["facts", "filters", "passing", "projection", "clustersKnown"], drawBar);
subscribe(["facts", "filters", "passing"], fillSearch);
subscribe(["clustersKnown"], () => filterMenu.offer(choices()));
