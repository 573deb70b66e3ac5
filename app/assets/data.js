// Data of the present run from the GET routes; the browser's own cache holds what was fetched.
(() => {
  const stateline = (globalThis.stateline ??= {});

  // The server's one line on what is wrong, as an error that views can show.
  async function get(facts, path, query = {}) {
    const parameters = new URLSearchParams({ ...query, v: facts.version });
    const address = `/data/${encodeURIComponent(facts.run)}/${path}?${parameters}`;
    let answer;
    try {
      answer = await fetch(address);
    } catch {
      throw new Error("The app does not answer. Is it still running?");
    }
    if (!answer.ok) throw new Error((await answer.text()).split("\n")[0].slice(0, 400));
    return answer;
  }

  const bytes = async (...request) => (await get(...request)).arrayBuffer();
  const json = async (...request) => (await get(...request)).json();

  const held = new Map();
  const MOST_HELD = 12;

  // Arrays are kept by reference: a view that is drawn again need not decode them again.
  function keep(facts, path, query, decode) {
    const key = JSON.stringify([facts.run, facts.version, path, query]);
    if (!held.has(key)) {
      const made = bytes(facts, path, query).then(decode);
      made.catch(() => held.delete(key));
      held.set(key, made);
      if (held.size > MOST_HELD) held.delete(held.keys().next().value);
    }
    return held.get(key);
  }

  const halves = (buffer) => ({
    x: new Float32Array(buffer, 0, buffer.byteLength / 8),
    y: new Float32Array(buffer, buffer.byteLength / 2),
  });

  stateline.data = {
    points: (facts, projection) =>
      keep(facts, `points/${encodeURIComponent(projection)}`, {}, halves),
    colours: (facts, colour, projection) =>
      keep(facts, `colours/${colour}`, { projection }, (buffer) =>
        facts.binBytes === 1 ? new Uint8Array(buffer) : new Uint16Array(buffer),
      ),
    offsets: (facts) =>
      keep(facts, "lengths", {}, (buffer) => stateline.pure.offsetsOf(new Uint32Array(buffer))),
    sequence: (facts, id, projection) => json(facts, `sequence/${id}`, { projection }),
    rows: (facts, query) => json(facts, "rows", query),
    position: (facts, id, query) => json(facts, `position/${id}`, query),
  };
})();
