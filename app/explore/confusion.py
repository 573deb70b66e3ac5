"""Confusion matrix: rows actual, columns predicted, shaded by the share of the row."""

from collections.abc import Sequence

import numpy as np
from dash import html

from stateline.app import ids
from stateline.app.figures.colours import ink, mix
from stateline.app.layout.elements import attributes

MAX_NUMBERED = 8  # classes; beyond, cells are small and carry their numbers as titles
# Of the light mode; the styles have the dark mode's, on which white reads throughout.
LIGHTEST, DARKEST = "#EEF1F4", "#24507A"


def confusion(matrix: Sequence[Sequence[int]], names: list[str], colours: list[str]) -> html.Div:
    """The matrix as a table; each cell carries its two classes for scripts."""
    counts = np.array(matrix, dtype=np.int64)
    numbered = len(names) <= MAX_NUMBERED
    head = html.Tr(
        [
            html.Td(className="confusion-corner"),
            *(_heading(names[c], colours[c], numbered, "col") for c in range(len(names))),
        ]
    )
    rows = [
        html.Tr(
            [
                _heading(names[label], colours[label], True, "row"),
                *(_cell(counts, label, column, names, numbered) for column in range(len(names))),
            ]
        )
        for label in range(len(names))
    ]
    return html.Div(
        html.Table(
            [html.Thead(head), html.Tbody(rows)],
            className="confusion-table" if numbered else "confusion-table confusion-small",
            **attributes(aria_label="Confusion matrix: rows actual, columns predicted class"),
        ),
        id=ids.CONFUSION,
        className="confusion",
    )


def _heading(name: str, colour: str, named: bool, scope: str) -> html.Th:
    dot = html.Span(className="class-dot", style={"background": colour})
    text = html.Span(name, className="confusion-name") if named else None
    return html.Th([dot, text], scope=scope, title=name, className=f"confusion-{scope}")


def _cell(
    counts: np.ndarray, label: int, predicted: int, names: list[str], numbered: bool
) -> html.Td:
    number = int(counts[label, predicted])
    share = number / max(int(counts[label].sum()), 1)
    title = (
        f"{names[label]}, classified as {names[predicted]}: {number:,} ({100 * share:.1f} % of "
        f"{names[label]})"
    )
    return html.Td(
        f"{number:,}" if numbered else None,
        title=title,
        className="confusion-cell" + (" confusion-right" if label == predicted else ""),
        style={"--share": f"{100 * share:.1f}%", "--cell-ink": ink(mix(LIGHTEST, DARKEST, share))},
        tabIndex="0",
        **attributes(data_class=str(label), data_predicted=str(predicted), aria_label=title),
    )
