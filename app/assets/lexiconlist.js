// Every occurrence of the chosen word in its context, aligned on the word. Only the rows in view are
// on the page; they come from the server block by block.
(() => {
  const stateline = (globalThis.stateline ??= {});
  const at = (id) => document.getElementById(id);
  const ROW = 26; // pixels
  const BLOCK = 200;
  const SPARE = 6; // rows above and below those in view

  const ORDERS = { contribution: "By contribution", reading: "In order" };

  let facts = null;
  let asked = null;
  let order = "contribution";
  let shown = null; // { word, count, largest } of the word shown
  let blocks = new Map(); // number of a block: its rows, or null while it is on the way
  let lit = -1;
  let request = 0; // an answer to an older one is dropped

  function open(next) {
    facts = next;
    shown = null;
    lit = -1;
    blocks = new Map();
    at("lexicon-word").innerHTML = "";
    at("lexicon-occurrences").innerHTML = `<p class="lexicon-empty">Choose a word: in the table or in the plot</p>`;
    stateline.lexiconmap.open(next);
  }

  // All occurrences of the word that is asked for.
  async function show(next) {
    asked = next;
    request += 1;
    const own = request;
    // The page may be another run's by then; that of a series has no such pane.
    const current = () => own === request && at("lexicon-word") !== null;
    const query = { phrase: asked.word, towards: asked.towards, order };
    stateline.lexiconmap.link(facts, asked.word);
    try {
      const [first, places] = await Promise.all([
        stateline.data.json(facts, "words/occurrences", { ...query, start: 0, end: BLOCK }),
        stateline.data.bytes(facts, "words/places", query),
      ]);
      if (!current()) return;
      shown = first;
      blocks = new Map([[0, first.rows]]);
      lit = -1;
      head();
      frame();
      stateline.lexicon.speak(spokenWord());
      stateline.lexiconmap.show(facts, asked.towards, new Float32Array(places));
    } catch (error) {
      if (current()) at("lexicon-occurrences").innerHTML = `<p class="lexicon-empty">${stateline.pure.escape(error.message)}</p>`;
    }
  }

  async function fetchBlock(number) {
    if (blocks.has(number)) return;
    blocks.set(number, null);
    const [own, held] = [request, blocks];
    const range = { start: number * BLOCK, end: (number + 1) * BLOCK };
    const query = { phrase: asked.word, towards: asked.towards, order, ...range };
    try {
      const answer = await stateline.data.json(facts, "words/occurrences", query);
      held.set(number, answer.rows);
    } catch {
      held.delete(number); // Scrolling on asks again.
    }
    if (own === request && at("lexicon")) draw();
  }

  function head() {
    const { escape, percent, signed, thousands } = stateline.pure;
    const { plusMinus } = stateline.lexiconcells;
    const { word, count } = shown;
    const pushed = facts.classes[word.class];
    const effect = `${signed(word.effect)}${plusMinus(word.effect_se)} towards ${escape(pushed.name)}`;
    const orders = Object.entries(ORDERS).map(
      ([key, text]) =>
        `<button type="button" class="tool-button" data-order="${key}" aria-pressed="${key === order}">${text}</button>`,
    );
    const without = word.error_without === null ? "" : `, ${percent(word.error_without)} without`;
    const scope =
      `${thousands(count)} in ${thousands(word.sequences)} of ${thousands(facts.sequences)} sequences` +
      ` · wrong ${percent(word.error_with)} with it${without}`;
    at("lexicon-word").innerHTML =
      `<h2>“${escape(word.phrase)}”</h2>${stateline.classes.chip(pushed, { body: effect })}` +
      `<span class="scope" title="${scope}">${scope}</span>` +
      `<span class="tool-group" role="group" aria-label="Order of the occurrences">${orders.join("")}</span>`;
  }

  // The scroller as high as all rows, and in it those in view.
  function frame() {
    const list = at("lexicon-occurrences");
    list.innerHTML = `<div class="lexicon-all" style="height:${shown.count * ROW}px"></div>`;
    list.style.setProperty("--word", `${wordWidth()}px`);
    list.scrollTop = 0;
    draw();
  }

  // Wide enough for the word as it is written anywhere in the first block.
  function wordWidth() {
    const longest = Math.max(...shown.rows.map(({ word }) => word.map(([text]) => text).join("  ").length));
    return Math.min(260, 22 + 8 * longest);
  }

  function draw() {
    const list = at("lexicon-occurrences");
    const all = list?.querySelector(".lexicon-all");
    if (!all) return;
    const from = Math.max(0, Math.floor(list.scrollTop / ROW) - SPARE);
    const to = Math.min(shown.count, Math.ceil((list.scrollTop + list.clientHeight) / ROW) + SPARE);
    const rows = [];
    for (let i = from; i < to; i += 1) {
      const block = Math.floor(i / BLOCK);
      fetchBlock(block);
      rows.push(markup(i, blocks.get(block)?.[i % BLOCK]));
    }
    all.innerHTML = rows.join("");
    list.setAttribute("aria-activedescendant", lit < 0 ? "" : `occurrence-${lit}`);
  }

  const address = ({ sequence, step }) => stateline.addresses.explore(facts.run, { sequence, step });

  function markup(i, row) {
    const top = `style="top:${i * ROW}px"`;
    if (!row) return `<div class="occurrence" ${top}></div>`;
    const { escape, signed } = stateline.pure;
    const { dot, label: nameOf } = stateline.classes;
    const { label, predicted, sequence, step } = row;
    const name = (index) => facts.classes[index].name;
    const right = label === predicted;
    const says = `#${sequence}, step ${step}: ${name(label)}, classified as ${name(predicted)}`;
    return (
      `<a class="occurrence${i === lit ? " lit" : ""}" id="occurrence-${i}" data-i="${i}" ${top} role="option" tabindex="-1" ` +
      `aria-selected="${i === lit}" href="${address(row)}" title="${escape(says)}">` +
      `<span class="occurrence-number">${signed(row.contribution)}</span>` +
      `<span class="occurrence-before"><span>${words(row.before)}</span></span>` +
      `<span class="occurrence-word" style="${weight(row.contribution)}">${words(row.word, false)}</span>` +
      `<span class="occurrence-after">${words(row.after)}</span>` +
      `<span class="occurrence-class"><span class="tick ${right ? "right" : "wrong"}">${right ? "✓" : "✗"}</span>` +
      `${dot(facts.classes[label])}${nameOf(facts.classes[label])}</span></a>`
    );
  }

  // Words of the context on the colour of the answer after each.
  function words(list, coloured = true) {
    const { escape, ink, stepColour } = stateline.pure;
    return list
      .map(([text, bin, confidence]) => {
        if (!coloured) return escape(text);
        const colour = stepColour(facts.scales.expected, bin, confidence, facts.classes.length);
        return `<span style="background:${colour};color:${ink(colour)}">${escape(text)}</span>`;
      })
      .join(" ");
  }

  // The word itself on the colour of the class that it speaks for, the stronger the more.
  function weight(contribution) {
    const { ink, mix } = stateline.pure;
    const share = shown.largest ? Math.abs(contribution) / shown.largest : 0;
    const colour = mix("#e4e7eb", stateline.lexiconcells.tone(facts, asked.towards, contribution), 0.12 + 0.88 * share);
    return `background:${colour};color:${ink(colour)}`;
  }

  // Light one occurrence here and on the map; with `follow`, bring it into view.
  function light(i, follow = false) {
    lit = i;
    stateline.lexiconmap.light(i);
    const list = at("lexicon-occurrences");
    if (follow && i >= 0) {
      const [above, below] = [i * ROW, (i + 1) * ROW];
      if (above < list.scrollTop || below > list.scrollTop + list.clientHeight) {
        list.scrollTop = above - (list.clientHeight - ROW) / 2;
      }
      draw();
      return;
    }
    for (const row of list.querySelectorAll(".occurrence")) {
      row.classList.toggle("lit", row.dataset.i === String(i));
    }
  }

  // To the sequence, at that step; without loading the page anew.
  function openRow(i) {
    const row = blocks.get(Math.floor(i / BLOCK))?.[i % BLOCK];
    if (row) globalThis.dash_clientside.set_props("_pages_location", { href: address(row) });
  }

  const rowOf = (target) => {
    const row = target.closest?.("#lexicon-occurrences [data-i]");
    return row ? Number(row.dataset.i) : -1;
  };

  document.addEventListener("mouseover", ({ target }) => {
    if (!shown || !at("lexicon")) return;
    const i = rowOf(target);
    if (i >= 0 && i !== lit) light(i);
  });

  document.addEventListener("click", (event) => {
    const i = rowOf(event.target);
    if (i >= 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      openRow(i);
      return;
    }
    const button = event.target.closest?.("#lexicon-word [data-order]");
    if (!button) return;
    order = button.dataset.order;
    show(asked);
  });

  document.addEventListener("scroll", ({ target }) => target.id === "lexicon-occurrences" && draw(), true);

  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "lexicon-occurrences" || !shown) return;
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) light(Math.min(shown.count - 1, Math.max(0, lit + by)), true);
    else if (event.key === "Enter") enter();
    else return;
    event.preventDefault();
    const row = blocks.get(Math.floor(lit / BLOCK))?.[lit % BLOCK];
    if (by && row) stateline.lexicon.speak(spoken(row));
  });

  const spoken = ({ before, word, after }) => [before, word, after].flat().map(([text]) => text).join(" ");

  function spokenWord() {
    const { word, count } = shown;
    const effect = `${stateline.pure.signed(word.effect)} towards ${facts.classes[word.class].name}`;
    return `${word.phrase}: ${effect}, ${stateline.pure.thousands(count)} occurrences`;
  }

  // The lit occurrence, else the first one.
  const enter = () => shown && openRow(Math.max(0, lit));

  new ResizeObserver(() => shown && draw()).observe(document.documentElement);

  stateline.lexiconlist = {
    enter,
    light,
    open,
    show,
    // What tests read.
    state: () => ({ word: shown?.word.phrase ?? null, count: shown?.count ?? 0, lit }),
  };
})();
