"""Columns of swaps.parquet, the swap test: how far a word moves the answer beyond words like it."""

import polars as pl

from stateline.store.schema.columns import Column

MIN_SWAPPED = 10  # test sequences that must hold a word before it is tested
MAX_SWAPPED = 100  # of them, in which it is replaced
MAX_CONTROLS = 100  # words that a word's change is compared with


def swap_columns() -> tuple[Column, ...]:
    """Return the columns of swaps.parquet, one row per tested word, sorted by p and token."""
    no_unknown = "the model has no id for unknown words"
    logits, share = "unit logits", "0 to 1"
    return (
        Column("token", pl.String(), "the word"),
        Column("sequences", pl.UInt32(), "test sequences that hold it, unstored ones too"),
        Column(
            "position", pl.Float32(),
            "mean over all labelled sequences that hold it of where it stands: 0 at the beginning, "
            "1 at the end", share,
        ),
        Column("towards", pl.UInt16(), "class that it pushes to most"),
        Column(
            "control", pl.Boolean(),
            "it is among the words that others are compared with: all, or a seeded sample",
        ),
        Column(
            "swapped", pl.UInt32(),
            f"test sequences in which it was replaced: the first {MAX_SWAPPED} in stored order",
        ),
        Column(
            "change", pl.Float32(),
            "mean over them of the unit logit of `towards` with the word, less that with words of "
            "like frequency and position in its place; a unit logit is the logit less the mean "
            "over the other classes, with one sigmoid unit plus or minus the logit",
            logits,
        ),
        Column("change_se", pl.Float32(), "standard error of that mean", logits),
        Column(
            "change_low", pl.Float32(), "lower end of its 95 % interval, by Student's t", logits
        ),
        Column("change_high", pl.Float32(), "upper end of that interval", logits),
        Column(
            "flips", pl.Float32(), "mean share of the replacements that change the predicted class",
            share,
        ),
        Column(
            "flips_low", pl.Float32(),
            "lower end of its 95 % interval, by Wilson's score for that many sequences", share,
        ),
        Column("flips_high", pl.Float32(), "upper end of that interval", share),
        Column(
            "unknown_change", pl.Float32(), "change with the unknown word in its place", logits,
            no_unknown,
        ),
        Column("unknown_se", pl.Float32(), "standard error of that mean", logits, no_unknown),
        Column("unknown_flips", pl.Float32(), "flips with the unknown word", share, no_unknown),
        Column(
            "unknown_low", pl.Float32(), "lower end of its 95 % interval, by Wilson's score", share,
            no_unknown,
        ),
        Column(
            "unknown_high", pl.Float32(), "upper end of that interval", share, no_unknown
        ),
        Column(
            "controls", pl.UInt32(),
            "words of like frequency and position that it is compared with, replaced likewise",
        ),
        Column(
            "control_change", pl.Float32(),
            "median size of their changes, towards or away from the same class", logits,
        ),
        Column("control_flips", pl.Float32(), "mean of their flips", share),
        Column(
            "control_sequences", pl.UInt32(), "test sequences in which any of them was replaced"
        ),
        Column(
            "control_low", pl.Float32(),
            "lower end of the 95 % interval of control_flips, by Wilson's score for that many "
            "sequences", share,
        ),
        Column("control_high", pl.Float32(), "upper end of that interval", share),
        Column("frequency", pl.UInt32(), "labelled sequences of all splits that hold it, as read"),
        Column("labelled", pl.UInt32(), "of them, those that are labelled `towards`"),
        Column(
            "expected", pl.Float32(),
            "how many of them would be, by their other words: a logistic regression on the words "
            "of the labelled sequences, fitted without a part of them and applied to it",
        ),
        Column(
            "weight", pl.Float32(),
            "its own weight in that regression towards the class, the other words in it, less the "
            "mean over the other classes",
            "log-odds",
        ),
        Column("weight_rank", pl.UInt32(), "its rank by that weight among all words, 1 the most"),
        Column(
            "p_change", pl.Float64(),
            "probability of so large a change if the word pushed nowhere, by Student's t, times "
            "the classes",
            share,
        ),
        Column(
            "p_labels", pl.Float64(),
            "probability of so many labels if the word said nothing beyond the other words, times "
            "the classes",
            share,
        ),
        Column(
            "p", pl.Float64(),
            "the larger of both, since a finding needs the model and the labels; 1 unless "
            "change_low is above control_change",
            share,
        ),
        Column(
            "q", pl.Float64(),
            "false discovery rate at which it is listed (Benjamini-Hochberg); p of the words that "
            "were not tested counts as 1",
            share,
        ),
    )  # fmt: skip
