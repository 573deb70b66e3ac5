"""The help page's section on the Decisions page: how to read its charts, and their limits."""

from dash import html

from stateline.app.help.parts import terms

PARTS = (
    (
        "Accuracy after so many words",
        "The share of all stored sequences that would be right had each ended after so many words. "
        "A shorter one keeps its last answer. The dashed line is what always naming the most "
        "frequent class would get: a curve that starts there has not seen evidence yet.",
    ),
    (
        "Settled",
        "Which share of the sequences of a class has given its final answer for good by a step. By "
        "share of the sequence, long and short ones compare. A curve that rises at the very end "
        "belongs to answers that the last words turn.",
    ),
    (
        "Expected prediction",
        "How sure the model is of the right class along the way: the median, and the bands that "
        "hold half and four fifths of the sequences still running. Bands apart from the median say "
        "that some sequences go another way altogether.",
    ),
    (
        "Mean trajectory",
        "Where on the map the sequences of a class are on average, at even shares of their way: "
        "where the ways of two classes part, the model has begun to tell them apart.",
    ),
    (
        "Calibration",
        "Accuracy in ten bins of confidence, each with its upper end and without its lower one. A "
        "bin's diamond stands at its mean confidence: how far it is from the dashed line is how "
        "far the model is too sure or too timid. The table has the same numbers. A click lists "
        "what a bin at the end counts; bins of half or a quarter read lead nowhere, since the "
        "table of sequences knows the confidence at the end only. The expected calibration error "
        "is the distance of accuracy and mean confidence, averaged over the bins by their "
        "sequences (Guo et al. 2017): 0 is best; at 0.05 the stated confidence is off by five "
        "points.",
    ),
)


def decisions_section() -> list:
    """The section's body."""
    return [
        html.P(
            "The page Decisions of a run counts over all its stored sequences when the answers "
            "came about and how far their confidence can be believed. A click on a line or a bar "
            "opens its sequences in Explore. A click on a name in a legend hides its line, a "
            "double click shows it alone. A class's colour is made paler or darker where the theme "
            "would swallow a line of it. The address keeps what the four choices show."
        ),
        terms(PARTS),
        html.P(
            "Limits: the model was trained to answer at the end, so that answers and confidence "
            "half-way are what its state gives, not what it was asked for. All numbers are of the "
            "stored sequences, a part of the test set where the overview says so. A bin with few "
            "sequences says little, and a mean of places on a t-SNE or UMAP map may lie where no "
            "state is."
        ),
    ]
