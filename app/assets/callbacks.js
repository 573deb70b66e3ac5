// What Dash calls when an element of the page changes; app/callbacks.py names the elements.
(() => {
  const dash = (globalThis.dash_clientside ??= {});
  const stateline = (globalThis.stateline ??= {});

  dash.stateline = {
    async mapFigure(facts, projection, colour) {
      if (!facts || !projection || !colour) return dash.no_update;
      return (await stateline.explore.showMap(facts, projection, colour)) ?? dash.no_update;
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

    // `rest` is the choice, of a chart that has one, and the figure that it shows.
    chosenFigure(figures, theme, ...rest) {
      const present = rest.pop();
      const figure = figures?.[rest[0] ?? ""];
      if (!figure) return dash.no_update;
      const { tone } = stateline.theme;
      const drawn = stateline.decisions.drawn(figure, tone("--surface"), tone("--ink"));
      // Most themes' changes reach a chart by its style sheet alone.
      const { triggered } = dash.callback_context;
      const turned = triggered.length && triggered.every(({ prop_id }) => prop_id === "decisions-theme.data");
      return turned && stateline.decisions.alike(drawn, present) ? dash.no_update : drawn;
    },

    // The tooltip below a chart, and a pointer over what leads somewhere.
    overPoint(hover, figure, id) {
      return stateline.decisions.over(hover?.points?.[0], figure, id);
    },

    goToPoint(click, figure) {
      const point = click?.points?.[0];
      if (!point) return dash.no_update;
      stateline.tooltip.hide();
      return stateline.decisions.way(point, figure) || dash.no_update;
    },

    chosenBins(choice) {
      return ["end", "half", "quarter"].map((each) => each !== choice);
    },

    decisionsAddress(usual, ...chosen) {
      if (!usual) return dash.no_update;
      return stateline.decisions.remember(usual, chosen);
    },

    unitsPage(facts) {
      if (!facts) return dash.no_update;
      stateline.units.open(facts);
      return facts.run;
    },

    wordsPage(facts) {
      if (!facts) return dash.no_update;
      stateline.lexicon.open(facts);
      return facts.run;
    },

    async wordRows(request, facts) {
      if (!request || !facts) return dash.no_update;
      return stateline.lexicon.rows(request, facts);
    },

    async tableRows(request, facts) {
      if (!request || !facts) return dash.no_update;
      try {
        return await stateline.table.rows(request, facts);
      } catch (error) {
        stateline.table.say(error.message);
        return { rowData: [], rowCount: 0 };
      }
    },
  };
})();
