"""Checks of the tables that are read whole: sequences and vocabulary."""

import polars as pl

from stateline.store.checks.report import Report, fail
from stateline.store.checks.rules import first_false
from stateline.store.errors import StatelineError, rebuild
from stateline.store.manifest.models import Corpus
from stateline.store.reader import Run
from stateline.store.schema import SEQUENCES, VOCABULARY


def refuse_nulls(run: Run, name: str, table: pl.DataFrame) -> None:
    """Check that only columns whose schema gives null a meaning have nulls.

    raises  StatelineError  at the first null of another column
    """
    for column in run.columns[name]:
        there = table[column.name].is_not_null()
        if not column.null and not there.all():
            what = f"row {first_false(there):,}: {column.name} is null, which it never is"
            raise StatelineError(run.folder / name, what, fix=rebuild(run.name))


def check_sequences(run: Run, report: Report) -> None:
    """Check the table of sequences by itself and against the manifest.

    raises  StatelineError  at the first sequence that breaks a rule
    """
    table = run.sequences
    refuse_nulls(run, SEQUENCES, table)
    for rule, expression in sequence_rules(len(run.class_names), run.manifest.corpus).items():
        # NaN compares in ways of its own; `is_between` refuses it.
        good = table.select(expression).to_series()
        if not good.all():
            sequence = first_false(good)
            column = rule.split(" ", 1)[0]
            fail(run, SEQUENCES, f"sequence {sequence}", rule, table[column][sequence])
        report.add("sequences", rule)
    rows = int(table["length"].sum())
    if rows != run.states:
        what = "its lengths do not add up to the rows of the steps"
        fail(run, SEQUENCES, what, f"{run.states:,}", f"{rows:,}")
    report.add("lengths", f"add up to {rows:,} steps")


def sequence_rules(classes: int, corpus: Corpus) -> dict[str, pl.Expr]:
    """Return the rules of each row of sequences.parquet, by their words, the column first."""
    id_ = pl.col("sequence_id")
    rules = {
        "sequence_id counts from 0 in stored order": id_ == pl.int_range(pl.len()),
        "external_id occurs once": pl.col("external_id").is_unique(),
        f"label is one of {classes} classes": pl.col("label") < classes,
        f"predicted is one of {classes} classes": pl.col("predicted") < classes,
        "correct says whether label equals predicted": pl.col("correct")
        == (pl.col("label") == pl.col("predicted")),
        "confidence lies in 0 to 1": pl.col("confidence").is_between(0, 1),
        **length_rules(corpus.truncation.max_steps),
        "turning_step is null where the class is correct": pl.col("turning_step").is_null()
        | ~pl.col("correct"),
        **{
            f"{column} is a step of the sequence": pl.col(column).fill_null(0) < pl.col("length")
            for column in ("settle_step", "max_distance_step", "turning_step", "right_until")
        },
    }
    if corpus.kind == "series":
        rules["text is empty for a series"] = pl.col("text") == ""
    return rules


def length_rules(most: int | None) -> dict[str, pl.Expr]:
    """Return the rules of the lengths under a truncation; None: nothing was cut."""
    length, full = pl.col("length"), pl.col("length_full")
    if most is None:
        return {
            "length is 1 or more": length >= 1,
            "length is length_full, as nothing was cut": length == full,
        }
    return {
        f"length lies in 1 to {most}, the longest that the model reads": length.is_between(1, most),
        "length is not above length_full": length <= full,
    }


def check_vocabulary(run: Run, report: Report) -> None:
    """Check that the vocabulary has one row per token, numbered as the embedding's rows are.

    raises  StatelineError  at the first row that breaks a rule; a series has a token
    """
    table = run.scan(VOCABULARY).collect()
    refuse_nulls(run, VOCABULARY, table)
    good = table["token_id"] == pl.int_range(table.height, eager=True)
    if not good.all():
        row = first_false(good)
        fail(run, VOCABULARY, f"row {row:,}: token_id", row, table["token_id"][row])
    if run.kind == "series" and table.height:
        fail(run, VOCABULARY, "has tokens, though the run is a series", 0, table.height)
    check_training_counts(run, table)
    report.add("vocabulary", f"{table.height:,} tokens")


def check_training_counts(run: Run, table: pl.DataFrame) -> None:
    """Check that counts are null where the training split is not known, and else fit each other.

    table   the vocabulary
    raises  StatelineError  at the first row that breaks a rule
    """
    classes, sizes = run.manifest.corpus.classes, run.manifest.corpus.sizes
    known = sizes.train is not None
    rule = "null where, and only where, the training split is not known"
    rules = [(each, rule, pl.col(each).is_not_null() == known) for each in ("count", "sequences")]
    if known:
        sequences = pl.col("sequences")
        within = [sequences.arr.get(c) <= each.train for c, each in enumerate(classes)]
        rule = "not below the sequences that hold it"
        rules += [
            ("count", rule, pl.col("count") >= sequences.arr.sum()),
            ("sequences", "at most those of the split, by class", pl.all_horizontal(within)),
        ]
    for column, rule, expression in rules:
        good = table.select(expression).to_series()
        if not good.all():
            row = first_false(good)
            fail(run, VOCABULARY, f"row {row:,}: {column}", rule, table[column][row])
