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

    chosenFigure(choice, figures) {
      return figures?.[choice] ?? dash.no_update;
    },

    // What was clicked in a chart has an address of its own, or its trace has one.
    goToPoint(click, figure) {
      const point = click?.points?.[0];
      if (!point) return dash.no_update;
      const own = typeof point.customdata === "string" ? point.customdata : null;
      return own ?? figure.data[point.curveNumber].meta ?? dash.no_update;
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
