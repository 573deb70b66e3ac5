"""The section of the help page on the Words page."""

from dash import html

from stateline.app.help.parts import terms
from stateline.app.queries.limits import MIN_OCCURRENCES
from stateline.store.schema import MIN_PHRASE, MIN_SHORTCUT

COLUMNS = (
    (
        "Contribution",
        "how far the word moved the logit of the class that it pushes to, or of the one chosen "
        "above as towards, on average over all places where it was read, with the standard error "
        "of that mean. Of a phrase both words count. One sigmoid unit has one logit, so that the "
        "effect says the same and the column is left out.",
    ),
    (
        "Effect",
        "the contribution to the class that the word pushes to most, less the mean over the other "
        "classes. Sure is the effect less two standard errors: what is left when chance is given "
        "its due. The table begins with the surest.",
    ),
    (
        "Wrong and without",
        "the share of the stored sequences that are misclassified, of those that hold the word "
        "and of those that do not.",
    ),
    (
        "Training and test",
        "the classes of all sequences of either split that hold the word as the model reads them, "
        "each class as wide as its share. Put the mouse on a bar for the numbers.",
    ),
    (
        "Shortcut",
        "the unsupported effect: the part that the test labels do not support, in logits: the "
        "sure effect, "
        "but no more than what the training labels say of the word's class beyond the test "
        "labels, chance allowed for. A rule that held in training and holds no longer.",
    ),
)


def words_page_section() -> list:
    """How to read table, plot, shortcuts and occurrences, and what they do not prove."""
    return [
        html.P(
            "The page Words sums the contributions of every word over the whole run. A row is a "
            "token as the model reads it, all unknown words together as one, or two tokens that "
            f"follow each other at least {MIN_PHRASE} times. Words that occur fewer than "
            f"{MIN_OCCURRENCES} times are hidden until you lower the number; the page says how "
            "many."
        ),
        terms(COLUMNS),
        html.P(
            "The plot sets the effect against how often a word occurs: with two classes one has "
            "the upper half and one the lower, with more each word's effect is towards the class "
            "of its colour, or all are towards the one that you choose. Rare words scatter far by "
            "chance; one that is common and still far from zero decides."
        ),
        html.P(
            "A click on a point or a row shows every occurrence in its context and its states on "
            "the map. The number of an occurrence is the effect there, towards the class that the "
            "heading names, the strongest first; the mean of them all stands beside the word. Put "
            "the mouse on an occurrence or on a dot, and the other is lit; a click on an "
            "occurrence opens its sequence there."
        ),
        html.P(
            "Shortcuts lists the words whose effect the test labels do not support, the largest "
            f"first, each with its reason; at least {MIN_SHORTCUT} stored sequences must hold "
            "it. In demo-reviews the planted name comes first."
        ),
        html.P(
            "What it does not prove: a contribution is what the answer gained when the word was "
            "read, in the context that stood before it. It may belong to the words before, which "
            "a later one only completes. A mean hides that a word pushes both ways: see its "
            "spread and its occurrences. And a shortcut is a suspicion: among thousands of words "
            "some pass by chance, and a word may stand for another that it comes with."
        ),
    ]
