"""Help on what leads to a sequence, and on what lies around a state."""

from dash import html

from stateline.app.queries.limits import NEAR
from stateline.app.queries.orders import ORDERS


def orders_section() -> list:
    """How to read the ready orders of the table."""
    return [
        html.P(
            "Order, above the table, puts the sequences first that are worth a look. It leaves "
            "out what it is not about, and counts together with every filter: a cell of the "
            "confusion matrix, a lasso, a word. The arrow keys follow it. A click on the head of "
            "a column sorts what the order has left; choosing an order takes that sort off."
        ),
        html.Dl(
            [html.Div([html.Dt(each.name), html.Dd(READ[key])]) for key, each in ORDERS.items()],
            className="help-terms",
        ),
        html.P(
            "An order sorts by one number and explains nothing. A sequence that comes first is a "
            "reason to read it: its label may be what is wrong."
        ),
    ]


READ = {
    "confident": "Classified wrongly, by the probability of the wrong class: mistakes that no "
    "threshold of confidence would have caught.",
    "late": "Sequences whose answer changed, by how late it changed last, as a share of their "
    "length: what came at the end decided.",
    "lost": "Classified wrongly although the answer was right at some step, by the highest "
    "expected prediction that the actual class ever had. Where it turned is framed in the words.",
    "unsure": "All sequences, by the highest confidence at any of their steps, the lowest first: "
    "what the model has no opinion on.",
}


def clusters_section() -> list:
    """How to read the names of clusters on the map."""
    return [
        html.P(
            "The states of a map are grouped where they lie densely, at three levels. The names "
            "on the map are the words that the states of a group have just read more often than "
            "others have; the colour is that of its most common actual class. With all of the map "
            "in view the coarse groups are named, and finer ones as you zoom in. A series has no "
            "words: the class stands there, with its share."
        ),
        html.P(
            "Point at a name for its words, size, purity (the share of states whose sequence has "
            "the most common class) and the share classified correctly. A click makes it a filter; "
            "the filter menu lists all of them. Names that would cover one another are left out, "
            "and the line over the legend counts them. View switches them off."
        ),
        html.P(
            "The groups are found on the map, not among the hidden states: what the map tears "
            "apart or pushes together, they do too. States between groups belong to none."
        ),
    ]


def neighbours_section() -> list:
    """How to read the nearest states, and how far to trust the map."""
    share = f"{NEAR:.0%}".replace("%", " %")
    return [
        html.P(
            "Click a step: a word, a column, a bar or a point. Under the table stand the ten "
            "states that are nearest to it among those of all other sequences, one a sequence, "
            "with the words around each, its class, and what the model would have answered there. "
            "Distances are in the units of the hidden state, over all units of the layer that the "
            "map shows, not on the map. The dots on the map show where these states lie; point at "
            "a row or a dot to link the two, click it to go there."
        ),
        html.P(
            "What the model treats alike is alike here: different words with the same answer are "
            "a meaning it has found, and neighbours of another class show what it cannot tell "
            f"apart. Near or far says whether the map shows it, up to {share} of its longer side. "
            "Many far ones mean that this part of the map is torn; the colour Trust shows the "
            "same for all states at once."
        ),
        html.P(
            "Nearest does not mean near: compare the distance with the bars, and with that of the "
            "other neighbours. Up to some hundred thousand states all are compared. Beyond, an "
            "index finds most of the nearest ones and may miss some, which the list says. A typed "
            "text is not stored, so its states have no list of their own: the panel leads to the "
            "stored state at which each is drawn."
        ),
    ]
