// The bar of the Words page: which words are shown, for which class, and how many they are.

import { at } from "../../lib/dom.js";
import { thousands } from "../../lib/format.js";
import { escape } from "../../lib/html.js";
import * as page from "./page.js";

const KINDS = { all: "All", tokens: "Tokens", phrases: "Phrases", shortcuts: "Shortcuts" };

function markup(facts, asked) {
  const kinds = Object.entries(KINDS).map(
    ([kind, name]) =>
      `<button type="button" class="tool-button" data-kind="${kind}" ` +
      `aria-pressed="${asked.kind === kind}">${name}</button>`,
  );
  const classes = facts.classes.map(
    ({ name }, index) =>
      `<option value="${index}" ${index === asked.towards ? "selected" : ""}>${escape(name)}</option>`,
  );
  return (
    `<div class="tool-group" role="group" aria-label="Which words">${kinds.join("")}</div>` +
    `<input type="search" id="lexicon-search" class="lexicon-field" placeholder="Search words ( / )" ` +
    `maxlength="200" aria-label="Search words" value="${escape(asked.search)}">` +
    `<label>at least <input type="number" id="lexicon-least" class="lexicon-field" min="1" ` +
    `max="999999" value="${asked.least}"> occurrences</label>` +
    `<label class="choice">towards <select id="lexicon-towards" class="form-select">` +
    `<option value="">its own class</option>${classes.join("")}</select></label>` +
    `<span id="lexicon-count" class="filter-count" role="status"></span>`
  );
}

export function open(facts, asked) {
  at("lexicon-bar").innerHTML = markup(facts, asked);
  at("lexicon").dataset.kind = asked.kind;
}

export function say(line) {
  const element = at("lexicon-count");
  if (!element) return;
  element.textContent = element.title = line;
}

// How many words are shown, and how many are not because they are too rare.
export function count(facts, shown, rare) {
  const hidden = rare ? ` · ${thousands(rare)} rarer ones hidden` : "";
  say(`${thousands(shown)} of ${thousands(facts.words)} words${hidden}`);
}

function take(button) {
  for (const other of document.querySelectorAll("[data-kind][aria-pressed]")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  at("lexicon").dataset.kind = button.dataset.kind;
  page.ask({ kind: button.dataset.kind });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#lexicon-bar [data-kind]");
  if (button) take(button);
});

document.addEventListener("input", ({ target }) => {
  if (target.id === "lexicon-search") page.askSoon({ search: target.value });
  else if (target.id === "lexicon-towards") page.ask({ towards: target.value === "" ? null : Number(target.value) });
  else if (target.id === "lexicon-least" && target.value !== "" && target.checkValidity()) {
    page.askSoon({ least: Number(target.value) });
  }
});
