// @ts-check
// What every vector picture needs: texts and numbers that are safe in XML, colours and other values of
// styles as plain SVG. No page needed, so node tests it as it is.

import { escape } from "../lib/html.js";

// Characters that XML 1.0 forbids even as entities, and halves of pairs that stand alone.
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const LONE_HALVES = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export const xml = (text) =>
  escape(String(text).replace(FORBIDDEN, "").replace(LONE_HALVES, "\ufffd"));

// Two decimals are a fiftieth of a pixel of a doubled picture.
export const number = (value) => String(Math.round(value * 100) / 100 || 0);

const hex = (channels) =>
  "#" + channels.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("");

// A computed colour as [#rrggbb, opacity]: programs that draw SVG do not all know rgba().
/** @returns {[string, number]} */
export function solid(colour) {
  const text = String(colour).trim();
  if (/^#[0-9a-f]{6}$/i.test(text)) return [text.toLowerCase(), 1];
  if (text === "" || text === "none" || text === "transparent") return ["none", 0];
  const kind = /^(rgba?|color)\(\s*(srgb\s)?([^)]*)\)$/.exec(text);
  const parts = kind?.[3].split(/[\s,/]+/).filter(Boolean).map(Number) ?? [];
  if (parts.length < 3 || parts.some(Number.isNaN)) return [xml(text), 1];
  const scale = kind[1] === "color" ? 255 : 1;
  return [hex(parts.slice(0, 3).map((part) => part * scale)), parts[3] ?? 1];
}

// The attributes `fill` or `stroke` and their opacity, with a blank before each.
export function paint(name, colour, opacity = 1) {
  const [tone, own] = solid(colour);
  const share = Math.round(own * opacity * 1000) / 1000;
  return ` ${name}="${tone}"${tone === "none" || share === 1 ? "" : ` ${name}-opacity="${share}"`}`;
}

// Split at commas outside brackets: `rgb(1, 2, 3) 0px, red 1px` has two parts.
const listed = (text) => text.split(/,(?![^(]*\))/).map((part) => part.trim());

// A computed box-shadow as { colour, x, y, blur, spread, inset }, the topmost first.
export function shadows(text) {
  if (!text || text === "none") return [];
  return listed(text).map((part) => {
    const colour = /^[a-z-]+\([^)]*\)|^#\w+/.exec(part)?.[0] ?? "none";
    const [x, y, blur, spread] = part.slice(colour.length).match(/-?[\d.]+(?=px)/g)?.map(Number) ?? [];
    return { colour, x, y, blur: blur ?? 0, spread: spread ?? 0, inset: part.endsWith("inset") };
  });
}

// A computed linear-gradient to the right as its stops' colours, evenly spaced; null for others.
export function ramp(text) {
  const inside = /^linear-gradient\((?:90deg|to right),\s*(.*)\)$/.exec(text)?.[1];
  if (!inside) return null;
  const stops = listed(inside).map((stop) => /^[a-z-]+\([^)]*\)|^#\w+/.exec(stop)?.[0]);
  return stops.every(Boolean) ? stops : null;
}

export function rect({ left, top, width, height }, look, radius = 0, title = "") {
  const round = Math.min(radius, width / 2, height / 2);
  const corners = round > 0 ? ` rx="${number(round)}"` : "";
  const place =
    `<rect x="${number(left)}" y="${number(top)}" width="${number(Math.max(0, width))}"` +
    ` height="${number(Math.max(0, height))}"${corners}${look}`;
  return title ? `${place}><title>${xml(title)}</title></rect>` : `${place}/>`;
}

// A whole file from the parts of a picture, `scale` times its size; `styles` are put inside.
export function file({ width, height, font, defs, body }, title, styles = "", scale = 1) {
  const kept = styles || defs ? `<defs>${styles && `<style>${styles}</style>`}${defs}</defs>` : "";
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${number(width * scale)}"` +
    ` height="${number(height * scale)}" viewBox="0 0 ${width} ${height}"` +
    ` font-family="${xml(font)}" role="img">` +
    `<title>${xml(title)}</title>${kept}${body}</svg>\n`
  );
}
