// The filter bar: every brush is a chip, all chips count together, and what does not pass stays
// visible but muted.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const SINGLE = new Set(["actual", "predicted", "correct", "confidence", "steps", "word", "cluster"]);
  const WAIT = 250; // milliseconds after the last key of a search

  const SEARCH =
    '<input type="search" id="search" placeholder="Search the texts ( / )" maxlength="200" ' +
    'aria-label="Search the texts" autocomplete="off" spellcheck="false">' +
    '<button type="button" id="search-regex" class="tool-button" aria-pressed="false" ' +
    'title="Regular expression" aria-label="Regular expression">.*</button>';

  const WORD =
    '<input type="text" id="filter-word" maxlength="200" placeholder="a word, or two" ' +
    'autocomplete="off" spellcheck="false">';

  const NO_SEARCH =
    '<p class="note">A series has no text to search: brush it, or + Filter</p>';

  let facts = null;
  let filters = [];
  let counts = null; // { sequences, states } that pass
  let asked = 0;

  const at = (id) => document.getElementById(id);
  const text = () => (filters.length ? JSON.stringify(filters) : "");
  const isSearch = ([kind]) => kind === "search" || kind === "regex";

  // A chip's words.
  function chipText([kind, ...values], of) {
    const { percent } = stateline.pure;
    const name = (index) => of.classes[index].name;
    const map = (id) => of.projections.find((entry) => entry.id === id)?.method ?? id;
    switch (kind) {
      case "actual":
        return `class: ${name(values[0])}`;
      case "predicted":
        return `classified as: ${name(values[0])}`;
      case "correct":
        return values[0] ? "classified correctly" : "classified wrongly";
      case "confidence":
        return `confidence: ${percent(values[0])} to ${percent(values[1])}`;
      case "steps":
        return `steps ${values[0]} to ${values[1]}`;
      case "search":
        return `text: “${values[0]}”`;
      case "regex":
        return `text: /${values[0]}/`;
      case "word":
        return `word: ${values[0]}`;
      case "cluster":
        return `cluster: ${stateline.clusters.chipName(of, ...values)}`;
      default:
        return `${kind} on ${map(values[0])}`;
    }
  }

  function drawBar() {
    const { escape, thousands } = stateline.pure;
    const chips = filters.map((filter, index) => {
      const words = escape(chipText(filter, facts));
      return (
        `<button type="button" class="chip" data-filter="${index}" title="Take this filter away"` +
        ` aria-label="Take away the filter ${words}">${words}<span aria-hidden="true">×</span></button>`
      );
    });
    at("filter-chips").innerHTML =
      chips.join("") || '<span class="filter-none">All sequences pass: no filter is set</span>';
    const share = counts
      ? `${thousands(counts.sequences)} of ${thousands(facts.sequences)} sequences · ` +
        `${thousands(counts.states)} of ${thousands(facts.states)} states`
      : `${thousands(facts.sequences)} sequences · ${thousands(facts.states)} states`;
    const links = ["csv", "parquet"].map(
      (form) =>
        `<a href="${stateline.data.statesFile(facts, form, filters)}" download ` +
        `title="These states as a table: words, classes, answers, places">${form.toUpperCase()}</a>`,
    );
    const clear = filters.length
      ? '<button type="button" id="filter-clear" class="text-button">Clear</button>'
      : "";
    at("filter-count").innerHTML = `<span>${share}</span>${clear}<span class="filter-save">${links.join("")}</span>`;
  }

  // Take up other filters: asked of the server first, so that a wrong one changes nothing.
  async function apply(next, { remember = true } = {}) {
    const request = (asked += 1);
    let passes = null;
    let found = null;
    if (next.length) {
      try {
        ({ passes, counts: found } = await stateline.data.passing(facts, next));
      } catch (error) {
        if (request === asked) note(error.message);
        return false;
      }
      if (request !== asked) return false;
    }
    filters = next;
    counts = found;
    note(null);
    drawBar();
    fillSearch();
    stateline.explore.filtered(filters, passes, remember);
    stateline.table.refresh();
    return true;
  }

  function note(line) {
    const element = at("filter-note");
    element.hidden = line === null;
    element.textContent = line ?? "";
  }

  function add(...added) {
    const replaced = (kept) =>
      added.some(([kind]) => (SINGLE.has(kind) && kept[0] === kind) || (isSearch(kept) && isSearch([kind])));
    return apply([...filters.filter((kept) => !replaced(kept)), ...added]);
  }

  const remove = (index) => apply(filters.filter((_, i) => i !== index));

  // The search field says what the chips say; a series has none.
  function fillSearch() {
    const field = at("search");
    if (!field || document.activeElement === field) return;
    const found = filters.find(isSearch);
    field.value = found ? found[1] : "";
    if (found) pattern(found[0] === "regex");
  }

  const isPattern = () => at("search-regex").getAttribute("aria-pressed") === "true";
  const pattern = (on) => at("search-regex").setAttribute("aria-pressed", String(on));

  let waiting = null;
  function search() {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const written = at("search")?.value ?? "";
      if (written) add([isPattern() ? "regex" : "search", written.slice(0, 200)]);
      else if (filters.some(isSearch)) apply(filters.filter((kept) => !isSearch(kept)));
    }, WAIT);
  }

  // The menu: one line a kind of filter that no view offers, or not exactly.
  function menuMarkup() {
    const { escape } = stateline.pure;
    const options = facts.classes.map(({ name }, index) => `<option value="${index}">${escape(name)}</option>`);
    const line = (label, body) => `<label class="menu-line"><span>${label}</span>${body}</label>`;
    const range = (id, from, to, step, most) =>
      `<span class="menu-range"><input type="number" id="${id}-from" min="0" max="${most}" step="${step}" ` +
      `value="${from}" aria-label="from"> to <input type="number" id="${id}-to" min="0" max="${most}" ` +
      `step="${step}" value="${to}" aria-label="to"></span>`;
    const select = (kind, chosen) =>
      `<select data-adds="${kind}"><option value="">any</option>${chosen.join("")}</select>`;
    return [
      line("Class", select("actual", options)),
      line("Classified as", select("predicted", options)),
      line("Result", select("correct", ['<option value="true">right</option>', '<option value="false">wrong</option>'])),
      line("Confidence, %", range("filter-confidence", 0, 100, 1, 100)),
      line("Steps", range("filter-steps", 0, facts.longest - 1, 1, facts.longest - 1)),
      stateline.series.isSeries(facts) ? "" : line("Word just read", WORD),
      line("Cluster", '<select data-adds="cluster" id="filter-cluster"><option value="">any</option></select>'),
      '<p class="note">Or brush: a bar or cell of the overview, box and lasso on the map, a drag across the heatmap or the distances.</p>',
    ].join("");
  }

  function fromMenu(target) {
    const kind = target.dataset?.adds;
    if (kind) {
      if (target.value === "") apply(filters.filter(([other]) => other !== kind));
      else add([kind, ...[JSON.parse(target.value)].flat()]);
      return;
    }
    if (target.id === "filter-word") {
      const phrase = target.value.trim();
      if (phrase) add(["word", phrase]);
      else apply(filters.filter(([other]) => other !== "word"));
      return;
    }
    const name = target.id?.match(/^filter-(confidence|steps)-(from|to)$/)?.[1];
    if (!name) return;
    const [from, to] = ["from", "to"].map((end) => Number(at(`filter-${name}-${end}`).value));
    const share = name === "confidence" ? 100 : 1;
    if (Number.isFinite(from) && from <= to) add([name, from / share, to / share]);
  }

  // The clusters of the present map are known: the menu offers them, and chips have their names.
  function clustered() {
    const { escape } = stateline.pure;
    const groups = stateline.clusters.choices().map(({ name, rows }) => {
      const options = rows.map(({ text: words, value }) => `<option value="${escape(value)}">${escape(words)}</option>`);
      return `<optgroup label="${name}">${options.join("")}</optgroup>`;
    });
    at("filter-cluster").innerHTML = `<option value="">any</option>${groups.join("")}`;
    drawBar();
  }

  document.addEventListener("change", (event) => {
    if (event.target.closest?.("#filter-menu")) fromMenu(event.target);
  });

  document.addEventListener("input", (event) => {
    if (event.target.id === "search") search();
  });

  document.addEventListener("click", (event) => {
    if (!facts) return;
    const chip = event.target.closest?.(".chip[data-filter]");
    if (chip) remove(Number(chip.dataset.filter));
    else if (event.target.closest?.("#filter-clear")) apply([]);
    else if (event.target.closest?.("#search-regex")) {
      pattern(!isPattern());
      search();
    } else fromOverview(event.target);
  });

  document.addEventListener("keydown", (event) => {
    if (!facts || (event.key !== "Enter" && event.key !== " ")) return;
    if (event.target.matches?.("#overview [data-class][tabindex]")) {
      event.preventDefault();
      fromOverview(event.target);
    }
  });

  // A confusion cell, a class's bar or a segment of it.
  function fromOverview(target) {
    const part = target.closest?.("#overview [data-class]");
    if (!part) return;
    const { class: actual, predicted } = part.dataset;
    const added = [["actual", Number(actual)]];
    if (predicted !== undefined) added.push(["predicted", Number(predicted)]);
    add(...added);
  }

  stateline.filters = {
    add,
    apply,
    chipText,
    clustered,
    remove,
    drawBar,
    text,
    removeLast: () => remove(filters.length - 1),
    count: () => filters.length,
    open(next) {
      facts = next;
      [filters, counts] = [[], null];
      at("filter-menu").innerHTML = menuMarkup();
      at("search-box").innerHTML = stateline.series.isSeries(next) ? NO_SEARCH : SEARCH;
      note(null);
      drawBar();
      fillSearch();
      if (next.selection.filters.length) apply(next.selection.filters, { remember: false });
    },
  };
})();
