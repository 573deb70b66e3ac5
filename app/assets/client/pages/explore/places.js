// @ts-check
// The elements in which the chosen and the pinned sequence are drawn.

import { at } from "../../lib/dom.js";

export const places = {
  main: () => ({
    root: at("detail-main"),
    info: at("sequence-info"),
    words: at("words"),
    axis: at("detail-main").querySelector(".step-axis"),
    heads: at("word-heads"),
    heatmap: at("heatmap"),
    contributions: at("contributions"),
    distances: at("distances"),
  }),
  pinned: () => {
    const root = at("pinned");
    const part = (name) => root.querySelector(`.${name}`);
    return {
      root,
      info: part("sequence-info"),
      words: part("words"),
      axis: part("step-axis"),
      heads: part("pinned-heads"),
      heatmap: part("pinned-heatmap"),
      contributions: part("pinned-contributions"),
      distances: part("pinned-distances"),
    };
  },
};
