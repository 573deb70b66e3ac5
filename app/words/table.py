"""The table of words and phrases."""

from dash import html

from stateline.app import ids
from stateline.app.layout.grid import Definition, definition, grid
from stateline.app.words.queries import COLUMNS

OPTIONS = {
    "localeText": {"noRowsToShow": "No word passes: lower the minimum count, or clear filters"},
    "headerHeight": 44,  # two lines
}
NUMBERED = "decimals(params.value)"
SHARED = "percent(params.value)"


def words_table() -> html.Div:
    """Return the table, the surest effects first; scripts draw its cells."""
    two_lines: Definition = {"wrapHeaderText": True}
    definitions = [
        definition(column) | two_lines | RENDERED.get(column.name, {}) for column in COLUMNS
    ]
    return grid(ids.WORDS_TABLE, "All words and phrases", definitions, "phrase", OPTIONS)


RENDERED: dict[str, Definition] = {
    "phrase": {"pinned": "left", "tooltipField": "phrase"},
    "count": {"valueFormatter": {"function": "whole(params.value)"}},
    "sequences": {"valueFormatter": {"function": "whole(params.value)"}},
    "towards": {"cellRenderer": "WordClassCell"},
    "effect": {"cellRenderer": "EffectCell"},
    "sure": {"valueFormatter": {"function": NUMBERED}, "sort": "desc"},
    "contribution": {"cellRenderer": "ContributionCell"},
    "spread": {"valueFormatter": {"function": NUMBERED}},
    "distance": {"valueFormatter": {"function": NUMBERED}},
    "error_with": {"valueFormatter": {"function": SHARED}},
    "error_without": {"valueFormatter": {"function": SHARED}},
    "train": {"cellRenderer": "SharesCell", "cellRendererParams": {"split": "train"}},
    "test": {"cellRenderer": "SharesCell", "cellRendererParams": {"split": "test"}},
    "shortcut": {"valueFormatter": {"function": NUMBERED}},
}
