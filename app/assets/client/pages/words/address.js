// The query of the Words page: which words, towards which class, and the chosen one.

import { queryText } from "../../lib/history.js";

// What the page asks for as a query: what differs from the run's usual only.
export function queryOf(asked, usual) {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(asked)) {
    if (value !== null && value !== usual[key]) parts.set(key, value);
  }
  return queryText(parts);
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
