// @ts-check
// Markup from templates that escape their values.

/** @type {Record<string, string>} */
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/**
 * Return a text as it is safe inside markup and attributes.
 * @param {unknown} text
 */
export const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => ENTITIES[letter]);

/** Markup that is safe to insert as it is. */
export class Markup {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/**
 * Mark a text as markup that needs no escaping.
 * @param {{ toString(): string }} text
 */
export const trusted = (text) => new Markup(String(text));

/**
 * @param {unknown} value
 * @returns {string}
 */
function insert(value) {
  if (value === null || value === undefined || value === false) return "";
  if (Array.isArray(value)) return value.map(insert).join("");
  return value instanceof Markup ? value.text : escape(value);
}

// Line breaks of a template, with the indentation after them, are for its reader only.
/** @type {WeakMap<TemplateStringsArray, string[]>} */
const joined = new WeakMap();

/** @param {TemplateStringsArray} strings */
function partsOf(strings) {
  let parts = joined.get(strings);
  if (!parts) {
    parts = strings.map((part) => part.replace(/\n\s*/g, ""));
    joined.set(strings, parts);
  }
  return parts;
}

/**
 * Tag of a template of markup. Values are escaped, other markup is inserted as it is, the entries of
 * arrays follow each other, and null, undefined and false are left out.
 * @param {TemplateStringsArray} strings
 * @param {unknown[]} values
 */
export function html(strings, ...values) {
  const parts = partsOf(strings);
  let text = parts[0];
  for (let i = 0; i < values.length; i += 1) text += insert(values[i]) + parts[i + 1];
  return new Markup(text);
}

/**
 * Replace the content of an element.
 * @param {Element} element
 * @param {Markup} markup
 */
export function render(element, markup) {
  element.innerHTML = markup.text;
}
