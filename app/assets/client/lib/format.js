// @ts-check
// Numbers as the page writes them.

export const percent = (share) => `${(100 * share).toFixed(1)} %`;
export const thousands = (number) => number.toLocaleString("en-GB");
// With its sign, and a minus as wide as a plus.
export const signed = (value, digits = 2) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(digits)}`;
