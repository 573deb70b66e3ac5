"""The left column with a sequence chosen; its scripts fill it in."""

from dash import html

from app import ids
from app.components.shell import block_title


def detail() -> html.Div:
    """Facts, words, contribution heatmap and distances of one sequence, empty until one is."""
    return html.Div(
        [
            html.Div(
                [
                    html.Div(id=ids.SEQUENCE_INFO, className="sequence-info"),
                    html.Button(
                        "×",
                        id=ids.DETAIL_CLOSE,
                        className="icon-button",
                        type="button",
                        title="Back to the overview (Esc)",
                        **{"aria-label": "Back to the overview"},
                    ),
                ],
                className="block detail-head",
            ),
            html.Section(
                html.Div(
                    id=ids.WORDS,
                    className="words",
                    role="group",
                    **{"aria-label": "Text, each word coloured by what was expected after it"},
                ),
                className="block words-block",
            ),
            html.Section(
                [
                    block_title("Expected prediction", "how sure of each class, after each word"),
                    html.Div(id=ids.HEATMAP, className="step-plot"),
                ],
                className="block",
            ),
            html.Section(
                [
                    block_title("Distance", "how far each word moved the hidden state"),
                    html.Div(id=ids.DISTANCES, className="step-plot"),
                ],
                className="block",
            ),
        ],
        id=ids.DETAIL,
        className="detail",
    )
