// @ts-check
// A text turned by 90 degrees, as the word heads are, in a picture. No page needed.

import { number, paint, xml } from "./svg.js";

const ELLIPSIS = "…";

// As much of a text as `room` holds, with an ellipsis where something is missing; `measure` has
// the widths of texts.
export function cut(text, room, measure) {
  if (measure(text).width <= room) return text;
  const letters = [...text];
  while (letters.length && measure(letters.join("") + ELLIPSIS).width > room) letters.pop();
  return letters.join("") + ELLIPSIS;
}

// From the lower end of `box` upwards, in its middle, in the type of a computed style.
export function markup(text, box, style, measure) {
  const margin = (parseFloat(style.paddingTop) || 0) + (parseFloat(style.borderTopWidth) || 0);
  const shown = cut(text, box.height - 2 * margin, measure);
  const { fontBoundingBoxAscent: rise, fontBoundingBoxDescent: fall } = measure(text);
  const x = box.left + box.width / 2 + (rise - fall) / 2;
  const y = box.top + box.height - margin;
  const whole = shown === text ? "" : `<title>${xml(text)}</title>`;
  return (
    `<text transform="translate(${number(x)} ${number(y)}) rotate(-90)"` +
    ` font-size="${number(parseFloat(style.fontSize))}" font-weight="${xml(style.fontWeight)}"` +
    `${paint("fill", style.color)}>${whole}${xml(shown)}</text>`
  );
}
