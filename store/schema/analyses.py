"""Columns of the tables of analyses: effects of words, clusters of states, responses of units.

All of it follows from the step-grained tables; it is stored because a page must not wait for it.
Here and in the other modules of the schema, columns are listed as data: tables with like columns
have like lines.
"""

import polars as pl

from stateline.store.schema.columns import KEY, Column

CLUSTER_LEVELS = 3  # coarse, middle, fine
CHARACTERISTIC_WORDS = 8  # of a cluster, at the most
# Sequences that must have read such a word in the cluster: of fewer, a passage that two texts share
# would be a finding.
MIN_CLUSTER_SEQUENCES = 5
MIN_PHRASE = 2  # occurrences of a two-word phrase that is kept
MIN_SHORTCUT = 10  # test sequences that must hold a word before it is tested for a shortcut
MAX_Q = 0.05  # false discovery rate at which words are listed as findings
MIN_OVERLAP = 0.8  # of the sequences of two phrases that are one finding, corrected for chance
CONTEXTS = 20  # of a unit at either end
MAX_RESPONSES = 200  # words whose effect on every unit is kept
MIN_RESPONSE = 5  # occurrences that such a word needs
# Sequences added to those with a word, at the average share of each class, before the log-odds of a
# class are taken: a word of two sequences, both of one class, proves little.
LABEL_PRIOR = 2
# Shortest length of a segment on a map, as a share of the median one: a shorter one counts as that.
MIN_SEGMENT = 1e-3


def word_columns(classes: int, outputs: int) -> tuple[Column, ...]:
    """Return the columns of words.parquet, one row per token or two-word phrase; none for a series.

    classes  C, the number of classes
    outputs  K, the head's output units: 1 for one sigmoid unit, else C
    """
    per_output = pl.Array(pl.Float32(), outputs)
    per_class = pl.Array(pl.UInt32(), classes)
    once, one = "it occurs once", "one sequence holds it"
    no_train = "the training split is not known"
    return (
        Column("phrase", pl.String(), "the token, or two that follow each other, with a blank"),
        Column("size", pl.UInt8(), "1 for a token, 2 for a phrase", "words"),
        Column("count", pl.UInt32(), "occurrences in the stored sequences"),
        Column("sequences", pl.UInt32(), "stored sequences that hold it"),
        Column(
            "contribution",
            per_output,
            "mean over its occurrences of the contribution of its words, summed over a phrase",
        ),
        Column(
            "contribution_se",
            per_output,
            "standard error of that mean, clustered by sequence",
            "",
            one,
        ),
        Column("contribution_sd", per_output, "standard deviation over occurrences", "", once),
        Column("towards", pl.UInt16(), "class that it pushes to most"),
        Column(
            "effect",
            pl.Float32(),
            "mean contribution to the logit of `towards` less the mean over the other classes; "
            "with one sigmoid unit the size of the mean contribution",
        ),
        Column(
            "effect_se",
            pl.Float32(),
            "standard error of the effect, clustered by sequence",
            "",
            one,
        ),
        Column(
            "effect_low",
            pl.Float32(),
            "lower end of the effect's 95 % interval, by Student's t with sequences - 1 degrees of "
            "freedom",
            "",
            one,
        ),
        Column(
            "distance",
            pl.Float32(),
            "mean distance that the state moved, summed over a phrase",
            "hidden-state units",
        ),
        Column("flips", pl.UInt32(), "occurrences at which the predicted class changed"),
        Column(
            "error_with", pl.Float32(), "share misclassified of the stored sequences with it",
            "0 to 1",
        ),
        Column(
            "error_without",
            pl.Float32(),
            "share misclassified of the stored sequences without it",
            "0 to 1",
            "every one holds it",
        ),
        Column(
            "train",
            per_class,
            "sequences of the training split that hold it as the model reads them, by class",
            "",
            no_train,
        ),
        Column(
            "test",
            per_class,
            "sequences of the test split that hold it, unstored ones too, by class",
        ),
        Column(
            "lift",
            pl.Float32(),
            "what the test labels say for `towards`, in the unit of the effect: log share of that "
            "class among the test sequences that hold it, drawn to the average as if "
            f"{LABEL_PRIOR} more held it, less the mean over the other classes, less the same of "
            "all test sequences",
        ),
        Column("lift_se", pl.Float32(), "standard error of the lift"),
        Column("train_lift", pl.Float32(), "what the training labels say, likewise", "", no_train),
        Column(
            "q",
            pl.Float32(),
            "false discovery rate (Benjamini-Hochberg over all tested words) at which the training "
            "labels say more for `towards` than the test labels do: Fisher's exact test, times the "
            "number of classes",
            "0 to 1",
            f"not tested: the split was drawn at random or is not known, fewer than {MIN_SHORTCUT} "
            "test sequences hold it, or it holds a token that is no word",
        ),
        Column(
            "shortcut",
            pl.Float32(),
            "by how much the effect is larger than what the test labels support, at the least: "
            "lower end of the 95 % interval of effect - max(lift, 0), in logits",
            "",
            f"no shortcut: that is not above 0, q is above {MAX_Q}, or it is null",
        ),
        Column(
            "finding",
            pl.String(),
            "of shortcuts that stand in the same sequences the one with the largest `shortcut`",
            "",
            "no shortcut",
        ),
    )  # fmt: skip


