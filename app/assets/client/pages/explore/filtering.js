// @ts-check
// The filters that are set: all of them count together, and the server says what passes.

import * as data from "../../lib/data.js";
import { get, update } from "./selection.js";

/** @import { Filter } from "./types" */

const SINGLE = new Set(["actual", "predicted", "correct", "confidence", "steps", "word", "cluster"]);

let asked = 0; // number of the last request
let taken = 0; // of the newest whose answer was taken up: answers to older ones come too late
/** @type {{ facts: unknown, filters: Filter[] } | null} */
let pending = null; // what the last request asked for, while its answer is under way

/** @param {Filter} filter */
export const isSearch = ([kind]) => kind === "search" || kind === "regex";

const tell = (line) => update({ filterProblem: line });

// The filters that stand once the answers under way have come: a change made before that adds to them.
export function latest() {
  const { facts, filters } = get();
  return pending?.facts === facts ? pending.filters : filters;
}

// Take up other filters: asked of the server first, so that a wrong one changes nothing; `say`
// tells what is wrong. False where they were not taken up.
/** @param {Filter[]} next @param {import("./selection.js").Writing & { say?: (line: string) => void }} options */
export async function apply(next, { history = "push", say = tell } = {}) {
  const request = (asked += 1);
  const { facts } = get();
  if (history === null) taken = request - 1; // An address replaces what is under way.
  pending = { facts, filters: next };
  const answered = () => {
    if (request === asked) pending = null;
    return request > taken && get().facts === facts;
  };
  let passing = null;
  try {
    if (next.length) passing = await data.passing(facts, next);
  } catch (error) {
    if (answered() && request === asked) say(error.message);
    return false;
  }
  if (!answered()) return false;
  taken = request;
  update({ filters: next, passing, filterProblem: null }, { history });
  return true;
}

// Add filters; one of a kind that can be set once only takes the place of the one before.
export function add(...added) {
  const replaced = (kept) =>
    added.some(([kind]) => (SINGLE.has(kind) && kept[0] === kind) || (isSearch(kept) && isSearch([kind])));
  return apply([...latest().filter((kept) => !replaced(kept)), ...added]);
}

// Take away the filters of a field that is empty, or holds what cannot be asked for.
export function without(isOf) {
  const filters = latest();
  if (filters.some(isOf)) apply(filters.filter((kept) => !isOf(kept)));
}

export const remove = (filter) => apply(latest().filter((kept) => kept !== filter));

export const removeLast = () => apply(latest().slice(0, -1));
