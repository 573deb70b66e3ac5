"""Checks of the tables that are read whole: sequences and vocabulary."""

from pathlib import Path

import polars as pl

from stateline.store.checks.report import Report, fix
from stateline.store.errors import StatelineError
from stateline.store.manifest.models import Corpus
from stateline.store.reader import Run
from stateline.store.schema import SEQUENCES, VOCABULARY, Column


def refuse_nulls(
    table: pl.DataFrame, columns: tuple[Column, ...], where: Path, run: str, first: int = 0
) -> None:
    """Only columns whose schema gives null a meaning may hold nulls."""
    for column in columns:
        if not column.null and column.name in table.columns and table[column.name].null_count():
            row = first + table[column.name].is_null().arg_max()
            raise StatelineError(
                where, f"row {row:,}: {column.name} is null, which it never is", fix=fix(run)
            )


def check_sequences(run: Run, report: Report) -> None:
    """The table of sequences by itself and against the manifest."""
    table, path = run.sequences, run.folder / SEQUENCES
    classes, corpus = len(run.class_names), run.manifest.corpus
    refuse_nulls(table, run.columns[SEQUENCES], path, run.name)
    for rule, holds in sequence_rules(classes, corpus).items():
        # Not-a-number compares in ways of its own; `is_between` refuses it.
        good = table.select(holds).to_series()
        if not good.all():
            sequence = int((~good).arg_max())
            column = rule.split(" ", 1)[0]
            raise StatelineError(
                path,
                f"sequence {sequence}",
                expected=rule,
                got=table[column][sequence],
                fix=fix(run.name),
            )
        report.add("sequences", rule)
    rows = int(table["length"].sum())
    if rows != run.states:
        raise StatelineError(
            path,
            "its lengths do not add up to the rows of the steps",
            expected=f"{run.states:,}",
            got=f"{rows:,}",
            fix=fix(run.name),
        )
    report.add("lengths", f"add up to {rows:,} steps")


def sequence_rules(classes: int, corpus: Corpus) -> dict[str, pl.Expr]:
    """What each row of sequences.parquet keeps to, by the rule in words, its column first.

    corpus  the manifest's
    """
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
        "turning_step is null where, and only where, the class is correct": pl.col(
            "turning_step"
        ).is_null()
        == pl.col("correct"),
        **{
            f"{column} is a step of the sequence": pl.col(column).fill_null(0) < pl.col("length")
            for column in ("settle_step", "max_distance_step", "turning_step", "right_until")
        },
    }
    if corpus.kind == "series":
        rules["text is empty for a series"] = pl.col("text") == ""
    return rules


def length_rules(most: int | None) -> dict[str, pl.Expr]:
    """Lengths as the truncation allows them; most None: nothing was cut."""
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
    """A row a token, numbered as the embedding's rows are."""
    path = run.folder / VOCABULARY
    table = run.scan(VOCABULARY).collect()
    refuse_nulls(table, run.columns[VOCABULARY], path, run.name)
    good = table["token_id"] == pl.int_range(table.height, eager=True)
    if not good.all():
        row = int((~good).arg_max())
        raise StatelineError(
            path,
            f"row {row:,}: token_id",
            expected=row,
            got=table["token_id"][row],
            fix=fix(run.name),
        )
    if run.kind == "series" and table.height:
        raise StatelineError(
            path, "holds tokens of a series", expected=0, got=table.height, fix=fix(run.name)
        )
    check_training_counts(run, table)
    report.add("vocabulary", f"{table.height:,} tokens")


def check_training_counts(run: Run, table: pl.DataFrame) -> None:
    """Counts are known where, and only where, the training split is, and fit each other."""
    corpus = run.manifest.corpus
    known = corpus.sizes.train is not None
    rule = "null where, and only where, the training split is not known"
    rules = [(each, rule, pl.col(each).is_not_null() == known) for each in ("count", "sequences")]
    if known:
        held, train = pl.col("sequences"), [each.train for each in corpus.classes]
        within = [held.arr.get(index) <= most for index, most in enumerate(train)]
        rules += [
            ("count", "not below the sequences that hold it", pl.col("count") >= held.arr.sum()),
            ("sequences", "at most those of the split, by class", pl.all_horizontal(within)),
        ]
    for column, rule, holds in rules:
        good = table.select(holds).to_series()
        if not good.all():
            row = int((~good).arg_max())
            raise StatelineError(
                run.folder / VOCABULARY,
                f"row {row:,}: {column}",
                expected=rule,
                got=table[column][row],
                fix=fix(run.name),
            )
