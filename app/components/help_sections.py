"""The sections of the help page: how to read each view, in the paper's terms."""

from dataclasses import dataclass

from dash import html

from app.components.help_drawings import steps_drawing, trajectory_drawing, words_drawing
from app.components.help_tables import BRUSHES, KEYS, LABELS, LAYERS, LIMITS, TERMS
from app.selection import LONGEST_TEXT


@dataclass(frozen=True)
class Section:
    """One section: its name in an address, its title, and what it says."""

    name: str
    title: str
    body: list

    @property
    def anchor(self) -> str:
        """Id of its element; apart from the ids of the views, which scripts look for."""
        return f"help-{self.name}"


def sections(walk: object) -> list[Section]:
    """All of them in reading order; `walk` is the walk through the demo run."""
    return [
        Section("terms", "What is shown", _terms()),
        Section("overview", "Overview", _overview()),
        Section("words", "Words", _words()),
        Section("series", "Numeric series", _series()),
        Section("heatmap", "Heatmap and distances", _steps()),
        Section("map", "Map and trajectory", _map()),
        Section("layers", "Layers and kinds of state", _layers()),
        Section("labels", "Labels along the trajectory", _labels()),
        Section("filters", "Filters", _filters()),
        Section("pinned", "Two sequences", _pinned()),
        Section("typed", "A text of your own", _typed()),
        Section("keys", "Keys", _keys()),
        Section("keep", "Keeping what you found", _keep()),
        Section("walk", "A walk through demo-reviews", [walk]),
        Section("limits", "What it proves, and what not", _limits()),
    ]


def _list(pairs: tuple, kind: str = "help-terms") -> html.Dl:
    rows = [html.Div([html.Dt(name), html.Dd(text)]) for name, text in pairs]
    return html.Dl(rows, className=kind)


def _terms() -> list:
    return [
        html.P(
            "A recurrent network reads a text word by word and keeps what it has read in a hidden "
            "state. Stateline shows that state after every word: what the network would have "
            "answered, how far the word moved it, and where it went wrong. The views and their "
            "names are those of Garcia, Munz and Weiskopf (2021)."
        ),
        _list(TERMS),
    ]


def _overview() -> list:
    return [
        html.P(
            "With no sequence chosen, the left column shows the run. The facts say what was "
            "trained, how well it does over the whole test set, how many sequences are stored, "
            "and what was left out: cut texts, words that the vocabulary does not hold."
        ),
        html.P(
            "Class bars: the upper bar is the number of stored sequences of a class, in its "
            "colour. The lower bar says what became of them: the correct ones first, then the "
            "errors in the colour of the class that was predicted."
        ),
        html.P(
            "Confusion matrix: rows are actual classes, columns predicted ones. The stronger a "
            "cell, the larger its share of the row. It counts the whole test set, the class bars "
            "only the sequences stored."
        ),
    ]


def _words() -> list:
    return [
        html.P(
            "The background of a word is the expected prediction after it. With two classes it "
            "runs from one class over grey, undecided, to the other. With more it is the colour "
            "of the most likely class, paler the less sure it is."
        ),
        words_drawing(),
        html.P(
            "A dotted line marks a word that the model does not know: all such words look the "
            "same to it. In a sequence that is classified wrongly, a frame marks the turning "
            "word, at which the actual class lost most against the predicted one."
        ),
    ]


def _series() -> list:
    return [
        html.P(
            "Where the sequences of a run are numbers instead of words, a step is what the model "
            "reads at once, a few numbers, one a feature. A strip takes the place of the text: "
            "every step is a column under the colour of the answer after it, with a curve a "
            "feature between the lowest and the highest value in the run. It stands on the axis "
            "of heatmap and distances. Beyond eight features the curves become grey cells: the "
            "darker, the higher."
        ),
        html.P(
            "In demo-digits the steps are the rows of a picture. They lie on each other so that "
            "the digit can be read, and beside each row stands what the model would have answered "
            "had the picture ended there. The end of the trajectory shows the whole picture, the "
            "tooltip of a step what was read so far, and the table a small picture a sequence."
        ),
        html.P(
            "Hover, click, keys, filters, labels, reports and downloads work as with words. Only "
            "what needs a text is not there: the search, and typing one."
        ),
    ]


