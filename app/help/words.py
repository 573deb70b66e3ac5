"""Help on the Words page: table, plot, shortcuts and occurrences, and their limits."""

from dash import html

from stateline.app.help.parts import Body, terms
from stateline.app.queries.limits import MIN_OCCURRENCES
from stateline.store.schema import (
    MAX_Q,
    MAX_SWAPPED,
    MIN_OVERLAP,
    MIN_PHRASE,
    MIN_SHORTCUT,
    MIN_SWAPPED,
)

COLUMNS = (
    (
        "Contribution",
        "The mean contribution of the word to the logit of the class that it pushes to, or of the "
        "class chosen at Towards, over all its occurrences, with its standard error. For a phrase "
        "the contributions of both words are added. With one sigmoid unit the column is left out, "
        "since it equals the effect.",
    ),
    (
        "Effect",
        "The contribution to the class that the word pushes to most, minus the mean over the other "
        "classes. Sure is the lower end of its 95 % interval, by Student's t. Standard errors are "
        "clustered by sequence: a word that a sequence repeats ten times proves no more than one "
        "that stands in it once. The table is sorted by Sure at first.",
    ),
    (
        "Wrong and Without",
        "The share of misclassified sequences among the stored sequences with the word, and among "
        "those without it.",
    ),
    (
        "Training and Test",
        "The classes of all sequences of a split that hold the word as the model reads them; the "
        "width of a class is its share. Point at a bar for the numbers.",
    ),
    (
        "Shortcut",
        "The unsupported effect, in logits: by how much the effect exceeds what the test labels "
        "support, at the least (lower end of the 95 % interval). Both are the logit of a class "
        "less the mean of the others': of the model's answer, and of the shares of the classes "
        "among the test sequences that hold the word. A shortcut is a rule that held in the "
        "training data and no longer holds.",
    ),
)


def words_page_section() -> Body:
    """Return how to read table, plot, occurrences and shortcuts, and what they do not show."""
    return [
        html.P(
            "The page Words averages the contributions of every word over the whole run. A row is "
            "a token as the model reads it (all unknown words are one token), or a phrase of two "
            f"tokens that follow each other at least {MIN_PHRASE} times. Words with fewer than "
            f"{MIN_OCCURRENCES} occurrences are hidden until you lower that number; the page says "
            "how many."
        ),
        terms(COLUMNS),
        html.P(
            "The plot shows the effect against the number of occurrences. With two classes, one "
            "has the upper half and one the lower. With more, each word's effect is towards the "
            "class of its colour, or all are towards the class that you choose. Effects of rare "
            "words vary much by chance. An effect far from zero at many occurrences is a change of "
            "the logits whenever the word is read, on average."
        ),
        html.P(
            "A click on a point or a row lists every occurrence in its context and shows its "
            "states on the map. The number of an occurrence is its effect towards the class named "
            "in the heading, the largest first; their mean stands beside the word. Point at an "
            "occurrence or a dot to highlight both; a click on an occurrence opens its sequence at "
            "that step."
        ),
        html.P(
            "Shortcuts lists words whose class is more frequent with them in training than in "
            "test, and whose effect exceeds what the test labels support, the largest unsupported "
            "effect first, each with the reason. The labels are compared by Fisher's "
            f"exact test, for words of {MIN_SHORTCUT} test sequences or more; q is the false "
            "discovery rate by Benjamini and Hochberg, since thousands of words are tested, and "
            f"words with q up to {MAX_Q} pass. Phrases that stand in mostly the same sequences "
            f"(overlap {MIN_OVERLAP} or more, corrected for chance) are one "
            "row. In demo-reviews the planted name comes first."
        ),
        html.P(
            "Where the build drew the split at random, or knows no training labels, the list is "
            "empty and says so: training and test labels then differ by chance only, or cannot be "
            "compared. The overview of Explore says how the split came about. A word that holds in "
            "training and test alike is no shortcut in this sense, however far it pushes: the swap "
            "test, which needs no split, asks what the model does without the word."
        ),
        html.P(
            "Swap test lists words that move the answer by themselves. Each word of "
            f"{MIN_SWAPPED} test sequences or more is replaced in the test sequences that hold it "
            f"(the first {MAX_SWAPPED} of more) by words of similar frequency and position, and by "
            "the unknown word, and the model reads them again. The change is the logit of the "
            "class with the word, less that with another in its place; flips is the share of "
            "replacements that change the answer. A word is listed where its change is above zero, "
            "its 95 % interval above the median change of its controls, and where the "
            "sequences that hold it are labelled accordingly beyond what a logistic regression on "
            "their other words predicts. Both tests together have the false discovery rate q. Of "
            "very many words only some are tested, and the page counts the others. A listed word "
            "may be good evidence or a shortcut: the test cannot tell them apart."
        ),
        html.P(
            "Limits: a contribution is the change of the answer when the word was read, in the "
            "context before it. It may be due to earlier words that this one completes. A mean "
            "hides that a word pushes both ways: look at the spread and the occurrences. A "
            "shortcut is a hypothesis: labels that differ do not prove where the model learned the "
            "word, a word may stand for another that occurs with it, and texts that are copies of "
            "each other count as if they were independent. A word of few test sequences passes "
            "seldom, so that a word that is not listed may be one."
        ),
    ]
