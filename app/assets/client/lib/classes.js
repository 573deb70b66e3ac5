// @ts-check
// A class wherever it is named: a dot of its colour, and beside it its name. `each` is an entry of
// facts.classes, { name, colour }.

import { escape } from "./html.js";

export const dot = (each) => `<span class="class-dot" style="background:${each.colour}"></span>`;

// Its name, cut where it has no room.
export const label = (each) => `<span class="class-name">${escape(each.name)}</span>`;

// Both; `body` is markup in place of the name, `title` what a cursor on it is told.
export function chip(each, { body = label(each), title = "" } = {}) {
  const told = title && ` title="${escape(title)}"`;
  return `<span class="class-chip"${told}>${dot(each)}${body}</span>`;
}

// The same in a cell of a grid, which React makes.
/** @param {{ name: string, colour?: string }} each */
export function cell({ name, colour }) {
  const made = React.createElement;
  return made(
    "span",
    { className: "class-chip", title: name },
    made("span", { className: "class-dot", style: { background: colour } }),
    made("span", { className: "class-name" }, name),
  );
}
