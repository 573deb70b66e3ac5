// Every occurrence of the chosen word in its context, aligned on the word. Only the rows in view are
// on the page; they come from the server block by block.

import * as addresses from "../../lib/addresses.js";
import * as classMarkup from "../../lib/classes.js";
import { dot, label as nameOf } from "../../lib/classes.js";
import { ink, mix, stepColour } from "../../lib/colour.js";
import * as data from "../../lib/data.js";
import { at } from "../../lib/dom.js";
import { signed, thousands } from "../../lib/format.js";
import { escape } from "../../lib/html.js";
import * as cellMarkup from "./cells.js";
import * as occurrenceMap from "./occurrence-map.js";
import * as page from "./page.js";

const ROW = 26; // pixels
const BLOCK = 200;
const SPARE = 6; // rows above and below those in view

const ORDERS = { effect: "Strongest first", reading: "As stored" };

let facts = null;
let asked = null;
let order = "effect";
let shown = null; // { word, count, towards, mean, error, largest } of the word shown
let blocks = new Map(); // number of a block: its rows, or null while it is on the way
let lit = -1;
let request = 0; // an answer to an older one is dropped

export function open(next) {
  facts = next;
  shown = null;
  lit = -1;
  blocks = new Map();
  at("lexicon-word").innerHTML = "";
  at("lexicon-occurrences").innerHTML = `<p class="lexicon-empty">Choose a word: in the table or in the plot</p>`;
  occurrenceMap.open(next);
}

// All occurrences of the word that is asked for.
export async function show(next) {
  asked = next;
  request += 1;
  const own = request;
  // The page may be another one by then; that of a series has no such pane.
  const current = () => own === request && at("lexicon-word") !== null;
  if (!current()) return;
  const query = queryOf();
  occurrenceMap.link(facts, asked.word);
  try {
    const [first, places] = await Promise.all([
      data.json(facts, "words/occurrences", { ...query, start: 0, end: BLOCK }),
      data.bytes(facts, "words/places", query),
    ]);
    if (!current()) return;
    shown = first;
    blocks = new Map([[0, first.rows]]);
    lit = -1;
    head();
    frame();
    page.speak(spokenWord());
    occurrenceMap.show(facts, shown.towards, new Float32Array(places));
  } catch (error) {
    if (current()) at("lexicon-occurrences").innerHTML = `<p class="lexicon-empty">${escape(error.message)}</p>`;
  }
}

// Of no chosen class the server takes the one that the word pushes to.
function queryOf() {
  const { word, towards } = asked;
  return { phrase: word, order, ...(towards === null ? {} : { towards }) };
}

async function fetchBlock(number) {
  if (blocks.has(number)) return;
  blocks.set(number, null);
  const [own, held] = [request, blocks];
  const range = { start: number * BLOCK, end: (number + 1) * BLOCK };
  try {
    const answer = await data.json(facts, "words/occurrences", { ...queryOf(), ...range });
    held.set(number, answer.rows);
  } catch {
    held.delete(number); // Scrolling on asks again.
  }
  if (own === request && at("lexicon")) draw();
}

function head() {
  const towards = facts.classes[shown.towards];
  const orders = Object.entries(ORDERS).map(
    ([key, text]) =>
      `<button type="button" class="tool-button" data-order="${key}" aria-pressed="${key === order}">${text}</button>`,
  );
  at("lexicon-word").innerHTML =
    `<h2>“${escape(shown.word.phrase)}”</h2>` +
    classMarkup.chip(towards, { body: `mean ${escape(meanEffect())}` }) +
    `<span class="scope">${scope()}</span>` +
    `<span class="tool-group" role="group" aria-label="Order of the occurrences">${orders.join("")}</span>` +
    `<p class="occurrence-heading"><span>Effect towards ${escape(towards.name)}` +
    `${order === "effect" ? ", strongest first" : ""}</span><span>Actual class</span></p>`;
}

// What the rows are the effects of, on average.
function meanEffect() {
  const { mean, error, towards } = shown;
  return `${signed(mean)}${cellMarkup.plusMinus(error)} towards ${facts.classes[towards].name}`;
}

// How often it occurs, and how many of the sequences with and without it are misclassified.
function scope() {
  const { error_with: withIt, error_without: without, sequences } = shown.word;
  const others = facts.sequences - sequences;
  const wrong = (share, count) => `${thousands(Math.round(share * count))} of the ${thousands(count)}`;
  return (
    `${thousands(shown.count)} times in ${thousands(sequences)} of ${thousands(facts.sequences)} sequences` +
    ` · wrong ${wrong(withIt, sequences)} with it` +
    (without === null ? "" : `, ${wrong(without, others)} without`)
  );
}

// The scroller as high as all rows, and in it those in view.
function frame() {
  const list = at("lexicon-occurrences");
  list.innerHTML = `<div class="lexicon-all" style="height:${shown.count * ROW}px"></div>`;
  list.style.setProperty("--word", `${wordWidth()}px`);
  list.scrollTop = 0;
  draw();
}

// Wide enough for the word as it is written anywhere in the first block.
function wordWidth() {
  const longest = Math.max(...shown.rows.map(({ word }) => text(word).length + word.length - 1));
  return Math.min(260, 22 + 8 * longest);
}

