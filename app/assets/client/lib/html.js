// Texts inside markup.

// A text of the page, safe inside markup and attributes.
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
export const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => ENTITIES[letter]);
