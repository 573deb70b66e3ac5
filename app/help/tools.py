"""Help on what one does on the Explore page: labels, filters, texts of one's own, keys."""

from dash import html

from stateline.app.help.parts import terms
from stateline.app.help.tables import BRUSHES, KEYS, LABELS
from stateline.app.queries.limits import LONGEST_TEXT


def labels_section() -> list:
    """Words along the trajectories."""
    return [
        html.P(
            "Labels write words along the trajectory where something happened. The menu View on "
            "the map has three causes, and for each two labels, in two colours: after, the word "
            "that caused it, at the state after it; before, the word before that one, at the state "
            "before. Each can be on or off by itself."
        ),
        terms(LABELS),
        html.P(
            "With no sequence chosen, labels show for all sequences that pass the filters. Words "
            "with the same effect then gather in the same places. Where too many meet, the "
            "strongest are written, and the page says how many there are."
        ),
    ]


def filters_section() -> list:
    """Chips of the filter bar."""
    chips = html.P(
        [
            html.Span("class: negative ×", className="chip"),
            html.Span("classified as: positive ×", className="chip"),
            html.Span("confidence: 90.0 % to 100.0 % ×", className="chip"),
        ],
        className="help-chips",
    )
    return [
        html.P(
            "Whatever you brush becomes a chip of the one filter bar. Only what passes all chips "
            "counts: they are joined by AND. The table, the labels and the downloads keep what "
            "passes, the map fades the rest, and the bar says how many sequences and states are "
            "left."
        ),
        chips,
        terms(BRUSHES),
        html.P(
            "Click a chip to take it away; Esc takes back the last. The address of the page holds "
            "all chips, so that a link or a bookmark brings them back."
        ),
    ]


def pinned_section() -> list:
    """Two sequences side by side."""
    return [
        html.P(
            "The button Pin at the head of a sequence keeps it beside the next one that you "
            "choose, with its own trajectory, dashed, words, heatmap and distances. It answers "
            "questions such as: where do a text that is right and one that is wrong part ways?"
        )
    ]


def typed_section() -> list:
    """A text that somebody types."""
    return [
        html.P(
            "Type a text, above the table, opens a panel for a text of your own; Edit, at the head "
            "of a sequence, opens it with that text. Run, or Ctrl and Enter, lets the run's own "
            "model read it as it read the corpus: cut at the same length, with the same words "
            "unknown. The first text takes about ten seconds, since the model has to be loaded; "
            "after that the answer is there at once. Change one word, keep the original beside it, "
            "and see what the word was worth."
        ),
        html.P(
            "Every view shows a typed text like a stored sequence, but nobody knows its actual "
            "class, and it is in no table, filter or download. Answers and distances are exact. "
            "Its place on the map is not: a state that was not there when the map was made has no "
            "place of its own, so each is drawn at the most similar stored state among the units. "
            "The head of the text says how far those are, the tooltip of a word says which, and a "
            "click on its place opens the sequence that it belongs to. States far from all stored "
            "ones say nothing by where they are drawn."
        ),
        html.P(
            "Reading a text needs TensorFlow on the machine that runs the app, and the model in "
            "the run's folder; the panel says so where either is missing. A text of up to "
            f"{LONGEST_TEXT:,} characters is part of the page's address, a longer one is not."
        ),
    ]


def keys_section() -> list:
    """Keys, and ways without a mouse."""
    rows = [
        html.Tr(
            [
                html.Th([html.Kbd(key) for key in keys], scope="row"),
                html.Td(text),
            ]
        )
        for keys, text in KEYS
    ]
    return [
        html.Table(html.Tbody(rows), className="help-keys"),
        html.P(
            "The arrows work wherever the focus is, in the text, on the map or in the table; only "
            "fields, menus and the headers of page and table keep their own keys. "
            "Tab reaches every control. A spoken line says the step under the cursor, and the "
            "table is the map's equivalent in text.",
        ),
    ]


def keep_section() -> list:
    """Files, pictures, addresses."""
    return [
        html.P("Four ways to keep or pass on what you see:"),
        html.Ul(
            [
                html.Li("the address: map, colour, sequence, step, chips and labels are in it;"),
                html.Li(
                    "the states that pass the filters as CSV or Parquet, at the end of the filter "
                    "bar: word, classes, answers, distance, place on the map;"
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
