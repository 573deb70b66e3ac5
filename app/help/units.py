"""The help page's section on the Units page: how to read it, and what it does not say."""

from dash import html

from stateline.app.help.parts import terms
from stateline.app.queries.limits import UNIT_CONTEXT, UNIT_THRESHOLD

PARTS = (
    (
        "Heatmap",
        "A row a unit of the layer, a column a step of one sequence. A cell is the unit's value h "
        "after the step, or what the step's change of it added to the logit of the class chosen at "
        "Towards: weight times change. Over all units these sum to the step's contribution, which "
        "the sequence view shows. The colours of h run to the largest value in the run, so that "
        "they mean the same in every sequence.",
    ),
    (
        "Rows",
        "By contribution: the sizes of a unit's contributions, summed over the sequence; the bar "
        "beside a row is this sum, in the colour of the class that the unit favoured in the end. "
        "Where the readout is not linear, or reads another layer, no unit has a contribution of "
        "its own, and the sizes of its changes are summed. Other orders: by group, number, and by "
        "the standard deviation over the run.",
    ),
    (
        "Unit",
        "Click a row. The contexts are the steps of the whole run at which the unit is highest and "
        f"lowest, one a sequence, with {UNIT_CONTEXT} words on either side in the colours of its "
        "values. A context opens its step here; Explore opens it there. The weight in the readout "
        "says for which class a higher h of the unit speaks.",
    ),
    (
        "Select and match",
        "Drag across columns. The units that are on, with h at or above the threshold (at first "
        f"{UNIT_THRESHOLD:g}), or at or below it on the other side, at every step of the span are "
        "listed. A match is a stretch of steps anywhere in the run at which all of them are on, as "
        "long as it can be. Those whose length is nearest to the span's come first, then those "
        "with the fewest other units on throughout. Click a unit to leave it out: fewer units have "
        "more matches. A match opens in the heatmap, with its steps marked; the span and the list "
        "stay, and the way back to the span is above the heatmap. A span dragged in the opened "
        "sequence is a new question. After LSTMVis (Strobelt et al. 2018).",
    ),
    (
        "Groups and words",
        "Units that the same words move, and those words, put together by co-clustering the mean "
        "change of every unit at every frequent word. The rows of a group can be shown alone; a "
        "word under the cursor frames the rows of the units that it moves by at least half as much "
        "as the one that it moves most, and pales the others. After RNNVis (Ming et al. 2017).",
    ),
)


def units_section() -> list:
    """The section's body."""
    return [
        html.P(
            "The page Units of a run looks into the layer: what single units and groups of them "
            "answer to, and where in the run they did the same before."
        ),
        terms(PARTS),
        html.P(
            "Limits: a unit that is high in the same contexts need not cause anything, and most "
            "facts are spread over many units, so that a single one rarely has a meaning. A match "
            "shows where the same units were on, not that the model read the same there. A group "
            "is drawn up for all units and words, clear-cut or not. Contributions of units are "
            "exact for a linear readout; they say what the unit gave to the answer, not what put "
            "it there."
        ),
    ]
