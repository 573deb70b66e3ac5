// @ts-check
// Texts as Plotly writes them: it reads tags, entities and templates in any text that it draws.

/**
 * Return a text that Plotly draws letter by letter, whatever is in it; figures/plotly_text.py has
 * the same rule.
 * @param {string} text
 */
export const plotlyText = (text) => text.replace(/[&<>{$]/g, (letter) => `&#${letter.charCodeAt(0)};`);
