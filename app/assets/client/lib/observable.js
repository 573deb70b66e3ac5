// @ts-check
// State that one module owns: views read it and are called when it changes.

import { effect, signal, untracked } from "../../vendor/preact-signals/signals-core.js";

/**
 * Make the state of a page.
 *
 * update     replaces the values of some keys, and calls the views of those that are new
 * subscribe  calls `view` with the whole state, and the one before, after one of `keys` got a new
 *            value; views are called in the order in which they subscribed
 *
 * @template {object} State
 * @param {State} initial
 */
export function observable(initial) {
  const current = signal(initial);
  return {
    get: () => current.peek(),

    /** @param {Partial<State>} changes */
    update(changes) {
      const before = current.peek();
      const keys = /** @type {(keyof State)[]} */ (Object.keys(changes));
      if (keys.some((key) => changes[key] !== before[key])) current.value = Object.assign({}, before, changes);
    },

    /**
     * @param {(keyof State)[]} keys
     * @param {(state: State, before: State) => void} view
     */
    subscribe(keys, view) {
      let seen = current.peek();
      effect(() => {
        const [before, now] = [seen, current.value];
        seen = now;
        if (keys.some((key) => now[key] !== before[key])) untracked(() => view(now, before));
      });
    },
  };
}
