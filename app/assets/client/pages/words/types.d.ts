// Shapes of the data of the Words page; app/words makes them.

export interface NamedClass {
  name: string;
  colour: string;
}

export type Kind = "all" | "tokens" | "phrases" | "shortcuts" | "swaps";

// What the address says, by its keys.
export interface Selection {
  towards: number | null; // class of the effects; null: the one that each word pushes to
  kind: Kind;
  least: number; // occurrences
  search: string;
  word: string | null;
}

export interface Facts {
  run: string;
  version: string;
  classes: NamedClass[];
  scales: { expected: { kind: string; colours: string[] } };
  sequences: number;
  words: number; // of all kinds
  outputs: number; // of the readout
  longestBar: number; // contribution that fills the bar of a cell
  shortcutsNote: string; // what was tested for shortcuts, or why nothing was
  shortcutsTested: boolean;
  picture: [number, number]; // width and height of the picture of the map
  defaults: Selection; // that the address leaves out
  asked: Selection; // what the address said when the page was built
}

// A row of the table.
export interface WordRow {
  phrase: string;
  count: number;
  class: number;
  effect: number | null;
  effect_se: number | null;
  contribution: number | null;
  contribution_se: number | null;
  each: [number, number | null][] | null; // contribution to each class, with its standard error
  by_class: Record<string, number[] | null>; // sequences of each class, by split
  spread: number | null;
  distance: number | null;
  flips: number;
  shortcut: number;
  reason: string;
  q: string | null; // of a tested word
  variants: string[]; // other phrases of the same finding
}

// A word that the swap test finds: a row of swaps.parquet.
export interface SwapRow {
  token: string;
  towards: number; // class
  swapped: number; // sequences in which it was replaced
  change: number;
  change_low: number;
  change_high: number;
  flips: number;
  flips_low: number;
  flips_high: number;
  control_change: number;
  control_flips: number;
  control_low: number;
  control_high: number;
  frequency: number; // labelled sequences that hold it
  labelled: number; // of them, those of the class
  expected: number; // of them, by their other words
  weight: number; // in the regression
  weight_rank: number;
  q: string;
  stored: boolean; // a stored sequence holds it, so that it has occurrences
  reason: string;
}

export interface Swaps {
  rows: SwapRow[];
  count: number;
  note: string; // what was tested, or why nothing was
  tested: number;
}

export interface Rows {
  rows: WordRow[];
  count: number;
  rare: number; // words left out because they occur too seldom
}

// Points of the plot, one entry per word.
export interface Points {
  phrase: string[];
  count: number[];
  sequences: number[];
  class: number[];
  effect: number[];
  towards: number | null;
  total: number;
}

// A word as it is written, and the expected prediction after it.
export type Written = [text: string, bin: number, confidence: number];

export interface Occurrence {
  sequence: number;
  step: number;
  label: number;
  predicted: number;
  effect: number;
  before: Written[];
  word: Written[];
  after: Written[];
}

export interface Occurrences {
  word: { phrase: string; sequences: number; error_with: number; error_without: number | null };
  count: number;
  towards: number;
  mean: number;
  error: number | null;
  largest: number;
  rows: Occurrence[]; // the first ones
}

export interface State extends Selection {
  facts: Facts | null; // null before the page was opened
  requests: number; // how often words were asked for
  restored: number; // how often Back or Forward changed the selection
  columns: string; // filters of the grid's own columns
  found: Pick<Rows, "count" | "rare"> | null;
  problem: string | null; // with the last request
  points: Points | null;
  shortcuts: Rows | null;
  swaps: Swaps | null;
  order: "effect" | "reading"; // of the occurrences
  occurrences: Occurrences | null;
  occurrenceProblem: string | null;
  places: Float32Array; // of the occurrences on the map: all x, all y, all effects
  lit: number; // occurrence under the cursor, -1 for none
  revealed: { occurrence: number } | null; // to bring into view
}

export type Opened = State & { facts: Facts };
