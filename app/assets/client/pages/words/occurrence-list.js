// @ts-check
// Every occurrence of the chosen word in its context, aligned on the word. Only the rows in view are
// on the page; they come from the server block by block.

import { at, closest, existing } from "../../lib/dom.js";
import { html, render } from "../../lib/html.js";
import { speak } from "../../lib/live-region.js";
import { goTo } from "../../lib/navigation.js";
import { BLOCK, fetchBlock } from "./loader.js";
import { ROW, headMarkup, hrefOf, rowMarkup, spokenRow, spokenWord, wordWidth } from "./occurrence-markup.js";
import { get, opened, subscribeOpened, update } from "./state.js";

/** @import { Occurrence, Opened, State } from "./types" */

const SPARE = 6; // rows above and below those in view

/** @type {Map<number, Occurrence[] | null>} */
let blocks = new Map(); // rows by number of their block, null while it is loaded

/** @param {string} text */
const showText = (text) => render(existing("words-occurrences"), html`<p class="words-empty">${text}</p>`);

/** Empty the pane for another run. */
function reset() {
  if (!at("words-word")) return;
  blocks = new Map();
  existing("words-word").textContent = "";
  showText("Choose a word: in the table or in the plot");
}

/** @param {Opened} state */
function show(state) {
  const { facts, occurrences, order } = state;
  if (!occurrences) return;
  blocks = new Map([[0, occurrences.rows]]);
  render(existing("words-word"), headMarkup(facts, occurrences, order));
  const list = existing("words-occurrences");
  // As high as all rows, so that the list scrolls as if they were there.
  render(list, html`<div class="words-all" style="height:${occurrences.count * ROW}px"></div>`);
  list.style.setProperty("--word", `${wordWidth(occurrences.rows)}px`);
  list.scrollTop = 0;
  draw();
  speak(spokenWord(facts, occurrences));
}

/** @param {number} i */
const rowOf = (i) => blocks.get(Math.floor(i / BLOCK))?.[i % BLOCK];

/** @param {number} number */
async function load(number) {
  const state = opened();
  if (blocks.has(number) || !state) return;
  const own = blocks;
  own.set(number, null);
  try {
    own.set(number, await fetchBlock(state, number));
  } catch {
    own.delete(number); // Scrolling on asks again.
  }
  if (own === blocks && at("words-page")) draw();
}

/** Draw the rows in view. */
function draw() {
  const list = at("words-occurrences");
  const all = list?.querySelector(".words-all");
  const state = opened();
  if (!list || !all || !state?.occurrences) return;
  const { facts, occurrences, lit } = state;
  const from = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
  const to = Math.min(occurrences.count, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
  const rows = [];
  for (let i = from; i < to; i += 1) {
    load(Math.floor(i / BLOCK));
    rows.push(rowMarkup(facts, occurrences, i, rowOf(i), i === lit));
  }
  render(all, html`${rows}`);
  list.setAttribute("aria-activedescendant", lit < 0 ? "" : `occurrence-${lit}`);
}

/** @param {State} state */
function light({ lit }) {
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#words-occurrences .occurrence"))) {
    row.classList.toggle("lit", row.dataset.i === String(lit));
  }
}

/** @param {State} state */
function reveal({ revealed }) {
  const list = at("words-occurrences");
  if (!revealed || !list) return;
  const [top, bottom] = [revealed.occurrence * ROW, (revealed.occurrence + 1) * ROW];
  if (top < list.scrollTop || bottom > list.scrollTop + list.clientHeight) {
    list.scrollTop = top - (list.clientHeight - ROW) / 2;
  }
  draw();
}

/** Go to the sequence of an occurrence, at its step. */
function openRow(/** @type {number} */ i) {
  const [row, state] = [rowOf(i), opened()];
  if (row && state) goTo(hrefOf(state.facts, row));
}

/** Open the lit occurrence, else the first one. */
export const enter = () => get().occurrences && openRow(Math.max(0, get().lit));

/** @param {Event} event */
function indexOf(event) {
  const row = closest(event, "#words-occurrences [data-i]");
  return row ? Number(row.dataset.i) : -1;
}

/** @param {MouseEvent} event */
function click(event) {
  const i = indexOf(event);
  if (i >= 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openRow(i);
    return;
  }
  const button = closest(event, "#words-word [data-order]");
  if (button) update({ order: /** @type {State["order"]} */ (button.dataset.order) });
}

/** @param {KeyboardEvent} event */
function press(event) {
  const { occurrences, lit } = get();
  if (!occurrences || /** @type {Element} */ (event.target).id !== "words-occurrences") return;
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by && event.key !== "Enter") return;
  event.preventDefault();
  if (!by) {
    enter();
    return;
  }
  const next = Math.min(occurrences.count - 1, Math.max(0, lit + by));
  update({ lit: next, revealed: { occurrence: next } });
  const row = rowOf(next);
  if (row) speak(spokenRow(row));
}

/** Follow the state, the cursor and the keys. */
export function start() {
  subscribeOpened(["facts"], reset);
  subscribeOpened(["occurrences"], show);
  subscribeOpened(["occurrenceProblem"], ({ occurrenceProblem: text }) => text && showText(text));
  subscribeOpened(["lit"], light);
  subscribeOpened(["revealed"], reveal);
  document.addEventListener("mouseover", (event) => {
    const i = indexOf(event);
    if (i >= 0 && get().occurrences) update({ lit: i });
  });
  document.addEventListener("click", click);
  document.addEventListener("keydown", press);
  document.addEventListener("scroll", ({ target }) => target === at("words-occurrences") && draw(), true);
  new ResizeObserver(draw).observe(document.documentElement);
}

/** Return what the list shows. */
export function getShown() {
  const { occurrences, lit } = get();
  return { word: occurrences?.word.phrase ?? null, count: occurrences?.count ?? 0, lit };
}
