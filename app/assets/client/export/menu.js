// @ts-check
// Pictures of the views as files, PNG or SVG, and the menu that offers them.

import * as layouts from "./layouts.js";
import * as svgText from "./svg.js";
import { thousands } from "../lib/format.js";
import { escape } from "../lib/html.js";

const SCALE = 2; // pixels of a PNG to one of the page
const LONGEST = 16_000; // pixels of a side; browsers draw nothing on larger canvases
const FONT = "/assets/vendor/inter/inter-latin-wght-normal.woff2";

const TYPES = { png: "image/png", svg: "image/svg+xml" };

// A picture inside an image sees none of the page's fonts: it takes ours along.
let font = null;

function fontStyles() {
  font ??= load(FONT).then(
    (address) =>
      `@font-face{font-family:Inter;font-weight:100 900;src:url(${address}) format("woff2")}`,
  );
  font.catch(() => (font = null));
  return font;
}

async function load(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error("The app does not answer. Is it still running?");
  const blob = await answer.blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}

export const scaleOf = ({ width, height }) => Math.min(SCALE, LONGEST / Math.max(width, height));

async function png(picture) {
  const { width, height, title } = picture;
  const scale = scaleOf(picture);
  const text = svgText.file(picture, title, await fontStyles(), scale);
  const address = URL.createObjectURL(new Blob([text], { type: TYPES.svg }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await blobOf(canvas);
  } finally {
    URL.revokeObjectURL(address);
  }
}

const blobOf = (canvas) =>
  new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error("The browser could not make a picture of this size."));
    }, TYPES.png);
  });

const svg = (picture) =>
  new Blob([svgText.file(picture, picture.title)], { type: TYPES.svg });

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the file after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// Save a view as a file; its name, or null where it failed, with a line on the page that says why.
export async function save(view, kind) {
  say("Drawing…");
  try {
    await painted();
    if (!TYPES[kind]) throw new Error(`There is no "${kind}"; choose png or svg.`);
    const picture = layouts.draw(view, kind);
    const name = `${layouts.fileNameOf(view)}.${kind}`;
    download(kind === "png" ? await png(picture) : svg(picture), name);
    const less = kind === "png" && scaleOf(picture) < SCALE;
    say(`Saved ${name}${less ? coarser(scaleOf(picture)) : ""}`, less ? "note" : "");
    return name;
  } catch (error) {
    say(`Not saved: ${error.message}`, "error");
    return null;
  }
}

const coarser = (scale) =>
  `, at ${scale.toFixed(1)} instead of ${SCALE} pixels a point: a PNG has at most ` +
  `${thousands(LONGEST)} a side. An SVG is sharp at any size.`;

// Time for the browser to paint what was just said: a large map takes a moment to draw.
const painted = () =>
  new Promise((resolve) => {
    setTimeout(resolve, 20);
  });

function say(line, kind = "") {
  const live = document.getElementById("live");
  if (live) live.textContent = line;
  const status = menu()?.querySelector(".export-status");
  if (!status) return;
  status.textContent = line;
  status.dataset.kind = kind;
}

// The menu

const button = () => document.querySelector(".export-button");
const menu = () => document.querySelector(".export-menu");
const isOpen = () => menu()?.hidden === false;
const items = () => [...menu().querySelectorAll("[role=menuitem]")];

function row({ key, name }) {
  const item = (kind) =>
    `<button type="button" role="menuitem" tabindex="-1" class="export-item tool-button" data-view="${key}"` +
    ` data-kind="${kind}" aria-label="${escape(name)} as ${kind.toUpperCase()}">` +
    `${kind.toUpperCase()}</button>`;
  return (
    `<div class="export-row" role="group" aria-label="${escape(name)}">` +
    `<span class="export-name" aria-hidden="true">${escape(name)}</span>${item("png")}${item("svg")}</div>`
  );
}

function open() {
  const views = layouts.views();
  const none = '<p class="export-name">Nothing is drawn yet</p>';
  menu().innerHTML = `${views.map(row).join("") || none}<p class="export-status"></p>`;
  menu().hidden = false;
  button().setAttribute("aria-expanded", "true");
  place();
  items()[0]?.focus();
}

// Under its button, inside the window, on the side where there is more room.
function place() {
  const anchor = button().getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu();
  const wished = anchor.left > innerWidth / 2 ? anchor.right - width : anchor.left;
  const left = Math.max(8, Math.min(wished, innerWidth - width - 8));
  const below = anchor.bottom + 6 + height < innerHeight;
  menu().style.left = `${left}px`;
  menu().style.top = `${below ? anchor.bottom + 6 : Math.max(8, anchor.top - height - 6)}px`;
}

function close(focus = false) {
  if (!isOpen()) return;
  menu().hidden = true;
  button().setAttribute("aria-expanded", "false");
  if (focus) button().focus();
}

async function choose(item) {
  if (menu().dataset.busy) return; // One file at a time.
  menu().dataset.busy = "true";
  const name = await save(item.dataset.view, item.dataset.kind);
  delete menu()?.dataset.busy;
  const noted = menu()?.querySelector(".export-status")?.dataset.kind === "note";
  if (name && !noted) close(true); // What is to be read stays open.
}

// Two columns of items: up and down a view, left and right a kind.
const STEPS = { ArrowDown: 2, ArrowUp: -2, ArrowRight: 1, ArrowLeft: -1 };

function move(key) {
  const all = items();
  if (!all.length) return;
  const from = all.indexOf(document.activeElement);
  const next = key === "Home" ? 0 : key === "End" ? all.length - 2 : from + STEPS[key];
  all[(next + all.length) % all.length].focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.(".export-button")) {
    if (isOpen()) close();
    else open();
  }
  const item = event.target.closest?.(".export-item");
  if (item) choose(item);
});

document.addEventListener(
  "pointerdown",
  (event) => {
    if (!event.target.closest?.(".export")) close();
  },
  true,
);

// On the window: before the page's own keys, for which Escape leaves the sequence.
window.addEventListener(
  "keydown",
  (event) => {
    if (!isOpen()) return;
    if (event.key === "Tab") close();
    else if (event.key === "Escape") close(true);
    else if (event.key in STEPS || event.key === "Home" || event.key === "End") move(event.key);
    if (event.key === "Tab" || event.key === "Enter" || event.key === " ") return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

export const views = () => layouts.views();
