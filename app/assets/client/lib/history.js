// Addresses of a page that changes without being built anew. Each page has one writer of its address;
// Back and Forward within the page are its own, all others are Dash's.

// Write a query into the address; with `push`, one can go back to the one before. `state` is kept
// with the entry of the history.
export function writeQuery(query, { push = false, state = {} } = {}) {
  const address = location.pathname + query;
  if (address === location.pathname + location.search) return;
  history[push ? "pushState" : "replaceState"]({ ...history.state, ...state }, "", address);
}

// Begin to follow the history for a page.
//   path     path of the page that is open
//   isOpen   whether the page is there, and can show the state of an entry of the history
//   restore  shows what the address, or that state, says now
export function pageHistory({ path, isOpen, restore }) {
  // Dash went to another page whose layout is still on the way: until this page opens again, every
  // step of the history is Dash's.
  let away = false;
  const elsewhere = () => location.pathname !== path();

  addEventListener("_dashprivate_pushstate", () => (away = elsewhere()));

  return {
    // What callbacks.js calls for each step back or forward; Dash would build the page anew.
    onPopstate(event) {
      away ||= elsewhere();
      if (away || !isOpen(event.state)) return;
      event.stopImmediatePropagation();
      restore(event.state);
    },

    // The page was built for the present address; `state` is kept with it.
    opened(state = null) {
      away = false;
      if (state) history.replaceState({ ...history.state, ...state }, "");
    },

    // An answer that comes late writes nothing into the address of another page.
    write(query, options) {
      if (!elsewhere()) writeQuery(query, options);
    },
  };
}

// The query of an address that may be empty.
export function queryText(parts) {
  const text = parts.toString();
  return text && `?${text}`;
}
