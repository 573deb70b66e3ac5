// @ts-check
// Addresses of a page that changes without being built anew. Each page has one writer of its address;
// Back and Forward within the page are its own, all others are Dash's.

/** @typedef {{ push?: boolean, state?: object }} WriteOptions */

/**
 * Write a query into the address.
 * @param {string} query
 * @param {WriteOptions} [options]
 *   push: whether one can go back to the address before; state: is kept with the entry of the history
 */
export function writeQuery(query, { push = false, state = {} } = {}) {
  const address = location.pathname + query;
  if (address === location.pathname + location.search) return;
  history[push ? "pushState" : "replaceState"]({ ...history.state, ...state }, "", address);
}

/**
 * Return a path as every spelling of it is compared: decoded, without a slash at its end.
 * @param {string} path
 */
export function plainPath(path) {
  const trimmed = path.replace(/\/+$/, "");
  try {
    return decodeURIComponent(trimmed);
  } catch {
    return trimmed; // a stray %
  }
}

/**
 * Follow the history for a page.
 * @param {object} page
 * @param {() => string} page.path of the run that is open
 * @param {(state: any) => boolean} page.isOpen whether the page is there, and can show the state of an
 *   entry of the history
 * @param {(state: any) => void} page.restore shows what the address, or that state, says now
 */
export function pageHistory({ path, isOpen, restore }) {
  // Dash went to another page whose layout is still on the way: until this page opens again, every
  // step of the history is Dash's.
  let away = false;
  const isElsewhere = () => plainPath(location.pathname) !== plainPath(path());

  addEventListener("_dashprivate_pushstate", () => (away = isElsewhere()));

  return {
    /**
     * Handle a step back or forward, which Dash would answer by building the page anew; callbacks.js
     * calls it.
     * @param {PopStateEvent} event
     */
    onPopstate(event) {
      away ||= isElsewhere();
      if (away || !isOpen(event.state)) return;
      event.stopImmediatePropagation();
      restore(event.state);
    },

    /**
     * The page was built for the present address.
     * @param {object | null} [state] is kept with it
     */
    opened(state = null) {
      away = false;
      if (state) history.replaceState({ ...history.state, ...state }, "");
    },

    /**
     * Write a query; an answer that comes late writes nothing into the address of another page.
     * @param {string} query
     * @param {WriteOptions} [options]
     */
    write(query, options) {
      if (!isElsewhere()) writeQuery(query, options);
    },
  };
}

/**
 * Return the query of an address, "" for none.
 * @param {URLSearchParams} parts
 */
export function queryText(parts) {
  const text = parts.toString();
  return text && `?${text}`;
}