function draw() {
  const list = at("lexicon-occurrences");
  const all = list?.querySelector(".lexicon-all");
  if (!all) return;
  const from = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
  const to = Math.min(shown.count, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
  const rows = [];
  for (let i = from; i < to; i += 1) {
    const block = Math.floor(i / BLOCK);
    fetchBlock(block);
    rows.push(markup(i, blocks.get(block)?.[i % BLOCK]));
  }
  all.innerHTML = rows.join("");
  list.setAttribute("aria-activedescendant", lit < 0 ? "" : `occurrence-${lit}`);
}

const address = ({ sequence, step }) => addresses.explore(facts.run, { sequence, step });

function markup(i, row) {
  const top = `style="top:${i * ROW}px"`;
  if (!row) return `<div class="occurrence" ${top}></div>`;
  const { label, predicted, sequence, step } = row;
  const name = (index) => facts.classes[index].name;
  const right = label === predicted;
  const says = `#${sequence}, step ${step}: ${name(label)}, classified as ${name(predicted)}`;
  return (
    `<a class="occurrence${i === lit ? " lit" : ""}" id="occurrence-${i}" data-i="${i}" ${top} role="option" tabindex="-1" ` +
    `aria-selected="${i === lit}" href="${address(row)}" title="${escape(says)}" aria-label="${escape(`${spoken(row)}. ${says}`)}">` +
    `<span class="occurrence-number">${signed(row.effect)}</span>` +
    `<span class="occurrence-before">${words(row.before.toReversed())}</span>` +
    `<span class="occurrence-word" style="${weight(row.effect)}">${escape(text(row.word))}</span>` +
    `<span class="occurrence-after">${words(row.after)}</span>` +
    `<span class="occurrence-class"><span class="tick ${right ? "right" : "wrong"}">${right ? "✓" : "✗"}</span>` +
    `${dot(facts.classes[label])}${nameOf(facts.classes[label])}</span></a>`
  );
}

// Words of the context on the colour of the answer after each. Those that do not fit are left out
// whole, from the end of the list: the words before are listed from the last one back.
function words(list) {
  return list
    .map(([written, bin, confidence]) => {
      const colour = stepColour(facts.scales.expected, bin, confidence, facts.classes.length);
      return `<span style="background:${colour};color:${ink(colour)}">${escape(written)}</span>`;
    })
    .join("");
}

const text = (list) => list.map(([written]) => written).join(" ");

// The word itself on the colour of the class that it speaks for, the stronger the more.
function weight(effect) {
  const share = shown.largest ? Math.abs(effect) / shown.largest : 0;
  const colour = mix("#e4e7eb", cellMarkup.tone(facts, shown.towards, effect), 0.12 + 0.88 * share);
  return `background:${colour};color:${ink(colour)}`;
}

// Light one occurrence here and on the map; with `follow`, bring it into view.
export function light(i, follow = false) {
  lit = i;
  occurrenceMap.light(i);
  const list = at("lexicon-occurrences");
  if (follow && i >= 0) {
    const [above, below] = [i * ROW, (i + 1) * ROW];
    if (above < list.scrollTop || below > list.scrollTop + list.clientHeight) {
      list.scrollTop = above - (list.clientHeight - ROW) / 2;
    }
    draw();
    return;
  }
  for (const row of list.querySelectorAll(".occurrence")) {
    row.classList.toggle("lit", row.dataset.i === String(i));
  }
}

// To the sequence, at that step; without loading the page anew.
function openRow(i) {
  const row = blocks.get(Math.floor(i / BLOCK))?.[i % BLOCK];
  if (row) globalThis.dash_clientside.set_props("_pages_location", { href: address(row) });
}

const rowOf = (target) => {
  const row = target.closest?.("#lexicon-occurrences [data-i]");
  return row ? Number(row.dataset.i) : -1;
};

document.addEventListener("mouseover", ({ target }) => {
  if (!shown || !at("lexicon")) return;
  const i = rowOf(target);
  if (i >= 0 && i !== lit) light(i);
});

document.addEventListener("click", (event) => {
  const i = rowOf(event.target);
  if (i >= 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openRow(i);
    return;
  }
  const button = event.target.closest?.("#lexicon-word [data-order]");
  if (!button) return;
  order = button.dataset.order;
  show(asked);
});

document.addEventListener("scroll", ({ target }) => target.id === "lexicon-occurrences" && draw(), true);

document.addEventListener("keydown", (event) => {
  if (event.target.id !== "lexicon-occurrences" || !shown) return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) light(Math.min(shown.count - 1, Math.max(0, lit + by)), true);
  else if (event.key === "Enter") enter();
  else return;
  event.preventDefault();
  const row = blocks.get(Math.floor(lit / BLOCK))?.[lit % BLOCK];
  if (by && row) page.speak(spoken(row));
});

const spoken = ({ before, word, after }) => text([...before, ...word, ...after]);

function spokenWord() {
  const { word, count } = shown;
  return `${word.phrase}: ${meanEffect()}, ${thousands(count)} occurrences`;
}

// The lit occurrence, else the first one.
export const enter = () => shown && openRow(Math.max(0, lit));

new ResizeObserver(() => shown && draw()).observe(document.documentElement);

// What tests read.
export const state = () => ({ word: shown?.word.phrase ?? null, count: shown?.count ?? 0, lit });
