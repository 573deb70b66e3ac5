"""Help on orders of the table, clusters on the map, and nearest states."""

from dash import html

from stateline.app.help.parts import Body, terms
from stateline.app.queries.limits import NEAR
from stateline.app.queries.orders import ORDERS
from stateline.store.schema import MAX_Q, MIN_CLUSTER_SEQUENCES

# What each order of the table shows first, by its key.
READ = {
    "confident": "Misclassified sequences, by the probability of the predicted class: errors that "
    "a threshold on the confidence finds last.",
    "late": "Sequences whose answer changed, by the position of the last change as a share of "
    "their length: the answer was not settled before.",
    "lost": "Misclassified sequences whose answer was correct at some step, by the highest "
    "expected prediction of the actual class at any step. A frame marks the turning point.",
    "unsure": "All sequences, by the highest confidence at any of their steps, the lowest first: "
    "the model was not sure of any class at any step.",
}


def orders_section() -> Body:
    """Return how to read the named orders of the table."""
    return [
        html.P(
            "Order, above the table, puts sequences first that are worth reading. It leaves out "
            "the sequences that its number is not defined for, and combines with every filter: a "
            "cell of the confusion matrix, a lasso, a word. The arrow keys follow it. A click on a "
            "column's heading sorts the remaining sequences; choosing an order removes that sort."
        ),
        terms(tuple((each.name, READ[key]) for key, each in ORDERS.items())),
        html.P(
            "An order sorts by one number and explains nothing. A sequence that comes first is "
            "one to read: its label may be wrong."
        ),
    ]


def clusters_section() -> Body:
    """Return how to read the names of clusters on the map."""
    return [
        html.P(
            "The states of a map are clustered by density, at three levels. The name of a cluster "
            "is the words that its states have just read in more sequences than expected by "
            "chance; its colour is that of its most frequent actual class. With the whole "
            "map in view the coarse clusters are named, and finer ones as you zoom in. A cluster "
            "without such a word, as all are of a series, is named by its most frequent answer and "
            "its share."
        ),
        html.P(
            "A word counts once a sequence, with the share of its occurrences there that are in "
            "the cluster, and is compared with all other words by the hypergeometric distribution. "
            f"It must be read there in {MIN_CLUSTER_SEQUENCES} sequences or more, and of all words "
            f"of a level {MAX_Q * 100:g} % at the most are expected to be there by chance "
            "(Benjamini and Hochberg 1995). The words are not independent of each other: those of "
            "a set phrase come together."
        ),
        html.P(
            "Point at a name for its words, size, purity (the share of states whose sequence has "
            "the most frequent class) and the share classified correctly. A click makes it a "
            "filter; the filter menu lists all clusters. Names that would overlap are left out, "
            "and the line above the legend counts them. View switches the names off."
        ),
        html.P(
            "Clusters are found on the map, not among the hidden states, so they share its "
            "distortions: where the map separates similar states or joins different ones, so do "
            "the clusters. States between clusters belong to none."
        ),
    ]


def neighbours_section() -> Body:
    """Return how to read the nearest states, and what they say about the map."""
    share = f"{NEAR:.0%}".replace("%", " %")
    return [
        html.P(
            "Click a step: a word, a column, a bar or a point. Under the table appear its nearest "
            "states: the ten states of other sequences, at most one a sequence, with the smallest "
            "distance to it. Each has the words around it, its class, and the answer there. "
            "Distances are Euclidean, over all units of the layer that the map shows, not on the "
            "map. Dots mark these states on the map; point at a row or a dot to highlight both, "
            "click it to open that step."
        ),
        html.P(
            "Neighbours are the states whose values are most similar over all units. At a small "
            "distance, the two beginnings have led to nearly the same hidden state, and a "
            "neighbour of another class is one that the hidden state hardly separates. A "
            f"neighbour is near on the map within {share} of the map's longer side, else far. Many "
            "far ones mean that the map separates similar states there; the colour Trust shows "
            "this for all states at once."
        ),
        html.P(
            "The nearest states need not be close: compare their distances with the distance bars "
            "and with each other. Up to some hundred thousand states, all are compared. Beyond, an "
            "approximate index is used, which may miss some; the list says so. States of a typed "
            "text are not stored and have no list; the panel links to the stored state at which "
            "each is drawn."
        ),
    ]
