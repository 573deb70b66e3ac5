// @ts-check
// Limits and defaults that the server has as well: tests/fixtures/shared_rules.json holds both sides
// to the same numbers.

export const DEFAULT_NEIGHBOURS = 10; // listed of a state
export const MAX_ADDRESS_TEXT = 1_500; // characters of a typed text in an address
export const MAX_CLASS_ROWS = 8; // classes of the heatmap; of more, those that come closest to winning
export const MAX_CURVES = 8; // features of a series drawn as curves; more are cells
export const MAX_OCCURRENCES = 999_999; // that a word may be asked to have to be listed
export const MAX_SEARCH = 200; // characters of a search, and of a word to filter by
export const MAX_TYPED_TEXT = 20_000; // characters of a typed text

/**
 * Return how many characters a text has, as Python counts them: one outside of the basic plane is one.
 * @param {string} text
 */
export const characters = (text) => Array.from(text).length;
