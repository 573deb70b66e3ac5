// What Dash calls when an element of the page changes; app/callbacks.py names the elements. The
// scripts of a page are ES modules, loaded when that page is opened; Dash itself takes classic
// scripts only, of which this is one.
(() => {
  const dash = (globalThis.dash_clientside ??= {});
  globalThis.stateline ??= {}; // what tests read (client/lib/inspect.js)
  const modules = document.querySelector('meta[name="stateline-modules"]').content;
  const loaded = {}; // modules of pages by name: what each page's main.js exports

  async function page(name) {
    loaded[name] ??= await import(`${modules}/client/pages/${name}/main.js`);
    return loaded[name];
  }

  // Their files are under way while Dash asks for the page's layout. A file that does not come is
  // asked for again, and missed, by what needs it.
  const PAGES = ["explore", "words", "units", "decisions", "help"];
  const fetched = (promise) => promise.catch(() => {});
  function follow() {
    const [, name] = location.pathname.split("/");
    if (PAGES.includes(name)) fetched(page(name));
  }
  fetched(import(`${modules}/client/lib/shell.js`));
  follow();
  addEventListener("_dashprivate_pushstate", follow);

  // Back and Forward within a page are the page's own. Listeners of a window run in the order in which
  // they were added, and this one comes before Dash's.
  addEventListener("popstate", (event) => {
    for (const { onPopstate } of Object.values(loaded)) onPopstate?.(event);
  });

  // The grid looks its functions and cells up before the page's modules have come; it has no values
  // to show before that either.
  const late = (kind, names, none) =>
    Object.fromEntries(
      names.map((name) => [
        name,
        (asked) => Object.values(loaded).find((of) => of[kind]?.[name])?.[kind][name](asked) ?? none,
      ]),
    );
  Object.assign(
    (globalThis.dashAgGridFunctions ??= {}),
    late("formats", ["percent", "whole", "decimals"], ""),
  );
  Object.assign(
    (globalThis.dashAgGridComponentFunctions ??= {}),
    late("cells", ["ClassCell", "PictureCell", "CorrectCell"], null), // Explore's
    late("cells", ["WordClassCell", "EffectCell", "ContributionCell", "SharesCell"], null), // Words'
  );

  dash.stateline = {
    async mapFigure(facts, projection, colour) {
      if (!facts || !projection || !colour) return dash.no_update;
      const { showMap } = await page("explore");
      return (await showMap(facts, projection, colour)) ?? dash.no_update;
    },

    projectionsOfLayer(layer, present, facts) {
      if (!facts || !layer) return [dash.no_update, dash.no_update];
      const here = facts.projections.filter((entry) => entry.layer === layer);
      const options = here.map(({ id, method }) => ({ label: method, value: id }));
      const method = facts.projections.find(({ id }) => id === present)?.method;
      const same = here.find((entry) => entry.method === method) ?? here[0];
      // The map is drawn for the new projection only, not once more for the one it shows.
      return [options, same.id === present ? dash.no_update : same.id];
    },

    async tableRows(request, facts) {
      if (!request || !facts) return dash.no_update;
      return (await page("explore")).tableRows(request, facts);
    },

    // `rest` is the choice, of a chart that has one, and the figure that it shows.
    async chosenFigure(figures, theme, ...rest) {
      const { triggered } = dash.callback_context; // that of another callback once this one waits
      const present = rest.pop();
      const figure = figures?.[rest[0] ?? ""];
      if (!figure) return dash.no_update;
      const { haveSameColours, themed, tone } = await page("decisions");
      const next = themed(figure, tone("--surface"), tone("--ink"));
      // Most changes of the theme reach a chart by its style sheet alone.
      const isTheme = triggered.length && triggered.every(({ prop_id }) => prop_id === "decisions-theme.data");
      return isTheme && haveSameColours(next, present) ? dash.no_update : next;
    },

    // The tooltip below a chart, and a pointer over what leads somewhere.
    async overPoint(hover, figure, id) {
      return (await page("decisions")).showPoint(hover?.points?.[0], figure, id);
    },

    async goToPoint(click, figure) {
      const point = click?.points?.[0];
      if (!point) return dash.no_update;
      const { hideTooltip, hrefOf } = await page("decisions");
      hideTooltip();
      return hrefOf(point, figure) || dash.no_update;
    },

    chosenBins(choice) {
      return ["end", "half", "quarter"].map((each) => each !== choice);
    },

    async decisionsAddress(defaults, ...chosen) {
      if (!defaults) return dash.no_update;
      return (await page("decisions")).writeAddress(defaults, chosen);
    },

    async unitsPage(facts) {
      if (!facts) return dash.no_update;
      (await page("units")).open(facts);
      return facts.run;
    },

    async wordsPage(facts) {
      if (!facts) return dash.no_update;
      (await page("words")).open(facts);
      return facts.run;
    },

    async wordRows(request, facts) {
      if (!request || !facts) return dash.no_update;
      return (await page("words")).rows(request, facts);
    },
  };
})();
