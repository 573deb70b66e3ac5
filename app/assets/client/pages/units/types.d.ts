// Shapes of the data of the Units page; app/units/queries.py and app/units/matching.py make them.

export interface NamedClass {
  name: string;
  colour: string;
}

export interface Layer {
  id: string;
  name: string;
  units: number;
  backward: boolean;
  read: boolean; // whether the readout reads this layer
  weights: number[][] | null; // of the outputs, one a unit; null: the readout is not linear
}

export interface Facts {
  run: string;
  version: string;
  kind: string;
  sequences: number;
  states: number;
  classes: NamedClass[];
  scale: { kind: string; colours: string[] };
  layers: Layer[];
  selection: Selection;
}

// Steps of a sequence, both included.
export interface Stretch {
  sequence: number;
  first: number;
  last: number;
}

// What the address says, by its keys.
export interface Selection {
  layer: string;
  sequence: number; // of the span; in the heatmap unless a stretch is opened
  unit: number | null;
  from: number | null; // first and last step of the span; both null: no span
  to: number | null;
  threshold: number; // a unit is on where h is at least this; below 0, where h is at most this
  edges: boolean; // only units that are off just before and just after the span
  without: number[]; // units left out of the match
  open: Stretch | null; // shown in place of the sequence of the span
  class: number | null; // that contributions are to; null: the predicted one
  cells: "value" | "change";
  rows: "amount" | "group" | "number" | "spread";
  panel: "unit" | "match" | "groups";
  group: number | null; // whose rows are shown alone
}

export interface Span {
  from: number;
  to: number;
}

export type Question = Pick<Selection, "layer" | "sequence" | "from" | "to" | "threshold" | "edges" | "without">;

export interface UnitFacts {
  mean: number[];
  sd: number[];
  low: number[];
  high: number[];
  cluster: (number | null)[];
  stability: (number | null)[];
}

export interface WordFacts {
  phrase: string[];
  count: number[];
  cluster: (number | null)[];
  stability: number[];
  response: number[][]; // of each word, mean change of each unit
}

export interface LayerData {
  units: UnitFacts;
  words: WordFacts;
  groups: { runs: number; agreement: number } | null;
}

export interface Sequence {
  facts: { label: number; predicted: number; confidence: number; length: number; turning_step: number | null };
  steps: { surface: string[]; bin: number[]; confidence: number[]; values?: number[][] };
}

// What the server sent for a layer and a sequence.
export interface Loaded {
  layer: Layer;
  data: LayerData;
  wordEnd: number; // size at which colours of the word responses end
  number: number; // of the sequence in the heatmap
  sequence: Sequence;
  colours: string[]; // of each step's expected prediction
  h: Float32Array; // states of that sequence, step after step
  ownNumber: number; // of the sequence of the span
  own: Float32Array; // its states
}

// Colours of the theme.
export interface Tones {
  low: string;
  high: string;
  middle: string;
  ink: string;
  muted: string;
  accent: string;
  soft: string;
  surface: string;
}

export interface Ends {
  low: string;
  high: string;
}

// What the heatmap draws.
export interface Scene {
  sequence: Sequence;
  colours: string[];
  units: number;
  order: number[]; // units of the rows
  amount: Float64Array; // lengths of the bars, by unit
  total: Float64Array; // their signs
  towards: number; // class of the contributions
  values: Float32Array; // of the cells, step after step
  end: number; // size at which the colours of the cells end
  sides: Ends | null; // colours of the bars by sign; null: one colour
  ends: Ends | null; // colours of the cells by sign; null: those of h
}

export interface Marked extends Span {
  lit: number[]; // units that are on
  opened?: boolean;
}

export interface Place {
  unit: number;
  step: number;
}

export interface Marks {
  unit: number | null;
  stretches: Marked[];
  word: number[] | null; // units that the word under the cursor moves
  hover: Place | null;
}

// A scene as it is laid out, in pixels.
export interface Shown {
  scene: Scene;
  column: number;
  row: number;
  width: number;
  height: number;
  marks: Marks | null;
}

// Words around some steps of a sequence, and its actual and predicted class.
export interface Context {
  sequence: number;
  label: number;
  predicted: number;
  first: number; // step of the first word
  words: string[];
}

export interface UnitContext extends Context {
  step: number;
  high: boolean;
  value: number;
  values: number[]; // h of the unit at each word
}

export interface UnitDetail {
  unit: number;
  layer: string;
  low: number;
  high: number;
  counts: number[];
  contexts: UnitContext[];
}

export interface MatchContext extends Context {
  from: number;
  to: number;
  others: number;
  on: number[]; // share of the units that is on at each word
}

export interface MatchedUnit {
  unit: number;
  used: boolean;
  share: number | null;
}

export interface MatchAnswer {
  units: MatchedUnit[];
  total: number;
  matches: MatchContext[];
}

export interface Match {
  question: string;
  answer: MatchAnswer;
}

export interface State extends Selection {
  facts: Facts | null; // null before the page was opened
  loaded: Loaded | null; // a new object when all views are to be drawn again
  scene: Scene | null;
  detail: UnitDetail | null; // of the unit in the panel
  match: Match | null;
  tones: Tones | null;
  hoveredWord: number | null;
  hovered: Place | null; // under the cursor
  dragged: Span | null; // span under the cursor
  revealed: { unit: number | null; step: number | null } | null; // to bring into view
}

// State in which what the selection shows is loaded, then drawn.
export type Loadable = State & { facts: Facts; loaded: Loaded; tones: Tones };
export type Drawn = Loadable & { scene: Scene };
