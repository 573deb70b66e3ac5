// Shapes of a run's facts and of one sequence, shared by pages; app/queries makes them.

export interface NamedClass {
  name: string;
  colour: string;
}

// A colour scale of the states.
export interface Scale {
  key: string;
  label: string;
  kind: "ramp" | "classes";
  colours: string[]; // of each bin
  labels: string[]; // of a ramp: low end, (middle,) high end; of classes: one name per bin
  order: number[]; // bins from the first drawn to the last, which lies on top
  shows: string; // description for the legend
}

// The hidden or the cell states of one layer.
export interface StateKind {
  key: string; // the layer's id, followed by `:c` for cell states
  name: string;
  largest: number; // distance
  backward: boolean; // read from the end of the sequence
  alone: boolean; // the run has no other
  longest: string; // phrase for the distance that others are shares of
  scope: string;
}

export interface Projection {
  id: string;
  layer: string; // key of its state kind
  method: string;
  note: string;
}

// A feature of a numeric series.
export interface Feature {
  name: string;
  low: number;
  high: number;
}

export interface RunFacts {
  run: string;
  version: string;
  states: number;
  drawn: number; // states on the map
  binBytes: 1 | 2;
  sequences: number;
  kind: "text" | "series";
  picture: boolean;
  features: Feature[]; // none of texts
  keep: "first" | "last";
  mostSteps: number;
  longest: number; // steps
  padding: number; // steps of the run that are padding which the model reads
  classes: NamedClass[];
  readout: { exact: boolean; initial: number[] };
  scales: Record<string, Scale>;
  layers: StateKind[];
  projections: Projection[];
}

// A row of sequences.parquet. A typed text has null where only a stored sequence has a value.
export interface SequenceFacts {
  sequence_id: number | null;
  external_id: string | null;
  label: number | null;
  predicted: number;
  correct: boolean | null;
  confidence: number;
  length: number;
  length_full: number;
  unknown: number;
  padding: number; // steps
  flips: number;
  settle_step: number;
  max_distance: number;
  max_distance_step: number;
  turning_step: number | null;
  right_until: number | null;
  peak_label: number | null;
  peak_confidence: number;
  text: string;
}

// Columns of the T steps of a sequence of C classes; K logits.
export interface Steps {
  token: string[];
  surface: string[];
  known: boolean[];
  padding: boolean[]; // read by the model, and no word
  role: (string | null)[];
  predicted: number[];
  ep: number[][]; // T lists of C
  contribution: number[][]; // T lists of K
  confidence: number[];
  distance: number[];
  visible: number[] | null; // null where the readout does not read these states
  silent: number[] | null;
  bin: number[];
  x: number[];
  y: number[];
  trust: number[] | null; // null of a typed text
  stretch?: (number | null)[]; // of a stored sequence
  values?: number[][]; // of a series: T lists of F
  near_sequence?: number[]; // of a typed text: the stored state that each is drawn at
  near_step?: number[];
  near_distance?: number[];
}

// Steps from one on, up to another one.
export interface Span {
  from: number;
  to: number;
}

// One sequence with all that its views draw.
export interface Sequence {
  span?: Span; // of the steps that are drawn; all where it is missing
  facts: SequenceFacts;
  steps: Steps;
  decision: { before: string; named: string; after: string; step: number | null };
  final: number[]; // K logits after the last step
  measured: StateKind; // that distances and places are of
}
