// What `make bench-app` measures inside the page: from an event to what it drew. Loaded before the
// page's own scripts, so that its listeners run first and its clock starts with the navigation.
(() => {
  const frame = globalThis.requestAnimationFrame.bind(globalThis);
  const draws = () => globalThis.stateline?.overlayDraws ?? 0;
  let move = null; // the mouse move being measured: { drawn, start, end, shown }

  // When everything that the present frame draws is on its way to the screen.
  const afterFrame = (then) =>
    frame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener("message", then);
      port1.start();
      port2.postMessage(null);
    });

  // Each drawing of the overlay since the move began puts its end further back.
  const note = () => {
    if (!move || move.start === null || draws() === move.drawn) return;
    move.drawn = draws();
    move.end = performance.now();
  };

  // Work that a handler puts off to the next frame belongs to the move as well.
  globalThis.requestAnimationFrame = (callback) =>
    frame((now) => {
      callback(now);
      note();
    });

  for (const kind of ["pointerover", "mouseover", "pointermove", "mousemove"]) {
    const begin = () => {
      if (move) move.start ??= performance.now();
    };
    addEventListener(kind, begin, true);
    addEventListener(kind, () => {
      note();
      const present = move;
      if (present) afterFrame(() => (present.shown = performance.now()));
    });
  }

  const once = (target, kind) =>
    new Promise((resolve) => {
      target.addEventListener(kind, resolve, { once: true });
    });

  // Asks again after every task, so that the answer is late by a fraction of a millisecond.
  async function until(condition, milliseconds) {
    const began = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.start();
    while (!condition()) {
      if (performance.now() - began > milliseconds) return false;
      const received = once(port1, "message");
      port2.postMessage(null);
      await received;
    }
    return true;
  }

  // Middle of each step's element of a view, as far as the mouse can reach it: [t, x, y].
  function targets(view) {
    if (view === "map") {
      const box = document.getElementById("map-frame").getBoundingClientRect();
      const count = document.querySelectorAll("#words [data-t]").length;
      return Array.from({ length: count }, (_, t) => {
        const [x, y] = stateline.overlay.spot(t);
        return [t, box.left + x, box.top + y];
      }).filter(([, x, y]) => document.elementFromPoint(x, y)?.closest("#map-frame"));
    }
    return [...document.querySelectorAll(`#${view} [data-t]`)]
      .map((element) => {
        const box = element.getBoundingClientRect();
        return [Number(element.dataset.t), box.left + box.width / 2, box.top + box.height / 2];
      })
      .filter(([t, x, y]) => {
        const there = document.elementFromPoint(x, y)?.closest(`#${view} [data-t]`);
        return there && Number(there.dataset.t) === t;
      });
  }

  // Time from a change of a control to the overlay's drawing; null where it does not draw.
  async function change(control, value) {
    const before = draws();
    const began = performance.now();
    if (control.type === "checkbox" || control.type === "radio") control.click();
    else {
      // The framework under the page notices a value only when the element's own setter has set it.
      const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), "value");
      set.call(control, value);
      control.dispatchEvent(new Event("input", { bubbles: true }));
      control.dispatchEvent(new Event("change", { bubbles: true }));
    }
    const drawn = await until(() => draws() > before, 1500);
    return drawn ? performance.now() - began : null;
  }

  function values(control) {
    if (control.tagName === "SELECT") return [...control.options].map(({ value }) => value);
    if (control.type !== "range") return [null, null];
    const [least, most] = [Number(control.min || 0), Number(control.max || 100)];
    return [0.3, 0.7].map((share) => String(least + share * (most - least)));
  }

  const KINDS = ['input[type="checkbox"]', 'input[type="radio"]', 'input[type="range"]', "select"];
  const CONTROLS = KINDS.map((kind) => `${kind}:enabled`).join(",");

  function nameOf(control) {
    const label = control.labels?.[0];
    const spoken = control.getAttribute("aria-label");
    const written = label?.querySelector("span")?.textContent ?? label?.textContent;
    return (spoken ?? written ?? control.id).trim() || control.id || control.type;
  }

  // Every control of the panel, changed to and fro: [{ name, milliseconds }]; null without a panel.
  async function controls(times) {
    const panel = document.getElementById("view-controls");
    if (!panel) return null;
    const measured = [];
    for (let index = 0; index < panel.querySelectorAll(CONTROLS).length; index += 1) {
      const taken = [];
      const first = panel.querySelectorAll(CONTROLS)[index];
      const [name, original, choices] = [nameOf(first), first.value, values(first)];
      for (let time = 0; time < times; time += 1) {
        // Looked up anew: a change may have put another element in its place.
        const control = panel.querySelectorAll(CONTROLS)[index];
        taken.push(await change(control, choices[(time + 1) % choices.length]));
        if (time === 1 && taken.every((each) => each === null)) break;
        await new Promise((resolve) => {
          afterFrame(resolve);
        });
      }
      if (first.type === "range" || first.tagName === "SELECT") {
        await change(panel.querySelectorAll(CONTROLS)[index], original);
      }
      measured.push({ name, milliseconds: taken });
    }
    return measured;
  }

  const opened = { usable: null };

  // The map is usable once its points are drawn and nothing says that it is still loading.
  function watchMap() {
    const plot = document.querySelector("#map .js-plotly-plot");
    const usable = () => {
      if (opened.usable !== null || !(globalThis.stateline?.points > 0)) return;
      if (!plot.calcdata?.length || plot.calcdata.length !== plot.data?.length) return;
      if (!document.getElementById("map-message")?.hidden) return;
      afterFrame(() => (opened.usable ??= performance.now()));
    };
    if (plot?.on) {
      plot.on("plotly_afterplot", usable);
      usable();
    } else frame(watchMap);
  }
  frame(watchMap);

  globalThis.bench = {
    controls,
    opened,
    targets,
    until,
    begin: () => (move = { drawn: draws(), start: null, end: null, shown: null }),
    read: () => move,
  };
})();
