"""Help on the Units page: how to read it, and what it does not show."""

from dash import html

from stateline.app.help.parts import Body, terms
from stateline.app.queries.limits import UNIT_CONTEXT, UNIT_THRESHOLD

PARTS = (
    (
        "Heatmap",
        "One row per unit of the layer, one column per step of a sequence. A cell is the unit's "
        "value h after the step, or its contribution at the step to the class chosen at Towards: "
        "weight times change of h. Summed over all units these give the step's contribution, which "
        "Explore shows. The colour scale of h ends at the largest value in the run, so that "
        "colours can be compared between sequences.",
    ),
    (
        "Rows",
        "By contribution: the absolute contributions of a unit, summed over the sequence. The bar "
        "beside a row is this sum, in the colour of the class that the unit favoured in total. If "
        "the readout is not linear, or reads another layer, units have no contributions, and their "
        "absolute changes are summed instead. Other orders: by group, by number, and by standard "
        "deviation over the run.",
    ),
    (
        "Unit",
        "Click a row. Its contexts are the steps of the whole run at which the unit is highest and "
        f"lowest, at most one a sequence, with {UNIT_CONTEXT} words on either side, coloured by "
        "the unit's values. A click on a context opens its step here, the link Explore opens it "
        "there. The sign of its weight in the readout says for which class a higher h speaks; of "
        "several classes, the weights are shown less their mean, which changes no answer.",
    ),
    (
        "Select and match",
        "Drag across columns to choose a span of steps. A unit is on where h is at or above the "
        f"threshold (at first {UNIT_THRESHOLD:g}), or at or below a negative one. The units that "
        "are on at every step of the span are listed. A match is a maximal interval of steps, "
        "anywhere in the run, at which all of them are on. Matches closest in length to the span "
        "come first, then those with the fewest other units on throughout. Click a unit to leave "
        "it out: fewer units have more matches. A match opens in the heatmap with its steps "
        "marked; span and list stay, and a link above the heatmap leads back to the span. A span "
        "dragged in the opened sequence starts a new search. The method is that of LSTMVis "
        "(Strobelt et al. 2018).",
    ),
    (
        "Groups and words",
        "Units and words, co-clustered by the mean change of every unit at every frequent word: a "
        "group holds units that change at the same words. A co-clustering depends on the random "
        "start of its search, so the groups are a consensus of many: their stability, the share of "
        "these that put two members of a group together, says how far to rely on one. The rows of "
        "one group can be shown without the others. Point at a word to frame the rows of the units "
        "that change at it by at least half as much as the one that changes most, and to fade the "
        "others. The method is that of RNNVis (Ming et al. 2017).",
    ),
)


def units_section() -> Body:
    """Return the section's body."""
    return [
        html.P(
            "The page Units shows the hidden state unit by unit: at which words single units and "
            "groups of them change, and where in the run they changed in the same way."
        ),
        terms(PARTS),
        html.P(
            "Limits: a unit that is high in similar contexts need not cause anything, and most "
            "information is distributed over many units, so that a single one rarely has a "
            "meaning. A match shows where the same units were on, not that the model read the same "
            "meaning. Every unit and word is assigned to a group, however low its stability. "
            "Contributions of units are exact for a linear readout; they say by how much the logit "
            "changed through a unit, not why the unit has its value."
        ),
    ]
