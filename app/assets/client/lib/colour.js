// @ts-check
// Colours: mixing, contrast, and the colour of a step's expected prediction.

import { fixed } from "./format.js";

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

// `share` (0 to 1) of the second colour in the first.
export function mix(first, second, share) {
  const [from, to] = [channels(first), channels(second)];
  const mixed = from.map((channel, i) => Number(fixed(channel * (1 - share) + to[i] * share, 0)));
  return "#" + mixed.map((channel) => channel.toString(16).padStart(2, "0")).join("");
}

// Relative luminance, 0 to 1 (WCAG 2.2).
function luminance(colour) {
  const [red, green, blue] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(first, second) {
  const [low, high] = [luminance(first), luminance(second)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// Black or white, whichever reads better: at least 4.5 to 1 on any background.
export function ink(background) {
  const black = contrast(background, "#000000");
  return black >= contrast(background, "#ffffff") ? "#000000" : "#ffffff";
}

export const PALE = "#e4e7eb";

// Colour of one step's expected prediction. Two classes: the diverging scale. More: the likeliest
// class, paler the less sure it is; a tie of all classes still shows a fifth of its colour.
export function stepColour(scale, bin, confidence, classes) {
  const colour = scale.colours[bin];
  if (scale.kind === "ramp") return colour;
  const least = 1 / classes;
  const sure = Math.min(1, Math.max(0, (confidence - least) / (1 - least)));
  return mix(PALE, colour, 0.2 + 0.8 * sure);
}

// A colour as one little-endian RGBA number, as ImageData holds it.
export function pixel(colour) {
  const [red, green, blue] = channels(colour);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
