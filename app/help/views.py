"""Help on the views of the Explore page, in the paper's terms."""

from dash import html

from stateline.app.help.drawings import steps_drawing, trajectory_drawing, words_drawing
from stateline.app.help.parts import terms
from stateline.app.help.tables import LAYERS, TERMS


def terms_section() -> list:
    """The words that the pages use."""
    return [
        html.P(
            "A recurrent network reads a text word by word and keeps what it has read in a hidden "
            "state. Stateline shows that state after every word: what the network would have "
            "answered, how far the word moved it, and where it went wrong. The views and their "
            "names are those of Garcia, Munz and Weiskopf (2021)."
        ),
        terms(TERMS),
    ]


def overview_section() -> list:
    """What stands where no sequence is chosen."""
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
            "only the sequences stored: a click on a cell filters to those of its sequences that "
            "are stored."
        ),
    ]


def words_section() -> list:
    """The text of a sequence."""
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


def series_section() -> list:
    """The values of a numeric series."""
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


def steps_section() -> list:
    """What has a column a step."""
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
            "answer: its foot in full colour, the part that the answer sees, is short. A change of "
            "colour at a short bar is a state that lay near the border."
        ),
    ]


def map_section() -> list:
    """The map and a trajectory on it."""
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


def layers_section() -> list:
    """Which states are shown."""
    return [
        html.P(
            "A run may hold several recurrent layers, both directions of one, and beside the "
            "hidden states the cell states of an LSTM. The header's choice Layer names every kind "
            "that has maps; the overview lists what each layer stores."
        ),
        terms(LAYERS),
    ]
