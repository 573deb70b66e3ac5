// Shapes of the data of the Explore page; app/explore makes them.

import type { RunFacts, Sequence } from "../../lib/types";

// A filter as addresses and data routes hold it: its kind, then its values.
export type Filter = [string, ...(string | number | boolean)[]];

// What the address says, by its keys.
export interface Address {
  projection: string;
  colour: string;
  sequence: number | null;
  text: string | null; // a typed one
  step: number | null;
  pinned: number | null;
  filters: Filter[];
  labels: string[];
  distance: number;
  confidence: number;
  order: string;
  class: number | null;
  bars: string;
}

export interface Facts extends RunFacts {
  selection: Address; // what the address said when the page was built
  defaults: Address; // that the address leaves out
  cannotType: string | null; // why no text can be typed
  cannotAttribute: string | null; // why no attribution can be asked for
}

// What is drawn in a place.
export interface Shown {
  sequence: Sequence;
  projection: string;
  text: string | null; // a typed one
}
