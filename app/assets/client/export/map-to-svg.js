// @ts-check
// The map as vectors or as a raster, for a picture: the points in view, and the canvases above them.

import * as elementToSvg from "./element-to-svg.js";
import * as svgContext from "./svg-context.js";
import { paint } from "./svg.js";
import { at } from "../lib/dom.js";
import * as stateLayer from "../map/state-layer.js";
import * as map from "../map/map.js";
import * as overlay from "../map/overlay.js";

const MAX_CIRCLES = 20_000; // beyond, an SVG holds its points as a raster
const SCALE = 2; // of rasters

// The points in view, one list per colour: { colour, radius, opacity, spots: [x0, y0, x1, y1, ...] }.
/** @param {any[]} traces @param {number[]} place @param {number} width @param {number} height */
export function pointsInView(traces, [scaleX, shiftX, scaleY, shiftY], width, height) {
  return traces.map(({ x, y, marker }) => {
    const radius = marker.size / 2;
    const spots = [];
    for (let i = 0; i < x.length; i += 1) {
      const [across, along] = [x[i] * scaleX + shiftX, y[i] * scaleY + shiftY];
      const outside =
        across < -radius || along < -radius || across > width + radius || along > height + radius;
      if (!outside) spots.push(across, along);
    }
    return { colour: marker.color, radius, opacity: marker.opacity ?? 1, spots };
  });
}

export function circles(groups) {
  const short = (value) => String(Math.round(value * 10) / 10);
  return groups
    .filter(({ spots }) => spots.length)
    .map(({ colour, radius, opacity, spots }) => {
      const marks = [];
      for (let i = 0; i < spots.length; i += 2) {
        marks.push(`<circle cx="${short(spots[i])}" cy="${short(spots[i + 1])}" r="${radius}"/>`);
      }
      return `<g${paint("fill", colour, opacity)}>${marks.join("")}</g>`;
    })
    .join("");
}

const imageOf = (canvas, width, height) =>
  `<image width="${width}" height="${height}" href="${canvas.toDataURL("image/png")}"/>`;

function raster(groups, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  const context = canvas.getContext("2d");
  context.scale(SCALE, SCALE);
  for (const { colour, radius, opacity, spots } of groups) {
    context.fillStyle = colour;
    context.globalAlpha = opacity;
    for (let i = 0; i < spots.length; i += 2) {
      context.beginPath();
      context.arc(spots[i], spots[i + 1], radius, 0, 2 * Math.PI);
      context.fill();
    }
  }
  return imageOf(canvas, width, height);
}

// The canvases above the points, each drawn by its script with a recording context; without a way to
// do that, as it is.
function layers(width, height) {
  const painters = { "map-brush": stateLayer.paint, "map-overlay": overlay.paint };
  const canvases = [...at("map-frame").querySelectorAll(":scope > canvas")];
  const drawn = canvases.map((canvas) => {
    const painter = painters[canvas.id];
    if (!painter) return canvas.width && canvas.height ? imageOf(canvas, width, height) : "";
    const context = svgContext.record(elementToSvg.width);
    painter(context, width, height, SCALE);
    return context.svg();
  });
  return drawn.join("");
}

// The whole frame: { width, height, inView, markup }.
export function draw(kind) {
  const { clientWidth: width, clientHeight: height } = at("map-frame");
  const traces = map.plot().data.filter(({ x, visible }) => x?.length && visible !== false);
  const groups = pointsInView(traces, map.place(), width, height);
  const inView = groups.reduce((sum, { spots }) => sum + spots.length / 2, 0);
  const asCircles = kind === "svg" && inView <= MAX_CIRCLES;
  const points = asCircles ? circles(groups) : raster(groups, width, height);
  return { width, height, inView, markup: points + layers(width, height) };
}
