// @ts-check
// A part of the page as vectors: grounds, borders, rings and texts where the browser has laid them
// out, each with its computed style. What a view looks like is decided in its styles alone.

import * as rotatedText from "./rotated-text.js";
import * as svgShapes from "./svg-shapes.js";
import { number, paint, ramp, rect, shadows, solid, xml } from "./svg.js";

const ELLIPSIS = "…";

const pixels = (text) => parseFloat(text) || 0;

// The words of a text, or its letters, each with its place in it.
export function pieces(text, letters = false) {
  const found = [];
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    let from = index;
    for (const piece of letters ? word : [word]) {
      found.push({ text: piece, from, to: from + piece.length, joined: from > index });
      from += piece.length;
    }
  }
  return found;
}

const fontText = (style) =>
  `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;

let ruler = null;

function measured(text, font) {
  ruler ??= document.createElement("canvas").getContext("2d");
  ruler.font = font;
  return ruler.measureText(text);
}

const grown = ({ left, top, width, height }, by) => ({
  left: left - by,
  top: top - by,
  width: width + 2 * by,
  height: height + 2 * by,
});

// Vectors of everything in `root`, from its upper left corner on. `slots` has drawings for the
// elements that carry their name as `data-slot`: { name: markup }.
export function svgFromElement(root, slots = {}) {
  const origin = root.getBoundingClientRect();
  const parts = [];
  const defs = [];

  const shifted = ({ left, top, width, height }) => ({
    left: left - origin.left,
    top: top - origin.top,
    width,
    height,
  });

  // A definition under a name of its own, as a reference to it.
  function defined(markup) {
    const name = `d${defs.length}`;
    defs.push(markup(name));
    return `url(#${name})`;
  }

  function ground(box, style, radius, title) {
    const stops = ramp(style.backgroundImage);
    if (stops) {
      const last = Math.max(1, stops.length - 1);
      const shown = stops.map((stop, i) => {
        const [tone, share] = solid(stop);
        return `<stop offset="${number(i / last)}" stop-color="${tone}" stop-opacity="${share}"/>`;
      });
      const fill = defined((name) => `<linearGradient id="${name}">${shown.join("")}</linearGradient>`);
      parts.push(rect(box, ` fill="${fill}"`, radius, title));
    } else if (solid(style.backgroundColor)[1] > 0) {
      parts.push(rect(box, paint("fill", style.backgroundColor), radius, title));
    }
  }

  const outline = (colour, width) =>
    ` fill="none"${paint("stroke", colour)} stroke-width="${number(width)}"`;

  // Rings around a box; blurred shadows only lift things off a screen and are left out.
  function rings(box, style, radius, inset) {
    const found = shadows(style.boxShadow).filter((one) => one.inset === inset && one.blur === 0);
    for (const { colour, x, spread } of found.toReversed()) {
      if (inset && x > 0) {
        parts.push(rect({ ...box, width: Math.min(x, box.width) }, paint("fill", colour)));
      } else if (spread > 0) {
        const middle = inset ? -spread / 2 : spread / 2;
        parts.push(rect(grown(box, middle), outline(colour, spread), radius && radius + middle));
      }
    }
  }

  function borders(box, style, radius) {
    const sides = ["Top", "Right", "Bottom", "Left"].map((side) => ({
      side,
      kind: style[`border${side}Style`],
      width: style[`border${side}Style`] === "none" ? 0 : pixels(style[`border${side}Width`]),
      colour: style[`border${side}Color`],
    }));
    if (sides.every(({ width }) => width === 0)) return;
    const [first] = sides;
    if (sides.every(({ width, colour }) => width === first.width && colour === first.colour)) {
      const inner = Math.max(0, radius - first.width / 2);
      parts.push(rect(grown(box, -first.width / 2), outline(first.colour, first.width), inner));
      return;
    }
    const { left, top, width, height } = box;
    for (const { side, kind, width: thick, colour } of sides.filter((one) => one.width > 0)) {
      const half = thick / 2;
      const [x1, y1, x2, y2] = {
        Top: [left, top + half, left + width, top + half],
        Right: [left + width - half, top, left + width - half, top + height],
        Bottom: [left, top + height - half, left + width, top + height - half],
        Left: [left + half, top, left + half, top + height],
      }[side];
      line(x1, y1, x2, y2, colour, thick, kind);
    }
  }

  function line(x1, y1, x2, y2, colour, thick, kind) {
    const dash = { dotted: `0 ${number(2 * thick)}`, dashed: `${number(3 * thick)}` }[kind];
    const round = kind === "dotted" ? ' stroke-linecap="round"' : "";
    parts.push(
      `<line x1="${number(x1)}" y1="${number(y1)}" x2="${number(x2)}" y2="${number(y2)}"` +
        `${paint("stroke", colour)} stroke-width="${number(thick)}"` +
        `${dash ? ` stroke-dasharray="${dash}"${round}` : ""}/>`,
    );
  }

  function decorate(boxes, style, title = "") {
    for (const box of boxes) {
      const radius = style.borderTopLeftRadius.endsWith("%")
        ? Math.min(box.width, box.height) / 2
        : pixels(style.borderTopLeftRadius);
      rings(box, style, radius, false);
      ground(box, style, radius, title);
      rings(box, style, radius, true);
      borders(box, style, radius);
    }
  }

  // Pieces of a text with their places; a word that runs over a line's end comes letter by letter.
  function placed(node, letters) {
    const range = document.createRange();
    const found = pieces(node.data, letters).flatMap((piece) => {
      range.setStart(node, piece.from);
      range.setEnd(node, piece.to);
      const rects = [...range.getClientRects()].filter(({ width }) => width > 0);
      if (!rects.length) return [];
      return rects.length > 1 && !letters ? null : { ...piece, ...shifted(rects.at(-1)) };
    });
    return found.includes(null) ? placed(node, true) : found;
  }

  // The lines of a text: [{ text, left, right, top, height }]. What styles cut off at the end of
  // its box is cut off here as well.
  function lines(node, style) {
    const box = node.parentElement;
    const cut = style.textOverflow === "ellipsis" && box.scrollWidth > box.clientWidth;
    const dots = cut ? measured(ELLIPSIS, fontText(style)).width : 0;
    const edge = cut
      ? shifted(box.getBoundingClientRect()).left + box.clientWidth - pixels(style.paddingRight)
      : Infinity;
    /** @type {{ text: string, left: number, right: number, top: number, height: number, whole?: string }[]} */
    const found = [];
    for (const { text, joined, left, top, width, height } of placed(node, cut)) {
      const last = found.at(-1);
      if (left + width > edge - dots) {
        if (last) {
          last.text += ELLIPSIS;
          last.right += dots;
          last.whole = node.data.trim();
        }
        break;
      }
      if (last && Math.abs(last.top - top) < 1) {
        last.text += (joined ? "" : " ") + text;
        last.left = Math.min(last.left, left);
        last.right = Math.max(last.right, left + width);
      } else found.push({ text, left, right: left + width, top, height });
    }
    return found;
  }

  function write(node) {
    const style = getComputedStyle(node.parentElement);
    if (style.writingMode === "vertical-rl") {
      const box = shifted(node.parentElement.getBoundingClientRect());
      parts.push(rotatedText.markup(node.data, box, style, (text) => measured(text, fontText(style))));
      return;
    }
    const raised = style.textTransform === "uppercase";
    for (const row of lines(node, style)) {
      const text = raised ? row.text.toUpperCase() : row.text;
      const metrics = measured(text, fontText(style));
      const share = metrics.fontBoundingBoxAscent /
        (metrics.fontBoundingBoxAscent + metrics.fontBoundingBoxDescent);
      const baseline = row.top + row.height * share;
      const width = row.right - row.left;
      const whole = row.whole ? `<title>${xml(row.whole)}</title>` : "";
      underline(style, row, baseline);
      parts.push(
        `<text x="${number(row.left)}" y="${number(baseline)}" font-size="${number(pixels(style.fontSize))}"` +
          ` font-weight="${xml(style.fontWeight)}"` +
          (style.fontFamily === rootFont ? "" : ` font-family="${xml(style.fontFamily)}"`) +
          (style.fontStyle === "italic" ? ' font-style="italic"' : "") +
          // Another font than ours then still keeps to its place.
          ` textLength="${number(width)}" lengthAdjust="spacingAndGlyphs"` +
          `${paint("fill", style.color)}>${whole}${xml(text)}</text>`,
      );
    }
  }

  function underline(style, { left, right }, baseline) {
    if (!style.textDecorationLine.includes("underline")) return;
    const thick = pixels(style.textDecorationThickness) || 1;
    const y = baseline + (pixels(style.textUnderlineOffset) || 1) + thick / 2;
    const { textDecorationColor: colour, textDecorationStyle: kind } = style;
    line(left + thick / 2, y, right - thick / 2, y, colour, thick, kind);
  }

  // A box that a style puts inside an element, without any text: a line, a mark.
  function pseudo(element, name) {
    const style = getComputedStyle(element, name);
    if (style.content !== '""' || style.position !== "absolute") return;
    const { left, top } = shifted(element.getBoundingClientRect());
    decorate([{
      left: left + element.clientLeft + pixels(style.left),
      top: top + element.clientTop + pixels(style.top),
      width: pixels(style.width),
      height: pixels(style.height),
    }], style);
  }

  // Put what `draw` adds into a group of that opacity.
  function faded(opacity, draw) {
    if (opacity !== "1") parts.push(`<g opacity="${number(opacity)}">`);
    draw();
    if (opacity !== "1") parts.push("</g>");
  }

  function walk(element) {
    // Also false for what a closed <details> keeps to itself.
    if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return;
    const style = getComputedStyle(element);
    const inline = style.display === "inline";
    const boxes = inline ? [...element.getClientRects()] : [element.getBoundingClientRect()];
    faded(style.opacity, () => {
      decorate(boxes.map(shifted), style, element.title);
      pseudo(element, "::before");
      content(element, style);
      pseudo(element, "::after");
    });
  }

  function content(element, style) {
    const { slot } = element.dataset ?? {};
    const drawn = slot in slots ? slots[slot] : null;
    if (drawn === null && element.localName !== "svg") {
      inside(element, style);
      return;
    }
    const box = shifted(element.getBoundingClientRect());
    const place = ["left", "top", "width", "height"].map((side) => number(box[side]));
    const [x, y, width, height] = place;
    const { scale, body } = drawn === null ? svgShapes.of(element) : { scale: "", body: drawn };
    parts.push(`<svg x="${x}" y="${y}" width="${width}" height="${height}"${scale}>${body}</svg>`);
  }

  // Children; where rounded corners cut them off, within those corners.
  function inside(element, style) {
    const radius = pixels(style.borderTopLeftRadius);
    const clipped = style.overflowX === "hidden" && radius > 0 && element.children.length > 0;
    if (clipped) {
      const box = rect(shifted(element.getBoundingClientRect()), "", radius);
      parts.push(
        `<g clip-path="${defined((name) => `<clipPath id="${name}">${box}</clipPath>`)}">`,
      );
    }
    for (const child of element.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) write(child);
      else if (child.nodeType === Node.ELEMENT_NODE) walk(child);
    }
    if (clipped) parts.push("</g>");
  }

  const rootFont = getComputedStyle(root).fontFamily;
  walk(root);
  return {
    width: Math.ceil(origin.width),
    height: Math.ceil(origin.height),
    font: rootFont,
    defs: defs.join(""),
    body: parts.join(""),
  };
}

export const width = (text, font) => measured(text, font).width;
