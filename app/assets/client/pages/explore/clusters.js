// @ts-check
// Clusters of the states of each map: their rows, their names and the filters that they stand for.

import * as data from "../../lib/data.js";
import { message } from "./messages.js";
import { get, subscribe, update } from "./selection.js";

export const LEVELS = ["coarse", "middle", "fine"];
const WORDS = 3;
const LONGEST = 26; // characters of a label

let run = null; // the facts of the run that is open
let loaded = new Map(); // of a projection its clusters, or a promise of them

// The clusters of the map that is shown; none before they have come, nor those of another run.
export function present() {
  const { facts, projection } = get();
  const rows = run === facts && loaded.get(projection);
  return Array.isArray(rows) ? rows : [];
}

// The first of a cluster's words, as many as a label holds; where it has none, its commonest answer.
export function nameOf(row, classes) {
  if (!row.words.length) return `answer ${classes[row.predicted].name} · ${Math.round(100 * row.answered)} %`;
  let name = row.words[0];
  for (const word of row.words.slice(1, WORDS)) {
    if (name.length + word.length + 2 > LONGEST) break;
    name += `, ${word}`;
  }
  return name;
}

export const filterOf = (row) => ["cluster", get().projection, row.level, row.cluster];

// Nothing of another run is kept.
function takeUp(facts) {
  if (run !== facts) [run, loaded] = [facts, new Map()];
}

// What a chip calls a cluster; its words come when they have been fetched.
export function chipName(facts, projection, level, number) {
  takeUp(facts);
  const rows = loaded.get(projection);
  if (!rows) load(facts, projection);
  const row = Array.isArray(rows) && rows.find((each) => each.level === level && each.cluster === number);
  return `${row ? nameOf(row, facts.classes) : `number ${number}`} (${LEVELS[level]})`;
}

const known = () => update({ clustersKnown: get().clustersKnown + 1 });

async function load(facts, projection) {
  const asked = data.clusters(facts, projection);
  loaded.set(projection, asked);
  try {
    const rows = await asked;
    if (get().facts !== facts) return;
    loaded.set(projection, rows);
    known();
  } catch (error) {
    if (get().facts !== facts) return;
    loaded.delete(projection);
    message(error.message);
  }
}

// Clusters by level, each { name, rows } with rows of { text, value }: what a menu of filters offers.
export const choices = () =>
  LEVELS.map((name, level) => ({
    name,
    rows: present()
      .filter((row) => row.level === level)
      .map((row) => ({ text: nameOf(row, get().facts.classes), value: JSON.stringify(filterOf(row).slice(1)) })),
  })).filter(({ rows }) => rows.length);

// Another run or another map.
subscribe(["facts", "projection"], ({ facts, projection }) => {
  takeUp(facts);
  if (!loaded.has(projection)) load(facts, projection);
  else known();
});
