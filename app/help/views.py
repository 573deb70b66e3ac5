"""Help on the views of the Explore page, in the terms of Garcia et al. 2021."""

from dash import html

from stateline.app.help.drawings import steps_drawing, trajectory_drawing, words_drawing
from stateline.app.help.parts import Body, terms
from stateline.app.help.tables import LAYERS, TERMS
from stateline.store.schema import PLACED_BY


def terms_section() -> Body:
    """Return the terms that all pages use."""
    return [
        html.P(
            "A recurrent network reads a text word by word and keeps a summary of what it has read "
            "in its hidden state. Stateline shows that state after every word: the answer if the "
            "text ended there, how far the state moved at the word, and when an answer became "
            "wrong. The views and their names are those of Garcia, Munz and Weiskopf (2021)."
        ),
        terms(TERMS),
    ]


def overview_section() -> Body:
    """Return how to read the overview of a run."""
    return [
        html.P(
            "With no sequence chosen, the left column describes the run: the model and its "
            "training, its scores on the whole test set, how many sequences are stored, and what "
            "was left out: truncated texts, and words that are not in the vocabulary."
        ),
        html.P(
            "The baseline is a plain classifier, fitted on the same training sequences and tested "
            "on the same test sequences: TF-IDF of words and word pairs with logistic regression "
            "for texts, ridge regression on the whole series otherwise. It reads texts whole, also "
            "where the model reads a part of them. A model below the baseline does worse than a "
            "classifier that ignores word order beyond pairs; where the model reads only part of "
            "each text, truncation may be the reason. Of a series, it does worse than a linear "
            "model of all its values. Also in training counts the test sequences that occur in the "
            "training or validation split as well (the same words in the same order, or the same "
            "numbers), with the accuracy without them."
        ),
        html.P(
            "Class bars: the upper bar counts the stored sequences of a class, in its colour. The "
            "lower bar shows how they were classified: first the correct ones, then the errors in "
            "the colour of the predicted class."
        ),
        html.P(
            "Confusion matrix: rows are actual classes, columns predicted ones. The stronger a "
            "cell's colour, the larger its share of the row. The matrix counts the whole test set, "
            "the class bars only the stored sequences: a click on a cell filters to its sequences "
            "that are stored."
        ),
    ]


def words_section() -> Body:
    """Return how to read the text of a sequence."""
    return [
        html.P(
            "The background of a word is the expected prediction after it. With two classes the "
            "scale runs from one class over grey (undecided) to the other. With more it is the "
            "colour of the most likely class, paler at lower confidence."
        ),
        words_drawing(),
        html.P(
            "A dotted line marks a word that is not in the vocabulary: the model reads all such "
            "words as the same token. In a misclassified sequence, a frame marks the turning "
            "point: the word at which the actual class lost most against the predicted one, "
            "where it lost at all."
        ),
    ]


def series_section() -> Body:
    """Return how to read a numeric series."""
    return [
        html.P(
            "If the sequences of a run are numbers instead of words, a step is what the model "
            "reads at once, one number a feature. A strip replaces the text: every step is a "
            "column in the colour of the answer after it, with a curve a feature between the "
            "lowest and the highest value in the run, on the step axis of heatmap and distances. "
            "More than eight features are drawn as grey cells: the higher, the darker."
        ),
        html.P(
            "In demo-digits the steps are the rows of a picture. They are stacked so that the "
            "digit can be read, each beside the answer if the picture ended there. The whole "
            "picture is shown at the end of the trajectory, the rows read so far in the tooltip of "
            "a step, and a small picture of each sequence in the table."
        ),
        html.P(
            "Hover, click, keys, filters, labels, reports and downloads work as with words. Only "
            "the search and typed texts need words and are left out."
        ),
    ]


def steps_section() -> Body:
    """Return how to read heatmap and distance bars."""
    return [
        html.P(
            "The heatmap has one row per class and one column per step. The stronger a cell's "
            "colour, the higher the expected prediction of its class. The last row is the answer: "
            "with two classes on the scale of the words, with more the most likely class, paler at "
            "lower confidence. Above each column stands its word, rotated. If the steps do not "
            "fit, words, heatmap and bars scroll together; Fit shows all of them in the pane's "
            "width."
        ),
        steps_drawing(),
        html.P(
            "A bar is the hidden-state distance of its word, in the colour of the answer before "
            "it, like its segment of the trajectory. The line across the bars is the threshold: "
            "steps whose bars reach it are jumps, and their words can be labelled. Drag the line "
            "to change it."
        ),
        html.P(
            "A long bar without a change of colour is a word that changed the state but hardly the "
            "probabilities: either its visible part, in full colour, is short, or they were "
            "already near 0 or 1, where a change of the logit hardly shows. If the answer changes "
            "at a short bar, the state was no farther than that from the decision boundary."
        ),
    ]


def map_section() -> Body:
    """Return how to read the map and a trajectory on it."""
    return [
        html.P(
            "Every point is one hidden state of one sequence, projected from all units to two "
            "dimensions (PCA, t-SNE or UMAP). The header's choice Colour sets the colours: "
            "expected prediction, actual class, correctness, step or trust. Click a point to open "
            "its sequence at that step. Where points overlap, contour lines show the density."
        ),
        trajectory_drawing(),
        html.P(
            "A chosen sequence is drawn as its trajectory: one dot per state, joined by straight "
            "segments with arrows in reading order, each in the colour of the answer at its start. "
            "All other states fade. Point at a dot, word, column or bar to highlight the step in "
            "every view."
        ),
        html.P(
            "Distances on a t-SNE or UMAP map are not hidden-state distances: both methods keep "
            "neighbours together and distort the rest. Read the size of a jump from the bars, "
            "never from the length of its segment. Trust says how reliable the position of a state "
            "is: the share of its 15 nearest neighbours, over all units, that are among its 15 "
            "nearest on the map. The legend shows the mean."
        ),
        html.P(
            "The map of a large run is fitted on a sample of its sequences. The states of the "
            f"others are placed afterwards: on t-SNE and UMAP at the median of their {PLACED_BY} "
            "nearest fitted states, on PCA by its two axes. The legend then shows the neighbours "
            "preserved of fitted and of placed states apart."
        ),
    ]


def layers_section() -> Body:
    """Return how to choose the states that are shown."""
    return [
        html.P(
            "A run may hold several recurrent layers, both directions of one, and the cell states "
            "of an LSTM beside its hidden states. The header's choice Layer lists every state kind "
            "that has maps; the overview lists what each layer stores."
        ),
        terms(LAYERS),
    ]
