// Shapes of the figures of the Decisions page; app/decisions makes them.

export interface Coloured {
  color?: string;
}

// What a tooltip says of the points of a trace; {x}, {y} and {0}, {1} … stand for values of the point,
// {name} for the name of the class.
export interface Meta {
  title: string;
  place: string;
  pairs: [string, string][];
  href: string;
  name?: string;
}

export interface Trace {
  line?: Coloured;
  marker?: Coloured;
  fillcolor?: string;
  meta?: Meta;
}

export interface Figure {
  data: Trace[];
  layout: object;
}

// A point under the cursor, as Plotly tells it.
export interface Point {
  curveNumber: number;
  x: number | string;
  y: number;
  customdata?: (string | number)[];
  bbox?: { x0: number };
}
