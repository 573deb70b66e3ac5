"""Panes of the Words page: table, plot, occurrences of a word, and their states."""

from dash import dcc, html

from stateline.app import addresses, ids
from stateline.app.layout.elements import ZOOMABLE, Figure, attributes
from stateline.app.queries.run import THUMBNAIL
from stateline.app.words.table import words_table
from stateline.store.reader import Run

# Before the first words are drawn, the figure shows the page's own background.
EMPTY: Figure = {
    "data": [],
    "layout": {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {"visible": False},
        "yaxis": {"visible": False},
    },
}


def words_view(run: Run | None) -> html.Main:
    """Return the four panes, which scripts fill."""
    return html.Main(
        [
            html.Section(
                [
                    words_table(),
                    html.Button("›", className="words-more", type="button", hidden=True),
                    html.Div(id=ids.WORDS_SHORTCUTS, className="words-shortcuts"),
                    html.Div(id=ids.WORDS_SWAPS, className="words-swaps"),
                ],
                className="words-pane words-table-pane",
                **attributes(aria_label="Words"),
            ),
            _plot(),
            html.Section(
                [
                    html.Div(id=ids.WORDS_WORD, className="words-head"),
                    html.Div(
                        id=ids.WORDS_OCCURRENCES,
                        className="words-occurrences",
                        tabIndex="0",
                        role="listbox",
                        **attributes(aria_label="Occurrences of the word"),
                    ),
                ],
                className="words-pane",
                **attributes(aria_label="Occurrences"),
            ),
            _map(run),
        ],
        className="words-panes",
    )


def _plot() -> html.Section:
    """Return the plot of effect against frequency, and the canvas above it."""
    return html.Section(
        [
            html.Div(
                [
                    dcc.Graph(
                        id=ids.WORDS_PLOT,
                        figure=EMPTY,
                        config=ZOOMABLE,
                        responsive=True,
                        className="map",
                    ),
                    html.Canvas(id=ids.WORDS_PLOT_OVERLAY, className="map-overlay"),
                ],
                id=ids.WORDS_PLOT_FRAME,
                className="map-frame",
                role="figure",
                **attributes(
                    aria_label="Effect of each word against how often it occurs, as in the table"
                ),
            ),
            html.Div(id=ids.WORDS_PLOT_NOTE, className="words-note", role="status"),
        ],
        className="words-pane words-plot-pane",
        **attributes(aria_label="Effect and frequency"),
    )


def _map(run: Run | None) -> html.Section:
    """Return the picture of the default projection, and canvases for the occurrences' states."""
    width, height = THUMBNAIL
    picture = (
        html.Img(src=addresses.thumbnail(run), alt="", width=width, height=height) if run else None
    )
    return html.Section(
        [
            html.Div(
                [
                    html.H2("States of these occurrences"),
                    html.A("Show on map", id=ids.WORDS_MAP_LINK),
                ],
                className="words-head",
            ),
            html.Div(
                html.Div(
                    [picture, html.Canvas(), html.Canvas()],
                    id=ids.WORDS_MAP,
                    className="words-picture",
                    role="figure",
                    **attributes(aria_label="Where the states of these occurrences lie on the map"),
                ),
                className="words-picture-frame",
            ),
        ],
        className="words-pane words-map-pane",
        **attributes(aria_label="Map"),
    )


# Pages that answer similar questions for a series, and how.
INSTEAD = {
    addresses.EXPLORE: "the contribution of every step of a sequence, and the turning point",
    addresses.DECISIONS: "how many steps the model reads before its answer stands",
    addresses.UNITS: "which units change at a step, and where else the same units are on",
}


def no_words(run: Run) -> html.Main:
    """Return what stands in place of the panes for a series, with links to other pages."""
    return html.Main(
        html.Section(
            [
                html.H1("A series has no words"),
                html.P(
                    f"The sequences of {run.name} are numbers, so that no word or phrase comes "
                    "back from one to the next. When the answer changes is seen step by step:"
                ),
                html.Ul(
                    [html.Li([_link(page, run), f": {says}"]) for page, says in INSTEAD.items()]
                ),
            ],
            className="empty-state",
        ),
        className="gallery",
    )


def _link(page: str, run: Run) -> dcc.Link:
    return dcc.Link(addresses.RUN_PAGES[page], href=addresses.of_page(page, run.name))
