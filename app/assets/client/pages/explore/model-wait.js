// @ts-check
// The line of a panel that waits for the model: which part of it is being loaded, and for how long.

import * as data from "../../lib/data.js";
import { escape } from "../../lib/html.js";

/** @import { Facts } from "./types" */

/**
 * Progress of the loading as the server sends it: `stage` and `seconds` are null while nothing is
 * being loaded, `last` is null before the first loading.
 * @typedef {{ stage: string | null, seconds: number | null, last: number | null }} Progress
 */

const EVERY = 300; // milliseconds between two requests for the progress
/** @type {Progress} */
const LOADED = { stage: null, seconds: null, last: null };

/**
 * The line, and how long it has taken; `doing` is what a loaded model does.
 * @param {Progress} progress
 * @param {string} doing
 */
export function lineOf({ stage, seconds, last }, doing) {
  if (stage === null || seconds === null) return { line: doing, time: "" };
  const before = last === null ? "" : `; the last time it took ${Math.round(last)} s in all`;
  return { line: `Loading the model: ${stage}`, time: `${Math.floor(seconds)} s${before}` };
}

// The time is not announced by a screen reader: it changes every second.
function draw(status, progress, doing) {
  const { line, time } = lineOf(progress, doing);
  if (status.querySelector(".waiting-line")?.textContent !== line) {
    status.innerHTML =
      `<span class="spinner"></span><span><span class="waiting-line">${escape(line)}</span> ` +
      `<span class="waiting-time" aria-hidden="true"></span></span>`;
  }
  status.querySelector(".waiting-time").textContent = time;
}

/**
 * Say in an element what is being waited for, as long as `isWaiting`.
 * @param {HTMLElement} status
 * @param {Facts} facts
 * @param {string} doing
 * @param {() => boolean} isWaiting
 */
export async function watch(status, facts, doing, isWaiting) {
  status.dataset.kind = "wait";
  let progress = LOADED;
  while (isWaiting() && status.isConnected) {
    draw(status, progress, doing);
    await new Promise((resolve) => {
      setTimeout(resolve, EVERY);
    });
    if (!isWaiting()) return;
    progress = await data.loading(facts).catch(() => progress);
  }
}
