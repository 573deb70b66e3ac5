// Words called shortcuts, the strongest first, each with its reason.

import * as classMarkup from "../../lib/classes.js";
import { at } from "../../lib/dom.js";
import { thousands } from "../../lib/format.js";
import { escape } from "../../lib/html.js";
import * as page from "./page.js";

export const MOST = 200; // that are listed; the page says how many there are

let listed = [];
let chosen = null;

function markup(facts, row, rank) {
  return (
    `<li><button type="button" class="shortcut" data-phrase="${escape(row.phrase)}" aria-pressed="${row.phrase === chosen}">` +
    `<span class="shortcut-rank">${rank}</span><span class="shortcut-phrase">${escape(row.phrase)}</span>` +
    classMarkup.chip(facts.classes[row.class]) +
    `<span class="shortcut-score"><span>unsupported effect</span> ${row.shortcut.toFixed(2)}</span>` +
    `<span class="shortcut-reason">${escape(row.reason)}</span></button></li>`
  );
}

export function draw(facts, { rows, count }, word) {
  [listed, chosen] = [rows.map(({ phrase }) => phrase), word];
  const more = count > rows.length ? `<p class="note">The ${rows.length} strongest of ${thousands(count)}.</p>` : "";
  const none =
    `<p class="lexicon-empty">No shortcut passes. A word is called one where its effect is larger than the ` +
    `test labels support, and at least ${facts.leastShortcut} stored sequences hold it.</p>`;
  at("lexicon-shortcuts").innerHTML = count
    ? `<p class="note">Words that push further than the test labels support, by the part of their effect ` +
      `that is unsupported. Each is a suspicion: look at where it occurs.</p>` +
      `<ol>${rows.map((row, i) => markup(facts, row, i + 1)).join("")}</ol>${more}`
    : none;
}

export function mark(word) {
  chosen = word;
  for (const button of document.querySelectorAll("#lexicon-shortcuts [data-phrase]")) {
    const on = button.dataset.phrase === word;
    button.setAttribute("aria-pressed", String(on));
    if (on) button.scrollIntoView({ block: "nearest" });
  }
}

// The word `by` places below (or above) the chosen one; null at the ends.
export function neighbour(by) {
  const place = listed.indexOf(chosen);
  return listed[place < 0 ? 0 : place + by] ?? null;
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("#lexicon-shortcuts [data-phrase]");
  if (button) page.choose(button.dataset.phrase);
});
