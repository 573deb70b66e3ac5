"""The sections of the help page, in reading order."""

from dataclasses import dataclass

from dash import html

from stateline.app.help.decisions import decisions_section
from stateline.app.help.evidence import evidence_section
from stateline.app.help.neighbours import clusters_section, neighbours_section, orders_section
from stateline.app.help.parts import Body, terms
from stateline.app.help.tables import LIMITS
from stateline.app.help.tools import (
    filters_section,
    keep_section,
    keys_section,
    labels_section,
    pinned_section,
    typed_section,
)
from stateline.app.help.units import units_section
from stateline.app.help.views import (
    layers_section,
    map_section,
    overview_section,
    series_section,
    steps_section,
    terms_section,
    words_section,
)
from stateline.app.help.words import words_page_section


@dataclass(frozen=True)
class Section:
    """One section.

    name   in the address, after `#help-`
    title  heading, and entry of the contents
    body   children under the heading
    """

    name: str
    title: str
    body: Body

    @property
    def anchor(self) -> str:
        """Return the id of its element, which differs from the ids of the views."""
        return f"help-{self.name}"


def sections(walk: html.Div) -> list[Section]:
    """Return all sections in reading order; `walk` is the walk through the demo run."""
    return [
        Section("terms", "What is shown", terms_section()),
        Section("overview", "Overview", overview_section()),
        Section("words", "Words", words_section()),
        Section("series", "Numeric series", series_section()),
        Section("heatmap", "Heatmap and distances", steps_section()),
        Section("evidence", "Contributions and the turning point", evidence_section()),
        Section("map", "Map and trajectory", map_section()),
        Section("clusters", "Names of clusters", clusters_section()),
        Section("neighbours", "Nearest states", neighbours_section()),
        Section("layers", "Layers and kinds of state", layers_section()),
        Section("labels", "Labels along the trajectory", labels_section()),
        Section("filters", "Filters", filters_section()),
        Section("orders", "Ready orders", orders_section()),
        Section("words-page", "Words page", words_page_section()),
        Section("decisions", "When does the model decide?", decisions_section()),
        Section("units", "Hidden units", units_section()),
        Section("pinned", "Two sequences", pinned_section()),
        Section("typed", "A text of your own", typed_section()),
        Section("keys", "Keys", keys_section()),
        Section("keep", "Saving and sharing", keep_section()),
        Section("walk", "A walk through demo-reviews", [walk]),
        Section("limits", "Limits", [terms(LIMITS)]),
    ]
