// The Words page: which words are asked for and which is chosen; table, plot and occurrences follow.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const at = (id) => document.getElementById(id);
  const WAIT = 250; // milliseconds after the last key of a search

  let facts = null;
  let asked = {}; // { towards, kind, least, search, word } as the address says it
  let columns = ""; // the filters of the grid's own columns
  let given = 0; // requests for what is shown above the table; an answer to an older one is dropped

  const query = () => {
    const { towards, kind, least, search } = asked;
    return { towards, kind, least, search };
  };

  const table = stateline.grid.table({
    id: "lexicon-table",
    key: (row) => row.phrase,
    more: query,
    rows: (wanted) => stateline.data.json(facts, "words", wanted),
    position: (phrase, order) => stateline.data.json(facts, "words/position", { ...order, phrase }),
  });

  // Take up a run; called by whatever comes first, and does nothing for the run that is open.
  function open(next) {
    if (facts === next) return;
    const again = facts !== null;
    facts = next;
    asked = { ...next.asked };
    columns = "";
    table.open();
    stateline.lexiconbar.open(next, asked);
    stateline.lexiconplot.open(next);
    stateline.lexiconlist.open(next);
    table.attach((phrase) => choose(phrase));
    if (again) table.refresh();
    if (asked.word !== null) choose(asked.word);
    shown();
  }

  // Plot and shortcuts follow what the table was asked for.
  async function shown() {
    const request = (given += 1);
    const current = () => request === given && at("lexicon-plot-note") !== null; // a series has no plot
    try {
      await Promise.all([points(current), asked.kind === "shortcuts" && shortcuts(current)]);
    } catch (error) {
      if (current()) stateline.lexiconbar.say(error.message);
    }
  }

  async function points(current) {
    const answer = await stateline.data.json(facts, "words/points", { ...query(), columns });
    if (current()) stateline.lexiconplot.draw(answer, asked);
  }

  async function shortcuts(current) {
    const range = { start: 0, end: stateline.lexiconshortcuts.MOST };
    const answer = await stateline.data.json(facts, "words", { ...query(), ...range });
    if (!current()) return;
    stateline.lexiconshortcuts.draw(facts, answer, asked.word);
    counted(answer);
    chooseFirst(answer.rows);
  }

  // A block of rows for the grid's request; the first word is chosen where none is.
  async function rows(request, present) {
    open(present);
    try {
      const answer = await table.rows(request);
      counted(answer);
      if (table.order().columns !== columns) {
        columns = table.order().columns;
        shown();
      }
      if (asked.kind !== "shortcuts") chooseFirst(answer.rows);
      return { rowData: answer.rows, rowCount: answer.count };
    } catch (error) {
      stateline.lexiconbar.say(error.message);
      return { rowData: [], rowCount: 0 };
    }
  }

  function chooseFirst(found) {
    if (asked.word === null && found.length) choose(found[0].phrase);
  }

  const counted = ({ count, rare }) => stateline.lexiconbar.count(facts, asked, count, rare);

  // Another kind, search, least count or class: everything is asked for anew.
  function ask(change) {
    asked = { ...asked, ...change };
    remember();
    table.refresh();
    shown();
    if ("towards" in change && asked.word !== null) stateline.lexiconlist.show(asked);
  }

  let typing = null;
  let written = {}; // what was typed since the last request, in any field
  function askSoon(change) {
    clearTimeout(typing);
    written = { ...written, ...change };
    typing = setTimeout(() => {
      ask(written);
      written = {};
    }, WAIT);
  }

  // Show a word everywhere.
  function choose(phrase) {
    asked = { ...asked, word: phrase };
    remember();
    table.select(phrase);
    stateline.lexiconplot.mark(phrase);
    stateline.lexiconshortcuts.mark(phrase);
    stateline.lexiconlist.show(asked);
  }

  function speak(line) {
    const live = at("live");
    if (live) live.textContent = line;
  }

  // The address follows: what differs from the run's usual only.
  function remember() {
    const parts = new URLSearchParams();
    for (const [key, value] of Object.entries(asked)) {
      if (value !== null && value !== facts.usual[key]) parts.set(key, value);
    }
    const text = parts.toString();
    history.replaceState(history.state, "", location.pathname + (text ? `?${text}` : ""));
  }

  async function step(by) {
    const next = asked.kind === "shortcuts" ? stateline.lexiconshortcuts.neighbour(by) : await table.neighbour(by);
    if (next !== null) choose(next);
  }

  // Keys that belong to a field or to a header of the grid stay with it.
  const isTaken = (target) =>
    target.closest?.("input, select, textarea, button, a, .ag-header, .ag-popup, header, [role='listbox']");

  document.addEventListener(
    "keydown",
    (event) => {
      const { key, target } = event;
      if (!facts || !at("lexicon") || event.ctrlKey || event.metaKey || event.altKey || isTaken(target)) return;
      if (key === "ArrowDown") step(1);
      else if (key === "ArrowUp") step(-1);
      else if (key === "Enter" && asked.word !== null) stateline.lexiconlist.enter();
      else if (key === "/") at("lexicon-search")?.focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  stateline.lexicon = { ask, asked: () => asked, askSoon, choose, facts: () => facts, open, rows, speak };
})();