def _steps() -> list:
    return [
        html.P(
            "The heatmap has a row a class and a column a step. The stronger a cell, the more of "
            "the expected prediction its class has. The last row is the answer: with two classes "
            "the scale of the words, with more the winning class at its confidence. Over each "
            "column stands its word, turned. Where more words than fit have been read, words, "
            "heatmap and bars scroll together; Fit squeezes all of them into the pane."
        ),
        steps_drawing(),
        html.P(
            "A bar is the hidden-state distance of its word, in the colour of the answer before "
            "it, like the segment of the trajectory that it stands for. The line across the bars "
            "is the threshold: bars that reach it are jumps, and their words can be labelled. "
            "Drag the line to set it."
        ),
        html.P(
            "A long bar with no change of colour is a word that changed the memory and not the "
            "answer. A change of colour at a short bar is a state that lay near the border."
        ),
    ]


def _map() -> list:
    return [
        html.P(
            "Every point is one hidden state of one sequence, brought from all units to two "
            "dimensions (PCA, t-SNE or UMAP). Colours say what the header's choice says: expected "
            "prediction, actual class, correctness, step or trust. Click a point to open its "
            "sequence at that step. Where points hide one another, lines of density show how many "
            "there are."
        ),
        trajectory_drawing(),
        html.P(
            "A chosen sequence is drawn as its trajectory: a dot a state, straight segments with "
            "arrows in reading order, each in the colour of the answer at its beginning. All "
            "other states fade. Put the mouse on a dot, word, column or bar, and it is lit "
            "in every view."
        ),
        html.P(
            "Distances on a t-SNE or UMAP map are not distances among the units: both keep "
            "neighbours together and stretch the rest. Read a jump's size from the bars, never "
            "from the length of its segment. Trust says how far to believe the place of a state: "
            "the share of its 15 nearest neighbours among the units that are still among its 15 "
            "nearest on the map. The legend gives its mean."
        ),
    ]


def _layers() -> list:
    return [
        html.P(
            "A run may hold several recurrent layers, both directions of one, and beside the "
            "hidden states the cell states of an LSTM. The header's choice Layer names every kind "
            "that has maps; the overview lists what each layer stores."
        ),
        _list(LAYERS),
    ]


def _labels() -> list:
    return [
        html.P(
            "Labels write words along the trajectory where something happened. The menu View on "
            "the map has three causes, and for each two labels, in two colours: after, the word "
            "that caused it, at the state after it; before, the word before that one, at the state "
            "before. Each can be on or off by itself."
        ),
        _list(LABELS),
        html.P(
            "With no sequence chosen, labels show for all sequences that pass the filters. Words "
            "with the same effect then gather in the same places. Where too many meet, the "
            "strongest are written, and the page says how many there are."
        ),
    ]


def _filters() -> list:
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
        _list(BRUSHES),
        html.P(
            "Click a chip to take it away; Esc takes back the last. The address of the page holds "
            "all chips, so that a link or a bookmark brings them back."
        ),
    ]


def _pinned() -> list:
    return [
        html.P(
            "The button Pin at the head of a sequence keeps it beside the next one that you "
            "choose, with its own trajectory, dashed, words, heatmap and distances. It answers "
            "questions such as: where do a text that is right and one that is wrong part ways?"
        )
    ]


def _typed() -> list:
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


def _keys() -> list:
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
            "Tab reaches every control. A spoken line says the step under the cursor, and the "
            "table is the map's equivalent in text.",
        ),
    ]


def _keep() -> list:
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


def _limits() -> list:
    return [_list(LIMITS)]
