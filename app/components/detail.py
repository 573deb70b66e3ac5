"""The left column with a sequence chosen; its scripts fill it in."""

from dash import html

from app import ids
from app.components.shell import block_title

HEATMAP_TITLE = ("Expected prediction", "how sure of each class, after each word")
DISTANCES_TITLE = ("Distance", "of each word's jump, as a share of the run's longest")


def detail() -> html.Div:
    """One sequence and the pinned one beside it, both empty until they are chosen."""
    return html.Div([_main(), _pinned()], id=ids.DETAIL, className="detail")


def _main() -> html.Div:
    """Facts, words, contribution heatmap and distances of the sequence chosen."""
    return html.Div(
        [
            html.Div(
                [
                    html.Div(id=ids.SEQUENCE_INFO, className="sequence-info"),
                    _button("Pin", ids.DETAIL_PIN, "Keep it beside the next one", pressed=True),
                    _button("×", ids.DETAIL_CLOSE, "Back to the overview (Esc)"),
                ],
                className="block detail-head",
            ),
            html.Div(
                [
                    html.Section(
                        html.Div(
                            id=ids.WORDS,
                            className="words",
                            role="group",
                            **{"aria-label": "Words, each coloured by what was expected after it"},
                        ),
                        className="block words-block",
                    ),
                    html.Section(
                        [
                            html.Div(
                                [
                                    block_title(*HEATMAP_TITLE),
                                    html.Button(
                                        "Columns",
                                        id=ids.AXIS_SWITCH,
                                        className="text-button",
                                        type="button",
                                        title="Words over their columns, or wrapped as a text",
                                        **{"aria-pressed": "false"},
                                    ),
                                ],
                                className="title-row",
                            ),
                            html.Div(id=ids.HEATMAP, className="step-plot"),
                        ],
                        className="block",
                    ),
                    html.Section(
                        [
                            block_title(*DISTANCES_TITLE),
                            html.Div(id=ids.DISTANCES, className="step-plot"),
                        ],
                        className="block",
                    ),
                ],
                className="detail-steps",
            ),
        ],
        id=ids.DETAIL_MAIN,
        className="detail-part",
    )


def _pinned() -> html.Section:
    """The same of the pinned sequence, shorter."""
    return html.Section(
        [
            html.Div(
                [
                    html.Div(className="sequence-info"),
                    _button("×", ids.PINNED_CLOSE, "Let the pinned sequence go"),
                ],
                className="block detail-head",
            ),
            html.Div(
                [
                    html.Div(
                        html.Div(className="words", role="group"), className="block words-block"
                    ),
                    html.Div(html.Div(className="pinned-heatmap step-plot"), className="block"),
                    html.Div(html.Div(className="pinned-distances step-plot"), className="block"),
                ],
                className="detail-steps",
            ),
        ],
        id=ids.PINNED,
        className="detail-part pinned",
        hidden=True,
        **{"aria-label": "Pinned sequence"},
    )


def _button(glyph: str, element_id: str, title: str, pressed: bool = False) -> html.Button:
    return html.Button(
        glyph,
        id=element_id,
        className="tool-button" if pressed else "icon-button",
        type="button",
        title=title,
        **{"aria-label": title} | ({"aria-pressed": "false"} if pressed else {}),
    )
