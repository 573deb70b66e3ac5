"""Help on the tools of the Explore page: labels, filters, typed texts, keys, exports."""

from dash import html

from stateline.app.help.parts import Body, terms
from stateline.app.help.tables import BRUSHES, KEYS, LABELS
from stateline.app.queries.limits import LONGEST_TEXT


def labels_section() -> Body:
    """Return how to read the words along trajectories."""
    return [
        html.P(
            "Labels write words along the trajectory where something happened. The menu View on "
            "the map has three causes, and for each two labels, in two colours: after, the word "
            "that caused it, at the state after that word; before, the word before it, at the "
            "state before. Each can be switched on or off."
        ),
        terms(LABELS),
        html.P(
            "With no sequence chosen, labels show for all sequences that pass the filters. Words "
            "with the same effect then appear in the same places. Where there are too many, only "
            "the strongest are written, and the page says how many there are."
        ),
    ]


def filters_section() -> Body:
    """Return how filters work, with chips of the filter bar as examples."""
    names = ("class: negative", "classified as: positive", "confidence: 90.0 % to 100.0 %")
    chips = [html.Span(f"{name} ×", className="chip") for name in names]
    return [
        html.P(
            "Every selection becomes a filter, shown as a chip in the filter bar. States must pass "
            "all filters: they are joined by AND. The table, the labels and the downloads hold "
            "what passes, the map fades the rest, and the bar counts the remaining sequences and "
            "states."
        ),
        html.P(chips, className="help-chips"),
        terms(BRUSHES),
        html.P(
            "Click a chip to remove it; Esc removes the last one. The page's address holds all "
            "filters, so that a link or a bookmark restores them."
        ),
    ]


def pinned_section() -> Body:
    """Return how to compare two sequences."""
    return [
        html.P(
            "The button Pin above a sequence keeps it beside the next one that you choose, with "
            "its own trajectory (dashed), words, heatmap and distances. Use it to find where a "
            "correctly classified text and a misclassified one begin to differ."
        )
    ]


def typed_section() -> Body:
    """Return how to let the model read a text of one's own."""
    return [
        html.P(
            "Type a text, above the table, opens a panel for a text of your own; Edit, above a "
            "sequence, opens it with that sequence's text. Run, or Ctrl and Enter, lets the run's "
            "model read it in the same way as the corpus: truncated at the same length, with the "
            "same vocabulary. Before the first text TensorFlow and the model are loaded; the "
            "panel says what is being loaded, for how many seconds, and how long it took the last "
            "time. Later answers need no loading. Change one word, keep the original beside it, "
            "and see what the model makes of the difference."
        ),
        html.P(
            "Every view shows a typed text like a stored sequence, but its actual class is "
            "unknown, and it is in no table, filter or download. Its answers and distances are "
            "exact. Its position on the map is not: the map was fitted without these states, so "
            "each is drawn at the position of its nearest stored state, over all units. A note "
            "above the text says how far these are, the tooltip of a word names its nearest state, "
            "and a click on the position opens that state's sequence. If the nearest state is far, "
            "the position means nothing."
        ),
        html.P(
            "Reading a text needs TensorFlow on the machine that runs the app, and the model in "
            "the run's folder; the panel says so where either is missing. A text of up to "
            f"{LONGEST_TEXT:,} characters is part of the page's address, a longer one is not."
        ),
    ]


def keys_section() -> Body:
    """Return the keys, and how to use the page without a mouse."""
    rows = [
        html.Tr([html.Th([html.Kbd(key) for key in keys], scope="row"), html.Td(text)])
        for keys, text in KEYS
    ]
    return [
        html.Table(html.Tbody(rows), className="help-keys"),
        html.P(
            "The arrow keys work wherever the focus is, in the text, on the map or in the table, "
            "except in fields, menus and headers, which have their own keys. Tab reaches every "
            "control. A screen reader announces the step under the cursor, and the table is the "
            "text alternative of the map.",
        ),
    ]


def keep_section() -> Body:
    """Return how to save and share a view."""
    return [
        html.P("Four ways to save or share what you see:"),
        html.Ul(
            [
                html.Li("the address: it holds map, colour, sequence, step, filters and labels;"),
                html.Li(
                    "the states that pass the filters as CSV or Parquet, at the end of the filter "
                    "bar: word, classes, answers, distance, position on the map;"
                ),
                html.Li("a view as a picture, PNG or SVG, with Export on the map;"),
                html.Li(
                    [
                        "a report of one sequence, a single HTML file to print or to send: ",
                        html.Code("/report/<run>/<sequence>.html"),
                        ".",
                    ]
                ),
            ]
        ),
    ]
