// Addresses of the app's pages, once; app/addresses.py writes the same ones.

// A page of a run, by the first part of its address; `asked` is what it shows, by the keys of its
// selection.
export function page(key, run, asked = {}) {
  const query = new URLSearchParams(asked).toString();
  return `/${key}/${encodeURIComponent(run)}${query ? `?${query}` : ""}`;
}

// A run's Explore page; `filters` are chips of the filter bar, each a kind and its values.
export function explore(run, { filters = [], ...asked } = {}) {
  return page("explore", run, filters.length ? { ...asked, filters: JSON.stringify(filters) } : asked);
}

// A sequence on the page of its units.
export const units = (run, sequence) => page("units", run, { sequence });

// The report on a sequence, with its states on a map.
export function report(run, sequence, projection) {
  const query = new URLSearchParams({ projection });
  return `/report/${encodeURIComponent(run)}/${sequence}.html?${query}`;
}
