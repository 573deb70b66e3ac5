// @ts-check
// Addresses of the app's pages; app/addresses.py writes the same ones.

/** @typedef {Record<string, string | number>} Query */

/**
 * Return the address of a page of a run.
 * @param {string} key the first part of the address
 * @param {string} run
 * @param {Query} [asked] what the page shows, by the keys of its selection
 */
export function page(key, run, asked = {}) {
  const query = new URLSearchParams(Object.entries(asked).map(([name, value]) => [name, String(value)])).toString();
  return `/${key}/${encodeURIComponent(run)}${query ? `?${query}` : ""}`;
}

/**
 * Return the address of a run's Explore page.
 * @param {string} run
 * @param {object} [asked]
 * @param {unknown[][]} [asked.filters] chips of the filter bar, each a kind and its values
 * @param {number} [asked.sequence]
 * @param {number} [asked.step]
 */
export function explore(run, { filters = [], ...asked } = {}) {
  return page("explore", run, filters.length ? { ...asked, filters: JSON.stringify(filters) } : asked);
}

/**
 * Return the address of a sequence on the page of its units.
 * @param {string} run
 * @param {number} sequence
 */
export const units = (run, sequence) => page("units", run, { sequence });

/**
 * Return the address of the report on a sequence, with its states on a map.
 * @param {string} run
 * @param {number} sequence
 * @param {string} projection
 */
export function report(run, sequence, projection) {
  const query = new URLSearchParams({ projection });
  return `/report/${encodeURIComponent(run)}/${sequence}.html?${query}`;
}
