// @ts-check
// Numbers as the page writes them.

/**
 * Return a number of 0 or more with so many decimals. A tie goes to the even digit, as in Python:
 * 6.25 has a tie at one decimal, while 6.35 lies just below one as a double.
 * @param {number} value
 * @param {number} digits
 */
export function fixed(value, digits) {
  // Only odd multiples of 1 / 2^(digits + 1) lie midway between two decimals.
  const tie = (value * 2 ** (digits + 1)) % 2 === 1;
  const below = Math.floor(value * 10 ** digits);
  return (tie && below % 2 === 0 ? below / 10 ** digits : value).toFixed(digits);
}

/** @param {number} share */
export const percent = (share) => `${fixed(100 * share, 1)} %`;
/** @param {number} number */
export const thousands = (number) => number.toLocaleString("en-GB");
/**
 * Return a number with its sign, and a minus as wide as a plus.
 * @param {number} value
 * @param {number} [digits]
 */
export const signed = (value, digits = 2) => `${value < 0 ? "−" : "+"}${fixed(Math.abs(value), digits)}`;
