"""The table of sequences: its columns, and blocks of its rows sorted and filtered as asked."""

import json
from dataclasses import dataclass, replace

import polars as pl

from app.cache import CACHE
from app.filters import Filter, passing
from app.series import shades
from store.errors import StatelineError
from store.reader import Run
from store.schema import STEPS

TEXT, NUMBER, FLAG, IMAGE = "text", "number", "flag", "image"
BEGINNING = 160  # characters of a text in its row
MOST_ROWS = 1_000  # of one request
MOST_CONDITIONS = 20
LONGEST_TEXT = 200  # of what a filter looks for


@dataclass(frozen=True)
class TableColumn:
    """A column that may be shown, sorted and filtered; nothing else can be asked for."""

    name: str
    kind: str
    heading: str
    help: str
    width: int


COLUMNS = (
    TableColumn("sequence_id", NUMBER, "#", "Number of the sequence", 46),
    TableColumn("actual", TEXT, "Class", "Class that the sequence really has", 94),
    TableColumn("classified", TEXT, "Classified", "Class that the model predicts", 94),
    TableColumn("correct", FLAG, "OK", "Whether the two agree", 46),
    TableColumn("confidence", NUMBER, "Conf.", "Probability of the predicted class", 72),
    TableColumn("length", NUMBER, "Words", "Words that the model reads", 70),
    TableColumn("flips", NUMBER, "Flips", "How often the answer changes on the way", 64),
    TableColumn("settle_step", NUMBER, "Settles", "Step from which the answer stays", 78),
    TableColumn("turning_word", TEXT, "Turning word", "Word that turned it wrong", 120),
    TableColumn("beginning", TEXT, "Text", "Beginning of the text", 420),
)
KINDS = {column.name: column.kind for column in COLUMNS}

# A series has steps instead of words, and no text to begin with.
PICTURE = TableColumn("picture", IMAGE, "", "The whole sequence as a picture", 44)
BESIDE_PICTURE = {"actual": 70, "classified": 84}  # narrower, so that the same columns are in view
OF_SERIES = {
    "length": ("Steps", "Steps that the model reads"),
    "turning_word": ("Turning step", "Step that turned it wrong"),
}


def columns_of(run: Run) -> tuple[TableColumn, ...]:
    """The columns that a run's table shows, in order."""
    if run.kind == "text":
        return COLUMNS
    kept = [column for column in COLUMNS if column.name in _kinds(run)]
    named = [
        replace(each, heading=OF_SERIES[each.name][0], help=OF_SERIES[each.name][1])
        if each.name in OF_SERIES
        else each
        for each in kept
    ]
    if not _has_pictures(run):
        return tuple(named)
    widths = {each.name: each.width for each in named} | BESIDE_PICTURE
    number, *rest = (replace(each, width=widths[each.name]) for each in named)
    return (number, PICTURE, *rest)


def _kinds(run: Run) -> dict[str, str]:
    """Kind of each column that a run's table can be sorted and filtered by."""
    return {name: kind for name, kind in KINDS.items() if run.kind == "text" or name != "beginning"}


def _has_pictures(run: Run) -> bool:
    return run.manifest["corpus"]["picture"]


def table(run: Run) -> pl.DataFrame:
    """All rows with the columns that can be sorted by, by sequence_id."""

    def make() -> pl.DataFrame:
        names = pl.Series(run.class_names)
        rows = run.sequences
        turning = rows.select("sequence_id", pl.col("turning_step").alias("t")).drop_nulls()
        words = (
            run.scan(STEPS)
            .select("sequence_id", "t", pl.col("surface").alias("turning_word"))
            .join(turning.lazy(), on=["sequence_id", "t"], how="semi")
            .select("sequence_id", "turning_word")
            .collect()
        )
        return (
            rows.with_columns(
                names.gather(rows["label"]).alias("actual"),
                names.gather(rows["predicted"]).alias("classified"),
                pl.col("text").str.slice(0, BEGINNING).alias("beginning"),
            )
            .join(words, on="sequence_id", how="left", maintain_order="left")
            .select(*_kinds(run))
        )

    return CACHE.get((run.name, run.checksum, "table"), make, lambda rows: rows.estimated_size())


@dataclass(frozen=True)
class Asked:
    """How the table is asked for.

    sort     `column:asc` or `column:desc`, several separated by commas; "" for none
    columns  JSON in the grid's own filter model; "" for none
    filters  of the filter bar
    """

    sort: str = ""
    columns: str = ""
    filters: tuple[Filter, ...] = ()


def ordered(run: Run, asked: Asked) -> pl.DataFrame:
    """Rows that pass the filters, in the order asked for; raises StatelineError if asked amiss."""

    def make() -> pl.DataFrame:
        found = table(run)
        if asked.filters:
            found = found.filter(passing(run, asked.filters).sequences)
        if asked.columns:
            found = found.filter(*_conditions(asked.columns, _kinds(run)))
        keys, descending = _sort_keys(asked.sort, _kinds(run))
        if keys:
            found = found.sort(
                [*keys, "sequence_id"], descending=[*descending, False], nulls_last=True
            )
        return found

    key = (run.name, run.checksum, "ordered", asked)
    return CACHE.get(key, make, lambda rows: rows.estimated_size())


