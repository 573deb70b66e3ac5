"""JSON: an array of objects, an object a line, columns, or objects by their index."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from stateline.pipeline.sources.options import ReadOptions
from stateline.pipeline.sources.quoting import lines_of
from stateline.store.errors import StatelineError

ENDINGS = (".json", ".jsonl", ".ndjson")


def is_json(text: str, path: Path) -> bool:
    """Return whether a text is JSON: by the file's ending, else by its beginning."""
    if path.suffix.lower() in ENDINGS:
        return True
    start = text.lstrip()
    if not start.startswith(("[", "{")):
        return False
    try:
        json.JSONDecoder().raw_decode(start)
    except json.JSONDecodeError:
        return False
    return True


def read_json(text: str, path: Path, options: ReadOptions) -> tuple[pl.DataFrame, str]:
    """Return the rows of JSON as a frame, and in words how they were written.

    Single values become text, lists stay lists.

    raises  StatelineError  text that is not JSON, with its line; or values that are no rows
    """
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        if text.lstrip().startswith("["):
            raise StatelineError(path, f"line {error.lineno} is not JSON ({error.msg})") from None
        return frame_of(json_lines(text, path), path), "JSON lines"
    if isinstance(whole, dict):
        rows = list(whole.values())
        if not options.names_in(list(whole)) and all(is_row(each, options) for each in rows):
            return frame_of(rows, path), "JSON objects by index"
        return columns_of(whole, path), "JSON columns"
    if not isinstance(whole, list):
        raise no_rows(path, whole)
    return frame_of(whole, path), "JSON array"


def is_row(value: Any, options: ReadOptions) -> bool:
    """Return whether a value is an object that holds the columns that are asked for."""
    return isinstance(value, dict) and options.names_in(list(value))


def json_lines(text: str, path: Path) -> list[Any]:
    """Return the values of JSON lines.

    raises  StatelineError  a line that is not JSON; names it
    """
    rows = []
    for number, line in enumerate(lines_of(text), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError as error:
                raise StatelineError(path, f"line {number} is not JSON ({error.msg})") from None
    return rows


def columns_of(whole: dict[str, Any], path: Path) -> pl.DataFrame:
    """Return the frame of an object: its columns, its one list of rows, or a single row.

    raises  StatelineError  an object that is none of these
    """
    values = list(whole.values())
    if all(isinstance(each, dict) for each in values):  # As pandas writes: values by their index.
        values = [list(each.values()) for each in values]
    only = values[0] if len(values) == 1 else None
    if isinstance(only, list) and only and isinstance(only[0], dict):
        return frame_of(only, path)
    if values and all(isinstance(each, list) and len(each) == len(values[0]) for each in values):
        named = dict(zip(whole, values, strict=True))
        return pl.DataFrame([column(name, each, path) for name, each in named.items()])
    raise no_rows(path, whole)


def frame_of(rows: list[Any], path: Path) -> pl.DataFrame:
    """Return a frame of objects; a key that an object has not is null there.

    raises  StatelineError  no objects
    """
    if not rows or not all(isinstance(row, dict) for row in rows):
        raise no_rows(path, next((row for row in rows if not isinstance(row, dict)), rows))
    names = dict.fromkeys(name for row in rows for name in row)
    return pl.DataFrame([column(name, [row.get(name) for row in rows], path) for name in names])


def column(name: str, values: list[Any], path: Path) -> pl.Series:
    """Return values as a column: lists as lists, anything else as text.

    raises  StatelineError  lists whose values differ in kind, or text that is not Unicode
    """
    if any(isinstance(value, list) for value in values):
        try:
            return pl.Series(name, values)
        except (TypeError, pl.exceptions.PolarsError) as error:
            first = str(error).splitlines()[0]
            raise StatelineError(path, f"column {name} holds different kinds ({first})") from None
    try:
        return pl.Series(name, [as_text(value) for value in values], dtype=pl.String)
    except UnicodeEncodeError as error:
        raise StatelineError(
            path, f"column {name} holds half a character", got=repr(error.object[error.start])
        ) from None


def as_text(value: Any) -> str | None:
    """Return a single value as text; true and numbers as JSON writes them."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def no_rows(path: Path, value: Any) -> StatelineError:
    """Return the error for JSON that holds no rows."""
    return StatelineError(
        path,
        "holds no rows",
        expected="an array of objects, an object a line, or an object of columns",
        got=json.dumps(value, ensure_ascii=False)[:60],
    )
