// @ts-check
// A text that somebody types, or a stored one that somebody changes: the run's own model reads it,
// and the views show it like a stored sequence.

import { at } from "../../../lib/dom.js";
import { thousands } from "../../../lib/format.js";
import { MAX_TYPED_TEXT, characters } from "../../../lib/limits.js";
import { watch } from "../model-wait.js";
import { get, subscribe, update } from "../selection.js";
import { drop, read as readText } from "../sequences.js";
import { setOpen } from "../side-panes.js";

const SOON = 400; // milliseconds until the panel says that an answer takes time

let origin = null; // number of the stored sequence whose text is being changed
let busy = false;
let waits = 0; // lines that tell of waiting; an older one is given up
const isOpen = () => at("typed")?.hidden === false;

export function panelMarkup({ cannotType, keep, mostSteps }) {
  const off = cannotType ? " disabled" : "";
  const reads = mostSteps === null ? "the model reads all of it" : `the model reads its ${keep} ${thousands(mostSteps)} words`;
  return (
    `<div class="title-row"><div class="block-title"><h2>Type a text</h2>` +
    `<span class="scope">${reads}</span></div>` +
    `<button type="button" id="typed-close" class="icon-button" title="Close (Esc)" ` +
    `aria-label="Close">×</button></div>` +
    `<textarea id="typed-text" rows="5" placeholder="A text of your own" aria-label="Text to read" ` +
    `spellcheck="false"${off}></textarea>` +
    `<div class="typed-foot"><label class="typed-keep" hidden><input type="checkbox" id="typed-keep">` +
    `<span></span></label><span class="scope">Ctrl + Enter</span>` +
    `<button type="button" id="typed-run" class="typed-run"${off}>Run</button></div>` +
    `<p id="typed-status" class="typed-status" role="status"></p>`
  );
}

// What keeps a text from being read, in a line; null where nothing does.
export function problem(text, { cannotType }) {
  if (cannotType) return cannotType;
  if (!/[\p{L}\p{N}]/u.test(text)) return "There is no word in it yet.";
  const length = characters(text);
  if (length > MAX_TYPED_TEXT) {
    return `It has ${thousands(length)} characters; at most ${thousands(MAX_TYPED_TEXT)} are read.`;
  }
  return null;
}

function say(line, kind = "") {
  const status = at("typed-status");
  if (!status) return;
  waits += 1;
  status.dataset.kind = kind;
  status.textContent = line;
}

function wait() {
  const number = (waits += 1);
  watch(at("typed-status"), get().facts, "Reading…", () => busy && number === waits);
}

// Open the panel, with a text where one is given; `from` is the sequence that it is the text of.
function show({ text = null, from = null, focus = true } = {}) {
  if (text !== null) {
    at("typed-text").value = text;
    origin = from;
  }
  const keep = at("typed-keep");
  const { pinned } = get();
  keep.parentElement.hidden = origin === null;
  keep.nextElementSibling.textContent = `Keep #${origin} beside it`;
  keep.checked = pinned === null || pinned === origin;
  at("typed").hidden = false;
  at("typed-open").setAttribute("aria-expanded", "true");
  setOpen("left", true);
  const blocked = get().facts.cannotType;
  say(blocked ?? "", blocked ? "error" : "");
  if (focus) at("typed-text").focus();
}

// Shut the panel, and give up what it waits for; true where it was open.
export function close() {
  if (!isOpen()) return false;
  const inside = at("typed").contains(document.activeElement);
  if (busy) drop();
  at("typed").hidden = true;
  at("typed-open").setAttribute("aria-expanded", "false");
  const text = at("workspace").dataset.mode === "sequence";
  if (inside) at(text ? "detail-edit" : "typed-open").focus({ preventScroll: true });
  return true;
}

function setBusy(on) {
  busy = on;
  if (at("typed-run")) at("typed-run").disabled = on || Boolean(get().facts.cannotType);
}

// Whatever becomes of a request: true where its text is on the page now.
async function read(text, step, options) {
  setBusy(true);
  try {
    return await readText(text, step, options);
  } finally {
    setBusy(false);
  }
}

async function submit() {
  if (busy) return;
  const text = at("typed-text").value;
  const wrong = problem(text, get().facts);
  if (wrong) {
    say(wrong, "error");
    return;
  }
  const beside = origin !== null && at("typed-keep").checked ? origin : null;
  try {
    const answer = read(text, null);
    wait();
    if (!(await answer)) {
      say("");
      return;
    }
    if (beside !== null) update({ pinned: beside }, { history: "replace" });
    close();
  } catch (error) {
    say(error.message, "error");
  }
}

// Show a text again that the address or the page holds; where that fails, the panel says why.
async function restore(text, step) {
  if (get().facts.cannotType) {
    update({ text: null });
    show({ text, focus: false });
    return;
  }
  const slow = setTimeout(() => {
    show({ text, focus: false });
    wait();
  }, SOON);
  try {
    if (await read(text, step, { chosen: true })) close();
  } catch (error) {
    show({ text, focus: false });
    say(error.message, "error");
  } finally {
    clearTimeout(slow);
  }
}

// Change the text that is shown.
function edit() {
  const { facts } = get().shown.main.sequence;
  show({ text: facts.text, from: facts.sequence_id });
  at("typed-text").setSelectionRange(0, 0);
  at("typed-text").scrollTop = 0;
}

document.addEventListener("click", (event) => {
  if (!get().facts || !at("typed")) return;
  const within = (query) => event.target.closest?.(query);
  if (within("#typed-open")) {
    if (!close()) show();
  } else if (within("#typed-close")) close();
  else if (within("#typed-run")) submit();
  else if (within("#detail-edit") && get().shown.main) edit();
});

document.addEventListener("keydown", (event) => {
  const runs = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (!runs || !event.target.closest?.("#typed")) return;
  event.preventDefault();
  submit();
});

subscribe(["facts"], ({ facts }) => {
  origin = null;
  setBusy(false);
  at("typed").innerHTML = panelMarkup(facts);
  at("typed").hidden = true;
  at("typed-open").setAttribute("aria-expanded", "false");
});

// A text that the address names, or that is to be drawn on another map.
subscribe(["facts", "text", "projection"], ({ text, step, projection, shown: { main } }) => {
  const isShown = main?.text === text && main.projection === projection;
  if (text !== null && !isShown) restore(text, step);
});