def cluster_columns() -> tuple[Column, ...]:
    """Return the columns of clusters/<projection>.parquet, sorted by level and cluster."""
    return (
        Column("level", pl.UInt8(), "0 coarse to 2 fine"),
        Column("cluster", pl.UInt32(), "number within its level, the largest first"),
        Column(
            "parent",
            pl.Int32(),
            "cluster one level coarser that holds most of its states; -1 where none does",
        ),
        Column("states", pl.UInt32(), "states in it"),
        Column("sequences", pl.UInt32(), "sequences with a state in it"),
        Column("x", pl.Float32(), "where its label stands on the map: one of its states"),
        Column("y", pl.Float32(), "the same"),
        Column("label", pl.UInt16(), "most common actual class of its states"),
        Column("purity", pl.Float32(), "share of its states with that actual class", "0 to 1"),
        Column("predicted", pl.UInt16(), "most common predicted class of its states"),
        Column(
            "accuracy",
            pl.Float32(),
            "share of its states whose predicted class is the actual one",
            "0 to 1",
        ),
        Column(
            "words",
            pl.List(pl.String()),
            "tokens that its states have read in more sequences than expected by chance, the "
            "surest first; none where no token is one, and for a series",
        ),
        Column(
            "word_sequences",
            pl.List(pl.UInt32()),
            f"of each of the words, sequences in which a state of the cluster has read it, "
            f"{MIN_CLUSTER_SEQUENCES} at the least",
        ),
        Column(
            "word_q",
            pl.List(pl.Float32()),
            "of each of the words, the smallest rate of false discovery in this level at which it "
            f"is listed, {MAX_Q} at the most",
            "0 to 1",
        ),
    )


def unit_columns(outputs: int) -> tuple[Column, ...]:
    """Return the columns of units/<layer>.parquet, one row per unit, sorted by unit.

    outputs  K, the head's output units
    """
    return (
        Column("unit", pl.UInt32(), "number of the unit in its layer"),
        Column(
            "weight",
            pl.Array(pl.Float32(), outputs),
            "its weight in the readout, by output",
            "",
            "the readout is not linear, or reads another layer",
        ),
        Column("mean", pl.Float32(), "mean of h over all stored steps"),
        Column("sd", pl.Float32(), "standard deviation of h over all stored steps"),
        Column("low", pl.Float32(), "smallest h"),
        Column("high", pl.Float32(), "largest h"),
        Column(
            "cluster",
            pl.UInt32(),
            "group of units that the same words move, as in responses; numbered by its units, the "
            "most first",
            "",
            "no word of the responses moves it",
        ),
        Column(
            "stability",
            pl.Float32(),
            "share of the co-clusterings, of which the groups are a consensus, that put it "
            "together with a unit or word of its group, the mean over the others of the group",
            "0 to 1",
            "no word of the responses moves it",
        ),
    )


def context_columns() -> tuple[Column, ...]:
    """Return the columns of contexts/<layer>.parquet, sorted by unit, high (true first) and rank.

    A sequence appears once at either end of a unit, with its strongest step.
    """
    return (
        Column("unit", pl.UInt32(), "number of the unit in its layer"),
        Column("high", pl.Boolean(), "among the largest values of h; else among the smallest"),
        Column("rank", pl.UInt8(), "0 for the strongest"),
        *KEY,
        Column("value", pl.Float32(), "h of the unit there"),
    )


def response_columns(units: int) -> tuple[Column, ...]:
    """Return the columns of responses/<layer>.parquet, one row per word; none for a series.

    units  N, the units of the layer
    """
    return (
        Column("phrase", pl.String(), "the token"),
        Column("count", pl.UInt32(), "occurrences in the stored sequences"),
        Column("cluster", pl.UInt32(), "group of words that move the same units, as in units"),
        Column("stability", pl.Float32(), "as in units", "0 to 1"),
        Column(
            "response",
            pl.Array(pl.Float32(), units),
            "mean change of h of each unit where the model reads the word",
            "hidden-state units",
        ),
    )
