// @ts-check
// The Units page: wires its views, which follow its state, and opens it when Dash has built it.

import { expose } from "../../lib/inspect.js";
import { markOpened } from "./contexts.js";
import * as controlEvents from "./control-events.js";
import * as controls from "./controls.js";
import * as groupPanel from "./group-panel.js";
import * as heatmapInput from "./heatmap-input.js";
import * as heatmap from "./heatmap.js";
import { load } from "./loader.js";
import * as matchPanel from "./match-panel.js";
import { readTones, sceneOf } from "./scene.js";
import * as selection from "./selection.js";
import { drawn, isLoaded, isOpen, selectionOf, subscribe, subscribeDrawn, update } from "./state.js";
import * as tabs from "./tabs.js";
import * as unitPanel from "./unit-panel.js";

// Views are called in this order: what they show is loaded and derived before.
subscribe(["facts", "layer", "sequence", "open"], load);
subscribe(["loaded", "class", "cells", "rows", "group", "tones"], (state) => {
  if (!isLoaded(state)) return;
  const scene = sceneOf(state, state);
  // The unit that does most here: an empty panel would not say what it is for.
  update({ scene, unit: state.unit ?? scene.order[0] ?? null });
});
for (const view of [controls, heatmap, tabs, groupPanel, unitPanel, matchPanel, heatmapInput, controlEvents]) view.start();
subscribeDrawn(["open", "loaded"], (state) => markOpened(state.open, true));

document.addEventListener("stateline:theme", () => {
  if (isOpen()) update({ tones: readTones() });
});

export const { onPopstate } = selection;

/** @param {import("./types").Facts} facts */
export function open(facts) {
  heatmap.open();
  selection.open(facts);
  update({ tones: readTones() });
}

expose({
  unitsDrawn: heatmap.getCount,
  unitsPage: () => {
    const state = drawn();
    return state && { ...state, selection: selectionOf(state) };
  },
  unitsHeatmap: heatmap.getShown,
});
