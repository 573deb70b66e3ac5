"""The left column with a sequence chosen; its scripts fill it in."""

from typing import Any

from dash import html

from stateline.app import ids
from stateline.app.explore.bars import evidence_bars
from stateline.app.layout.elements import attributes, text_button
from stateline.app.layout.shell import block_title
from stateline.app.queries.run import step_noun
from stateline.app.typed.panel import edit_button
from stateline.store.reader import Run

SERIES_TITLE = ("Series", "its values, each step under the answer after it")
HIDDEN = attributes(aria_hidden="true")  # the words above are the same, as buttons


def detail(run: Run | None) -> html.Div:
    """One sequence and the pinned one beside it, both empty until they are chosen.

    Words, and the rows of a picture, stand by themselves. Any other series is a strip with a
    column a step: it stands on the step axis.
    """
    noun = step_noun(run) if run else "word"
    strip = run is not None and run.kind == "series" and not run.manifest.corpus.picture
    parts = [_main(run, noun, strip), _pinned(noun, strip)]
    return html.Div(parts, id=ids.DETAIL, className="detail")


def _main(run: Run | None, noun: str, strip: bool) -> html.Div:
    """Facts, words or values, heatmap, contributions and distances of the sequence chosen."""
    words = _words(noun, id=ids.WORDS)
    title = block_title("Expected prediction", f"how sure of each class, after each {noun}")
    first, above = (block_title(*SERIES_TITLE), (words, title)) if strip else (title, ())
    return html.Div(
        [
            html.Div(
                [
                    html.Div(id=ids.SEQUENCE_INFO, className="sequence-info"),
                    edit_button(hidden=noun != "word"),
                    _button("Pin", ids.DETAIL_PIN, "Keep it beside the next one", pressed=True),
                    _button("×", ids.DETAIL_CLOSE, "Back to the overview (Esc)"),
                ],
                className="block detail-head",
            ),
            html.Div(
                [
                    *([] if strip else [_words_block(words)]),
                    html.Section(
                        [
                            html.Div([first, _fit_switch()], className="title-row"),
                            _step_axis(
                                *above,
                                html.Div(
                                    id=ids.WORD_HEADS, className="word-heads step-plot", **HIDDEN
                                ),
                                html.Div(id=ids.HEATMAP, className="step-plot"),
                                *evidence_bars(run),
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


def _words(noun: str, **named: Any) -> html.Div:
    """Where a script puts the words, or the values of a series: a button a step."""
    label = f"{noun.capitalize()}s, each coloured by what was expected after it"
    return html.Div(className="words", role="group", **named, **attributes(aria_label=label))


def _words_block(words: html.Div) -> html.Section:
    return html.Section(words, className="block words-block")


def _step_axis(*views: html.Div) -> html.Div:
    """Return views with one column per step, which scroll as one: a column stays under its word."""
    return html.Div(html.Div(list(views), className="step-track"), className="step-axis")


def _fit_switch() -> html.Button:
    """Return the choice between columns under readable words and all columns at once."""
    title = "All steps in the width of the column, without scrolling"
    return text_button("Fit", ids.AXIS_SWITCH, title, hidden=True, aria_pressed="false")


def _pinned(noun: str, strip: bool) -> html.Section:
    """The same of the pinned sequence, shorter."""
    words = _words(noun)
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
                    *([] if strip else [_words_block(words)]),
                    html.Div(
                        _step_axis(
                            *([words] if strip else []),
                            html.Div(className="pinned-heads word-heads step-plot", **HIDDEN),
                            html.Div(className="pinned-heatmap step-plot"),
                            html.Div(className="pinned-contributions bars-contribution step-plot"),
                            html.Div(className="pinned-distances bars-distance step-plot"),
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
        **attributes(aria_label="Pinned sequence"),
    )


def _button(glyph: str, element_id: str, title: str, pressed: bool = False) -> html.Button:
    return html.Button(
        glyph,
        id=element_id,
        className="tool-button" if pressed else "icon-button",
        type="button",
        title=title,
        **attributes(aria_label=title, **({"aria_pressed": "false"} if pressed else {})),
    )