def block(run: Run, start: int, end: int, asked: Asked) -> dict:
    """Rows start to end (exclusive) of the table as asked for, and how many pass in all."""
    if not 0 <= start < end or end - start > MOST_ROWS:
        raise StatelineError(
            "rows", "no such block", expected=f"at most {MOST_ROWS} rows", got=f"{start} to {end}"
        )
    found = ordered(run, asked)
    rows = found.slice(start, end - start).with_columns(pl.col("confidence").round(6))
    if _has_pictures(run):
        pictures = shades(run, rows["sequence_id"].to_list())
        rows = rows.with_columns(pl.Series(PICTURE.name, pictures, dtype=pl.String))
    return {"rows": rows.to_dicts(), "count": found.height}


def position(run: Run, sequence_id: int, asked: Asked) -> int | None:
    """Row of a sequence in the table as asked for; None where a filter leaves it out."""
    return ordered(run, asked)["sequence_id"].index_of(sequence_id)


def _sort_keys(sort: str, kinds: dict[str, str]) -> tuple[list[str], list[bool]]:
    keys, descending = [], []
    for part in sort.split(",") if sort else ():
        name, _, direction = part.partition(":")
        if name not in kinds or direction not in ("asc", "desc") or name in keys:
            raise StatelineError(
                "sort",
                "not a column and a direction",
                expected=f"one of {', '.join(kinds)}, then :asc or :desc",
                got=part[:80],
            )
        keys.append(name)
        descending.append(direction == "desc")
    return keys, descending


def _conditions(columns: str, kinds: dict[str, str]) -> list[pl.Expr]:
    try:
        model = json.loads(columns)
    except (ValueError, RecursionError):
        model = None
    if not isinstance(model, dict) or not set(model) <= set(kinds):
        raise StatelineError(
            "columns",
            "not a filter of this table",
            expected=f"a JSON object with some of {', '.join(kinds)}",
            got=columns[:80],
        )
    return [_column_condition(name, entry) for name, entry in model.items()]


def _column_condition(name: str, entry: object) -> pl.Expr:
    """Condition on one column: a single one, or several joined by AND or OR."""
    if not isinstance(entry, dict):
        raise _bad_condition(name, entry)
    parts = entry.get("conditions", [entry])
    joined = entry.get("operator", "AND")
    if (
        not isinstance(parts, list)
        or not 0 < len(parts) <= MOST_CONDITIONS
        or joined not in ("AND", "OR")
    ):
        raise _bad_condition(name, entry)
    found = [_condition(name, part) for part in parts]
    return pl.all_horizontal(found) if joined == "AND" else pl.any_horizontal(found)


def _condition(name: str, part: object) -> pl.Expr:
    if not isinstance(part, dict):
        raise _bad_condition(name, part)
    asked = part.get("type")
    column = pl.col(name)
    if asked == "blank":
        return column.is_null()
    if asked == "notBlank":
        return column.is_not_null()
    kind = KINDS[name]
    value = part.get("filter")
    if kind == NUMBER and _is_number(value):
        if asked == "inRange" and _is_number(part.get("filterTo")):
            return column.is_between(value, part["filterTo"])
        compare = NUMBER_TESTS.get(asked) if isinstance(asked, str) else None
        if compare:
            return getattr(column, compare)(value)
    if kind == TEXT and isinstance(value, str) and len(value) <= LONGEST_TEXT:
        found = _text_test(column.str.to_lowercase(), asked, value.lower())
        if found is not None:
            return found.fill_null(asked in ("notContains", "notEqual"))
    if kind == FLAG and asked in ("true", "false"):
        return column if asked == "true" else ~column
    raise _bad_condition(name, part)


NUMBER_TESTS = {
    "equals": "eq",
    "notEqual": "ne",
    "lessThan": "lt",
    "lessThanOrEqual": "le",
    "greaterThan": "gt",
    "greaterThanOrEqual": "ge",
}


def _text_test(column: pl.Expr, asked: object, value: str) -> pl.Expr | None:
    """The comparison asked for, on lower-case text; None where there is no such comparison."""
    match asked:
        case "contains":
            return column.str.contains(value, literal=True)
        case "notContains":
            return ~column.str.contains(value, literal=True)
        case "equals":
            return column == value
        case "notEqual":
            return column != value
        case "startsWith":
            return column.str.starts_with(value)
        case "endsWith":
            return column.str.ends_with(value)
    return None


def _is_number(value: object) -> bool:
    # JSON's NaN and Infinity are floats that no column can be compared with in earnest.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def _bad_condition(name: str, got: object) -> StatelineError:
    return StatelineError(
        "columns",
        f"no such condition on {name}",
        expected=f"a condition on a {KINDS[name]} column",
        got=json.dumps(got)[:80],
    )
