"""Class bars: how many stored sequences each class has, and how they were classified."""

import numpy as np
from dash import html

from stateline.app import ids
from stateline.app.layout.elements import attributes


def class_bars(counts: np.ndarray, names: list[str], colours: list[str]) -> html.Div:
    """One block per class: a bar for its count, under it what the model made of it.

    counts  int64 (C, C)  sequences by actual (row) and predicted (column) class
    """
    most = max(int(counts.sum(axis=1).max(initial=0)), 1)
    blocks = [
        html.Div(
            [
                html.Div(
                    [
                        html.Span(names[label], className="bar-name", title=names[label]),
                        html.Span(_right_of(counts, label), className="bar-count"),
                    ],
                    className="bar-head",
                ),
                html.Div(
                    _bar(
                        int(counts[label].sum()) / most,
                        colours[label],
                        f"{names[label]}: {int(counts[label].sum()):,} sequences",
                    ),
                    className="bar-track",
                    role="button",
                    tabIndex="0",
                    **attributes(data_class=str(label), aria_label=f"Filter: class {names[label]}"),
                ),
                html.Div(
                    html.Div(
                        _segments(counts[label], label, names, colours),
                        className="bar-stack",
                        style={"width": f"{100 * int(counts[label].sum()) / most:.2f}%"},
                    ),
                    className="bar-track bar-track-thin",
                ),
            ],
            className="class-bar",
            **attributes(data_class=str(label)),
        )
        for label in range(len(names))
    ]
    return html.Div(
        blocks,
        id=ids.CLASS_BARS,
        className="class-bars",
        role="group",
        **attributes(aria_label="Stored sequences by class, and how they were classified"),
    )


def _right_of(counts: np.ndarray, label: int) -> str:
    total = int(counts[label].sum())
    return f"{int(counts[label, label]):,} of {total:,} right"


def _bar(share: float, colour: str, title: str) -> html.Div:
    return html.Div(
        className="bar", title=title, style={"width": f"{100 * share:.2f}%", "background": colour}
    )


def _segments(row: np.ndarray, label: int, names: list[str], colours: list[str]) -> list[html.Div]:
    """Correct first, then the errors from the most frequent on, in the predicted class's colour."""
    total = max(int(row.sum()), 1)
    wrong = sorted((c for c in range(len(row)) if c != label), key=lambda c: -row[c])
    return [
        html.Div(
            className="bar-segment" + ("" if predicted == label else " bar-segment-wrong"),
            title=f"{names[label]}, classified as {names[predicted]}: {int(row[predicted]):,}",
            style={
                "width": f"{100 * int(row[predicted]) / total:.2f}%",
                "background": colours[predicted],
            },
            role="button",
            tabIndex="0",
            **attributes(
                data_class=str(label),
                data_predicted=str(predicted),
                aria_label=f"Filter: {names[label]}, classified as {names[predicted]}",
            ),
        )
        for predicted in (label, *wrong)
        if row[predicted]
    ]
