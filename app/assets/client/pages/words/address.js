// The address of the Words page says which words, towards which class, and the chosen one; Back and
// Forward go through them.

import * as addresses from "../../lib/addresses.js";
import * as page from "./page.js";

// What the page asks for as a query: what differs from the run's usual only.
export function queryOf(asked, usual) {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(asked)) {
    if (value !== null && value !== usual[key]) parts.set(key, value);
  }
  const text = parts.toString();
  return text ? `?${text}` : "";
}

// The other way about. The server has checked the address that the page began with, and the page
// has written all others.
export function askedOf(text, usual) {
  const parts = new URLSearchParams(text);
  const number = (key) => (parts.has(key) ? Number(parts.get(key)) : usual[key]);
  return {
    towards: number("towards"),
    kind: parts.get("kind") ?? usual.kind,
    least: number("least"),
    search: parts.get("search") ?? usual.search,
    word: parts.get("word"),
  };
}

// The address follows; what one would go back to is a step of the history. An answer that comes
// late must not write into the address of another page.
export function remember(facts, asked, step) {
  if (location.pathname !== addresses.page("words", facts.run)) return;
  const address = location.pathname + queryOf(asked, facts.usual);
  if (address === location.pathname + location.search) return;
  history[step ? "pushState" : "replaceState"](history.state, "", address);
}

// As in address.js: once Dash went to another page, Back is Dash's until this page opens again.
let away = false;
const onRun = () => location.pathname === addresses.page("words", page.getFacts()?.run);
addEventListener("_dashprivate_pushstate", () => (away = !onRun()));

// Back and Forward within the run are the page's own; Dash would build the page anew.
export function onPopstate(event) {
  const facts = page.getFacts();
  if (!facts || !document.getElementById("lexicon-table") || away || !onRun()) return;
  event.stopImmediatePropagation();
  page.restore(askedOf(location.search, facts.usual));
}

export const arrived = () => (away = false);
