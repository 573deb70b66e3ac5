"""The left column with a sequence chosen; its scripts fill it in."""

from dash import html

from app import ids
from app.components.shell import block_title
from app.components.typed_panel import edit_button

HEATMAP_TITLE = ("Expected prediction", "how sure of each class, after each word")
HIDDEN = {"aria-hidden": "true"}  # the words above are the same, as buttons
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
                    edit_button(),
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
                                [block_title(*HEATMAP_TITLE), _fit_switch()], className="title-row"
                            ),
                            _step_axis(
                                html.Div(
                                    id=ids.WORD_HEADS, className="word-heads step-plot", **HIDDEN
                                ),
                                html.Div(id=ids.HEATMAP, className="step-plot"),
                                block_title(*DISTANCES_TITLE),
                                html.Div(id=ids.DISTANCES, className="step-plot"),
                            ),
                        ],
                        className="block steps-block",
                    ),
                ],
                className="detail-steps",
            ),
        ],
        id=ids.DETAIL_MAIN,
        className="detail-part",
    )


def _step_axis(*views: html.Div) -> html.Div:
    """What has a column a step: it scrolls as one, so that a column stays under its word."""
    return html.Div(html.Div(list(views), className="step-track"), className="step-axis")


def _fit_switch() -> html.Button:
    """The choice between columns under readable words and all columns at once."""
    return html.Button(
        "Fit",
        id=ids.AXIS_SWITCH,
        className="text-button",
        type="button",
        title="All steps in the width of the column, without scrolling",
        hidden=True,
        **{"aria-pressed": "false"},
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
                    html.Div(
                        _step_axis(
                            html.Div(className="pinned-heads word-heads step-plot", **HIDDEN),
                            html.Div(className="pinned-heatmap step-plot"),
                            html.Div(className="pinned-distances step-plot"),
                        ),
                        className="block steps-block",
                    ),
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
