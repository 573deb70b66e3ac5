// @ts-check
// The filters that are set: all of them count together, and the server says what passes.

import * as data from "../../lib/data.js";
import { get, update } from "./selection.js";

/** @import { Filter } from "./types" */

const SINGLE = new Set(["actual", "predicted", "correct", "confidence", "steps", "word", "cluster"]);

let asked = 0;

/** @param {Filter} filter */
export const isSearch = ([kind]) => kind === "search" || kind === "regex";

const tell = (line) => update({ filterProblem: line });

// Take up other filters: asked of the server first, so that a wrong one changes nothing; `say`
// tells what is wrong. False where they were not taken up.
/** @param {Filter[]} next @param {import("./selection.js").Writing & { say?: (line: string) => void }} options */
export async function apply(next, { history = "push", say = tell } = {}) {
  const request = (asked += 1);
  const { facts } = get();
  let passing = null;
  if (next.length) {
    try {
      passing = await data.passing(facts, next);
    } catch (error) {
      if (request === asked) say(error.message);
      return false;
    }
    if (request !== asked || get().facts !== facts) return false;
  }
  update({ filters: next, passing, filterProblem: null }, { history });
  return true;
}

// Add filters; one of a kind that can be set once only takes the place of the one before.
export function add(...added) {
  const replaced = (kept) =>
    added.some(([kind]) => (SINGLE.has(kind) && kept[0] === kind) || (isSearch(kept) && isSearch([kind])));
  return apply([...get().filters.filter((kept) => !replaced(kept)), ...added]);
}

// Take away the filters of a field that is empty, or holds what cannot be asked for.
export function without(isOf) {
  const { filters } = get();
  if (filters.some(isOf)) apply(filters.filter((kept) => !isOf(kept)));
}

export const remove = (index) => apply(get().filters.filter((_, i) => i !== index));

export const removeLast = () => remove(get().filters.length - 1);
