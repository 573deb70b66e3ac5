// @ts-check
// What is inside an svg of the page, each shape with the colours that the page's styles gave it.

import { number, paint, solid, xml } from "./svg.js";

const DRAWN = new Set("rect circle ellipse line path polygon polyline text".split(" "));
const PLACES = "x y x1 y1 x2 y2 cx cy r rx ry d points width height transform".split(" ");
const SCALE = ["viewBox", "preserveAspectRatio", "shape-rendering"];

const copied = (element, names) =>
  names
    .filter((name) => element.hasAttribute(name))
    .map((name) => ` ${name}="${xml(element.getAttribute(name))}"`)
    .join("");

// Its scale as attributes, and its shapes as markup. What is drawn in no colour is left out.
export function of(svg) {
  return { scale: copied(svg, SCALE), body: [...svg.children].map(shape).join("") };
}

function shape(element) {
  const style = getComputedStyle(element);
  if (style.display === "none" || style.visibility === "hidden") return "";
  const kind = element.localName;
  if (kind === "g") {
    const body = [...element.children].map(shape).join("");
    const moved = copied(element, ["transform"]);
    return moved && body ? `<g${moved}>${body}</g>` : body;
  }
  if (!DRAWN.has(kind)) return "";
  const look = lookOf(style);
  if (!look) return "";
  const place = copied(element, PLACES);
  if (kind !== "text") return `<${kind}${place}${look}/>`;
  return (
    `<text${place}${look} font-size="${number(parseFloat(style.fontSize))}"` +
    ` text-anchor="${xml(style.textAnchor)}" dominant-baseline="${xml(style.dominantBaseline)}">` +
    `${xml(element.textContent)}</text>`
  );
}

// Fill and stroke; nothing where neither is seen.
function lookOf(style) {
  const share = Number(style.opacity);
  const stroked = solid(style.stroke)[1] > 0;
  if (solid(style.fill)[1] === 0 && !stroked) return "";
  const fill = paint("fill", style.fill, share * Number(style.fillOpacity));
  if (!stroked) return fill;
  const dash = style.strokeDasharray;
  return (
    `${fill}${paint("stroke", style.stroke, share * Number(style.strokeOpacity))}` +
    ` stroke-width="${number(parseFloat(style.strokeWidth))}"` +
    (dash === "none" ? "" : ` stroke-dasharray="${xml(dash)}"`) +
    (style.vectorEffect === "none" ? "" : ` vector-effect="${xml(style.vectorEffect)}"`)
  );
}
