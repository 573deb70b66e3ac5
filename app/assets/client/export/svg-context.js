// @ts-check
// A context that records: it takes the calls of a canvas's context and keeps them as vectors.

import { number, paint, xml } from "./svg.js";

// Of a font as a canvas takes it, `600 12px Inter, sans-serif`.
export function fontOf(font) {
  const found = /^(.*?)\s*([\d.]+)px(?:\/\S+)?\s+(.+)$/.exec(font) ?? ["", "", "10", "sans-serif"];
  const weight = /\b(bold|\d{3})\b/.exec(found[1])?.[1] ?? "400";
  return { weight, size: Number(found[2]), family: found[3], italic: /italic/.test(found[1]) };
}

const ANCHORS = { left: "start", start: "start", center: "middle", right: "end", end: "end" };
// How far under a canvas's place of a text its baseline lies, in font sizes.
const BASELINES = { alphabetic: 0, middle: 0.36, top: 0.9, hanging: 0.75, bottom: -0.22 };

// A context of the canvas's kind. `measure` gives the width of a text in a font; `svg()` what was drawn.
export function record(measure) {
  const parts = [];
  let path = "";
  const saved = [];
  const STYLES = {
    fillStyle: "#000000",
    strokeStyle: "#000000",
    lineWidth: 1,
    lineCap: "butt",
    lineJoin: "miter",
    font: "10px sans-serif",
    textAlign: "start",
    textBaseline: "alphabetic",
    globalAlpha: 1,
  };
  let dashes = [];

  const filled = (context) => paint("fill", context.fillStyle, context.globalAlpha);
  const stroked = (context) =>
    paint("stroke", context.strokeStyle, context.globalAlpha) +
    ` stroke-width="${number(context.lineWidth)}"` +
    (context.lineCap === "butt" ? "" : ` stroke-linecap="${xml(context.lineCap)}"`) +
    (context.lineJoin === "miter" ? "" : ` stroke-linejoin="${xml(context.lineJoin)}"`) +
    (dashes.length ? ` stroke-dasharray="${dashes.map(number).join(" ")}"` : "");

  function write(context, text, x, y, look) {
    const { weight, size, family, italic } = fontOf(context.font);
    const down = (BASELINES[context.textBaseline] ?? 0) * size;
    const anchor = ANCHORS[context.textAlign] ?? "start";
    parts.push(
      `<text x="${number(x)}" y="${number(y + down)}" font-family="${xml(family)}"` +
        ` font-size="${number(size)}" font-weight="${weight}"` +
        (italic ? ' font-style="italic"' : "") +
        (anchor === "start" ? "" : ` text-anchor="${anchor}"`) +
        `${look}>${xml(text)}</text>`,
    );
  }

  const box = (x, y, width, height) =>
    `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}"`;

  const context = {
    ...STYLES,
    setLineDash: (lengths) => (dashes = [...lengths]),
    measureText: (text) => ({ width: measure(String(text), context.font) }),
    save() {
      const kept = Object.fromEntries(Object.keys(STYLES).map((name) => [name, context[name]]));
      saved.push({ kept, dashes });
    },
    restore() {
      const last = saved.pop();
      if (!last) return;
      Object.assign(context, last.kept);
      dashes = last.dashes;
    },
    beginPath: () => (path = ""),
    closePath: () => (path += "Z"),
    moveTo: (x, y) => (path += `M${number(x)} ${number(y)}`),
    lineTo: (x, y) => (path += `${path ? "L" : "M"}${number(x)} ${number(y)}`),
    quadraticCurveTo: (cx, cy, x, y) =>
      (path += `Q${number(cx)} ${number(cy)} ${number(x)} ${number(y)}`),
    bezierCurveTo: (ax, ay, bx, by, x, y) =>
      (path += `C${[ax, ay, bx, by, x, y].map(number).join(" ")}`),
    rect: (x, y, width, height) =>
      (path += `M${number(x)} ${number(y)}h${number(width)}v${number(height)}h${number(-width)}Z`),
    arc: (...circle) => (path += arc(path, ...circle)),
    roundRect(x, y, width, height, radii = 0) {
      const r = Math.min([radii].flat()[0], width / 2, height / 2);
      const corner = (across, along) =>
        `a${number(r)} ${number(r)} 0 0 1 ${number(across)} ${number(along)}`;
      path +=
        `M${number(x + r)} ${number(y)}h${number(width - 2 * r)}${corner(r, r)}` +
        `v${number(height - 2 * r)}${corner(-r, r)}h${number(2 * r - width)}${corner(-r, -r)}` +
        `v${number(2 * r - height)}${corner(r, -r)}Z`;
    },
    fill: () => path && parts.push(`<path d="${path}"${filled(context)}/>`),
    stroke: () => path && parts.push(`<path d="${path}" fill="none"${stroked(context)}/>`),
    fillRect: (...place) => parts.push(`${box(...place)}${filled(context)}/>`),
    strokeRect: (...place) => parts.push(`${box(...place)} fill="none"${stroked(context)}/>`),
    fillText: (text, x, y) => write(context, text, x, y, filled(context)),
    strokeText: (text, x, y) =>
      write(context, text, x, y, ` fill="none"${stroked({ ...context, lineJoin: "round" })}`),
    drawImage: (canvas, x, y, width, height) =>
      parts.push(
        `<image x="${number(x)}" y="${number(y)}" width="${number(width)}"` +
          ` height="${number(height)}" href="${canvas.toDataURL("image/png")}"/>`,
      ),
    // An SVG starts out empty and has one scale.
    clearRect: () => {},
    setTransform: () => {},
    svg: () => parts.join(""),
  };
  return context;
}

// A whole circle takes two arcs: one that ends where it starts draws nothing.
function arc(path, x, y, radius, from, to, counter = false) {
  const at = (angle) =>
    `${number(x + radius * Math.cos(angle))} ${number(y + radius * Math.sin(angle))}`;
  const r = number(radius);
  const start = `${path ? "L" : "M"}${at(from)}`;
  const turn = counter ? 0 : 1;
  const span = counter ? from - to : to - from;
  if (Math.abs(span) >= 2 * Math.PI - 1e-9) {
    const half = counter ? from - Math.PI : from + Math.PI;
    return `${start}A${r} ${r} 0 1 ${turn} ${at(half)}A${r} ${r} 0 1 ${turn} ${at(from)}Z`;
  }
  const sweep = ((span % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI);
  return `${start}A${r} ${r} 0 ${sweep > Math.PI ? 1 : 0} ${turn} ${at(to)}`;
}
