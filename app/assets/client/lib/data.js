// @ts-check
// Data of the present run from the GET routes; the browser's own cache holds what was fetched.

import { measuredOf, offsetsOf } from "./states.js";

/** @import { RunFacts, Sequence } from "./types" */

const MAX_TRIES = 3;

// Filters as the data routes read them; "" for none.
export const filtersText = (filters) => (filters.length ? JSON.stringify(filters) : "");

// The server's one line on what is wrong, as an error that views can show.
function addressOf(facts, path, query) {
  const parameters = new URLSearchParams({ ...query, v: facts.version });
  return `/data/${encodeURIComponent(facts.run)}/${path}?${parameters}`;
}

// The server's answer; where it has too much to do, it is asked again when it says so.
async function ask(address, options) {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(address, options);
    const seconds = answer.status === 503 ? Number(answer.headers.get("Retry-After")) : 0;
    if (!seconds || tries === MAX_TRIES) return answer;
    await new Promise((resolve) => {
      setTimeout(resolve, 1000 * seconds);
    });
  }
}

async function get(facts, path, query = {}, options = {}) {
  let answer;
  try {
    answer = await ask(addressOf(facts, path, query), options);
  } catch {
    throw new Error("The app does not answer. Is it still running?");
  }
  if (!answer.ok) throw new Error((await answer.text()).split("\n")[0].slice(0, 400));
  return answer;
}

export const bytes = async (...request) => (await get(...request)).arrayBuffer();
export const json = async (...request) => (await get(...request)).json();

const held = new Map();
const MAX_HELD = 12;

// Arrays are kept by reference: a view that is drawn again need not decode them again.
function keep(facts, path, query, decode) {
  const key = JSON.stringify([facts.run, facts.version, path, query]);
  if (!held.has(key)) {
    const made = bytes(facts, path, query).then(decode);
    made.catch(() => held.delete(key));
    held.set(key, made);
    if (held.size > MAX_HELD) held.delete(held.keys().next().value);
  }
  return held.get(key);
}

const halves = (buffer) => ({
  x: new Float32Array(buffer, 0, buffer.byteLength / 8),
  y: new Float32Array(buffer, buffer.byteLength / 2),
});

// A sequence carries which states its distances and its places are of.
const measuredIn = (facts, projection) => (answer) => ({
  ...answer,
  measured: measuredOf(facts, projection),
});

// Counts of what passes, and a byte a drawn state: 1 where it does.
function unpackBits(facts, buffer) {
  const [sequences, states] = new Uint32Array(buffer, 0, 2);
  const bits = new Uint8Array(buffer, 8);
  const passes = Uint8Array.from({ length: facts.drawn }, (_, i) => (bits[i >> 3] >> (i & 7)) & 1);
  return { counts: { sequences, states }, passes };
}

export const points = (facts, projection) =>
  keep(facts, `points/${encodeURIComponent(projection)}`, {}, halves);

export const colours = (facts, colour, projection) =>
  keep(facts, `colours/${colour}`, { projection }, (buffer) =>
    facts.binBytes === 1 ? new Uint8Array(buffer) : new Uint16Array(buffer),
  );

export const offsets = (facts) =>
  keep(facts, "lengths", {}, (buffer) => offsetsOf(new Uint32Array(buffer)));

export const passing = (facts, filters) =>
  keep(facts, "passing", { filters: filtersText(filters) }, (buffer) => unpackBits(facts, buffer));

export const clusters = (facts, projection) => json(facts, `clusters/${encodeURIComponent(projection)}`);

export const neighbours = (facts, sequence, step, query) => json(facts, `neighbours/${sequence}/${step}`, query);

export const density = (facts, projection) => json(facts, `density/${encodeURIComponent(projection)}`);

export const labels = (facts, { projection, filters, labels: kinds, distance, confidence }) =>
  json(facts, `labels/${encodeURIComponent(projection)}`, {
    kinds: kinds.join(","),
    distance,
    confidence,
    filters: filtersText(filters),
  });

// Where the states that pass are to be had as a file.
export const statesFile = (facts, form, { projection, filters }) =>
  addressOf(facts, `states.${form}`, {
    projection,
    filters: filtersText(filters),
  });

/** @type {(facts: RunFacts, id: number, projection: string) => Promise<Sequence>} */
export const sequence = (facts, id, projection) =>
  json(facts, `sequence/${id}`, { projection }).then(measuredIn(facts, projection));

/** @type {(facts: RunFacts, text: string, projection: string) => Promise<Sequence>} */
export const typed = (facts, text, projection) =>
  json(facts, "typed", {}, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text, projection }),
  }).then(measuredIn(facts, projection));

export const attribution = (facts, asked) =>
  json(facts, "attribution", {}, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(asked),
  });

export const loading = (facts) => json(facts, "loading");

export const rows = (facts, query) => json(facts, "rows", query);

export const position = (facts, id, query) => json(facts, `position/${id}`, query);
