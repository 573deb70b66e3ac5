// @ts-check
// The one tooltip of the page: a card of names and values beside what it is about.

import { escape } from "./html.js";

const card = () => document.getElementById("tooltip");

export function cardMarkup(title, place, pairs, more = "") {
  const body = pairs.map(
    ([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`,
  );
  return (
    `<div class="tooltip-head"><strong>${escape(title)}</strong>` +
    `<span>${escape(place)}</span></div><dl>${body.join("")}</dl>${more}`
  );
}

// Beside its anchor (a rectangle of the window), kept inside the window.
export function show(html, anchor) {
  const element = card();
  element.innerHTML = html;
  element.hidden = false;
  const { offsetWidth: width, offsetHeight: height } = element;
  const below = anchor.bottom + 12 + height < innerHeight;
  const top = below ? anchor.bottom + 12 : anchor.top - height - 12;
  const left = Math.min(anchor.left, innerWidth - width - 12);
  element.style.transform = `translate(${Math.max(12, left)}px, ${Math.max(12, top)}px)`;
}

export const hide = () => card() && (card().hidden = true);
