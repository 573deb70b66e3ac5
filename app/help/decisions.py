"""Help on the Decisions page: how to read its charts, and their limits."""

from dash import html

from stateline.app.help.parts import Body, terms

CHARTS = (
    (
        "Accuracy after so many words",
        "The share of all stored sequences whose answer after so many words is the actual class. A "
        "shorter sequence keeps its last answer. The dashed line is the accuracy of always "
        "predicting the most frequent class: where the curve of all sequences lies on it, the "
        "model is right no more often than that.",
    ),
    (
        "Settled",
        "The share of the sequences of a class whose answer does not change after a step. By share "
        "of the sequence, long and short ones can be compared. A curve that rises at the very end "
        "shows answers that still change at the last words.",
    ),
    (
        "Expected prediction",
        "The expected prediction of the actual class after each step: the median, and bands that "
        "hold half and 80 % of the sequences that have such a step. The wider the bands, the more "
        "the sequences differ.",
    ),
    (
        "Mean trajectory",
        "The mean position on the map of the sequences of a class, at even shares of their steps. "
        "Where the lines of two classes separate, the mean positions differ; from when on the "
        "answers are right, the accuracy above shows.",
    ),
    (
        "Calibration",
        "The accuracy in ten bins of confidence; a bin includes its upper bound and excludes its "
        "lower one. A diamond marks the mean confidence of a bin: its distance from the dashed "
        "line shows by how much the confidence is too high or too low. The table has the same "
        "numbers. A click lists the sequences of a bin at the end; bins after half or a quarter of "
        "the steps have no link, because the table of sequences has the confidence at the end "
        "only. The expected calibration error is the mean of |accuracy − mean confidence| over the "
        "bins, weighted by their sequences (Guo et al. 2017): at 0.05 the accuracies of the bins "
        "are five percentage points from their confidence on average. With few sequences chance "
        "alone makes such a difference: the number in brackets is what a model would have on "
        "average whose confidence is exactly right.",
    ),
)


def decisions_section() -> Body:
    """Return the section's body."""
    return [
        html.P(
            "The page Decisions shows when the answers come about, over all stored sequences of a "
            "run, and how well their confidence is calibrated. A click on a line or a bar opens "
            "its sequences in Explore. A click on a name in a legend hides its line, a double "
            "click hides all others. A class's colour is lightened or darkened where a line in it "
            "would be hard to see in the chosen theme. The address holds the four choices."
        ),
        terms(CHARTS),
        html.P(
            "Limits: the model was trained to answer at the end of a sequence, so answers and "
            "confidence before it are computed from states that were never trained to give them. "
            "All numbers are of the stored sequences, which may be a part of the test set; the "
            "overview of the run says so. A bin with few sequences is unreliable, and a mean "
            "position on a t-SNE or UMAP map may lie where there is no state."
        ),
    ]
