// @ts-check
// The bar of the Words page: which words are shown, for which class, and how many they are.

import { at, closest, existing } from "../../lib/dom.js";
import { thousands } from "../../lib/format.js";
import { html, render, trusted } from "../../lib/html.js";
import { MAX_OCCURRENCES, MAX_SEARCH } from "../../lib/limits.js";
import { ask, askSoon } from "./selection.js";
import { subscribeOpened } from "./state.js";

/** @import { Kind, Opened } from "./types" */

const KINDS = { all: "All", tokens: "Tokens", phrases: "Phrases", shortcuts: "Shortcuts", swaps: "Swap test" };

/** @param {Opened} state */
function markup({ facts, kind, least, search, towards }) {
  const kinds = Object.entries(KINDS).map(
    ([key, name]) =>
      html`<button type="button" class="tool-button" data-kind="${key}" aria-pressed="${String(kind === key)}">${name}</button>`,
  );
  const classes = facts.classes.map(
    ({ name }, index) => html`<option value="${index}"${index === towards && trusted(" selected")}>${name}</option>`,
  );
  return html`<div class="tool-group" role="group" aria-label="Which words">${kinds}</div>
    <input type="search" id="words-search" class="words-field" placeholder="Search words ( / )" maxlength="${MAX_SEARCH}" aria-label="Search words" value="${search}">
    <label>at least <input type="number" id="words-least" class="words-field" min="1" max="${MAX_OCCURRENCES}" value="${least}"> occurrences</label>
    <label class="choice">towards <select id="words-towards" class="form-select">
    <option value="">its own class</option>${classes}</select></label>
    <span id="words-count" class="filter-count" role="status"></span>`;
}

/** @param {Opened} state */
function draw(state) {
  render(existing("words-bar"), markup(state));
  drawKind(state);
  drawCount(state);
}

/** @param {Opened} state */
function drawKind({ kind }) {
  existing("words-page").dataset.kind = kind;
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-kind][aria-pressed]"))) {
    button.setAttribute("aria-pressed", String(button.dataset.kind === kind));
  }
}

/** @param {Opened} state */
function drawCount({ facts, found, problem }) {
  const element = at("words-count");
  if (!element) return;
  const rare = found?.rare ? ` · ${thousands(found.rare)} rarer ones hidden` : "";
  const count = found ? `${thousands(found.count)} of ${thousands(facts.words)} words${rare}` : "";
  element.textContent = element.title = problem ?? count;
}

/** @param {Event} event */
function onInput({ target }) {
  const field = /** @type {HTMLInputElement} */ (target);
  const { id, value } = field;
  if (id === "words-search") askSoon({ search: value });
  else if (id === "words-towards") ask({ towards: value === "" ? null : Number(value) });
  else if (id === "words-least" && value !== "" && field.checkValidity()) askSoon({ least: Number(value) });
}

/** Follow the state and the fields. */
export function start() {
  subscribeOpened(["facts", "restored"], draw);
  subscribeOpened(["kind"], drawKind);
  subscribeOpened(["found", "problem"], drawCount);
  document.addEventListener("input", onInput);
  document.addEventListener("click", (event) => {
    const button = closest(event, "#words-bar [data-kind]");
    if (button) ask({ kind: /** @type {Kind} */ (button.dataset.kind) });
  });
}
