"""Help on the Words page: table, plot, shortcuts and occurrences, and their limits."""

from dash import html

from stateline.app.help.parts import Body, terms
from stateline.app.queries.limits import MIN_OCCURRENCES
from stateline.store.schema import MIN_PHRASE, MIN_SHORTCUT

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
        "classes. Sure is the effect minus two standard errors, a lower bound that allows for "
        "chance. The table is sorted by it at first.",
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
        "The unsupported effect, in logits: the part of the sure effect that the test labels do "
        "not support, and at most what the training labels say about the word's class beyond the "
        "test labels, both with an allowance for chance. A shortcut is a rule that held in the "
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
            "Shortcuts lists the words with an unsupported effect, the largest first, each with "
            f"the reason; at least {MIN_SHORTCUT} stored sequences must hold the word. In "
            "demo-reviews the planted name comes first."
        ),
        html.P(
            "Limits: a contribution is the change of the answer when the word was read, in the "
            "context before it. It may be due to earlier words that this one completes. A mean "
            "hides that a word pushes both ways: look at the spread and the occurrences. A "
            "shortcut is a hypothesis: among thousands of words some pass by chance, and a word "
            "may stand for another that occurs with it."
        ),
    ]
