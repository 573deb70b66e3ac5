// @ts-check
// Elements of the page.

/** @type {(id: string) => any} an element of whatever kind has this id; null where the page has none */
export const at = (id) => document.getElementById(id);

/**
 * Return the element of an id that the open page has.
 * @param {string} id
 */
export const existing = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Return the nearest element, from the target of an event up, that a selector matches.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export const closest = ({ target }, selector) =>
  target instanceof Element ? target.closest(selector) : null;
