// @ts-check
// Effects of words on a class: their colour, and their errors as text.

const NEUTRAL = "#9aa0a6";

/** @param {number | null | undefined} error */
export const plusMinus = (error) => (error === null || error === undefined ? "" : ` ± ${error.toFixed(2)}`);

/**
 * Return the colour of what speaks for a class, or against it: of two classes, that of the other.
 * @param {{ classes: { colour: string }[] }} facts
 * @param {number} towards
 * @param {number} value
 */
export function effectColour({ classes }, towards, value) {
  if (value >= 0) return classes[towards].colour;
  return classes.length === 2 ? classes[1 - towards].colour : NEUTRAL;
}
