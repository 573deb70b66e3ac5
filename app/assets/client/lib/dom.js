// @ts-check
// Elements of the page.

/** @param {string} id */
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
