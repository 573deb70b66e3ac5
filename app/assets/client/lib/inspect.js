// @ts-check
// What tests and `make bench-app` read of the page; nothing on the page depends on it.
import { contrast } from "./colour.js";
import { toData } from "./geometry.js";
import { tone } from "./theme.js";

const stateline = (globalThis.stateline ??= {});

// Put read-only entries on `stateline`; `readers` holds a function for each name.
export function expose(readers) {
  for (const [name, read] of Object.entries(readers)) {
    Object.defineProperty(stateline, name, { get: read, enumerable: true, configurable: true });
  }
}

expose({ colour: () => ({ contrast }), geometry: () => ({ toData }), theme: () => ({ tone }) });
