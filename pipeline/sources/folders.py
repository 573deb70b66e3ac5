"""Folders of texts: one folder per class, or one file per class with one text per line.

train/pos/0_9.txt    the split, the class, a text: as in aclImdb
pos/0_9.txt          the class, a text
train/pos.txt        the split, the class; a text a line
pos.txt              the class; a text a line
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from stateline.pipeline.sources import delimited, excel, json_rows, packed
from stateline.pipeline.sources.encodings import decode
from stateline.pipeline.sources.options import ReadOptions
from stateline.pipeline.sources.quoting import lines_of
from stateline.pipeline.sources.split import SPLITS
from stateline.pipeline.sources.tables import FORMATS, Table
from stateline.store.errors import StatelineError

# Folders of texts without a class that stand beside those of classes.
UNLABELLED = ("unsup", "unlabeled", "unlabelled")
# Endings of files that are tables, and no text a line.
TABLES = {
    *delimited.BY_ENDING, *json_rows.ENDINGS, *excel.WORKBOOKS, *packed.ENDINGS, ".parquet",
}  # fmt: skip


@dataclass
class Found:
    """Texts of a folder so far, a row each: split, class, id, text; and what was read and left."""

    rows: list[tuple[str | None, str, str, str]] = field(default_factory=list)
    encodings: Counter[str] = field(default_factory=Counter)
    forms: set[str] = field(default_factory=set)
    left: Counter[str] = field(default_factory=Counter)


def read_folder(path: Path, options: ReadOptions) -> Table:
    """Read a folder of texts as a table: the columns TEXT and LABEL, id, and split if it has one.

    An id is the path of the text's file, and the number of its line where it is one of many.

    raises  StatelineError  no texts by class, or a text in another encoding
    """
    found = Found()
    folders = subfolders(path)
    parts = {each: SPLITS[each.name.lower()] for each in folders if each.name.lower() in SPLITS}
    for folder in parts or [path]:
        read_part(folder, parts.get(folder), path, options, found)
    for each in folders if parts else []:
        found.left[f"folder {each.name}"] += each not in parts
    if not found.rows:
        raise no_texts(path)
    columns = list(zip(*found.rows, strict=True))
    names = ("split", options.label, "id", options.text)
    frame = pl.DataFrame(dict(zip(names, columns, strict=True)))
    return Table(frame if parts else frame.drop("split"), facts_of(found))


def read_part(
    folder: Path, split: str | None, root: Path, options: ReadOptions, found: Found
) -> None:
    """Add the texts of one split, or of a folder without splits, to what was found."""
    classes = [each for each in subfolders(folder) if each.name.lower() not in UNLABELLED]
    files = plain_files(folder)
    if classes:
        found.forms.add("a text a file")
        found.left["files beside the classes"] += len(files)
        for each in subfolders(folder):
            if each not in classes:
                found.left[f"texts without a class in {each.name}"] += len(list(each.iterdir()))
        for each in classes:
            for file in plain_files(each, deep=True):
                text = read_text(file, options, found)
                found.rows.append((split, each.name, file.relative_to(root).as_posix(), text))
        return
    if len(files) < 2 or any(file.suffix.lower() in TABLES for file in files):
        return
    found.forms.add("a text a line")
    for file, name in zip(files, class_names(files), strict=True):
        lines = enumerate(lines_of(read_text(file, options, found)), 1)
        place = file.relative_to(root).as_posix()
        found.rows += [(split, name, f"{place}:{n}", line) for n, line in lines if line.strip()]


def subfolders(folder: Path) -> list[Path]:
    """Return the folders in a folder in order, without hidden ones."""
    return sorted(
        each for each in folder.iterdir() if each.is_dir() and not each.name.startswith((".", "__"))
    )


def plain_files(folder: Path, *, deep: bool = False) -> list[Path]:
    """Return the files of a folder in order, without hidden ones and such as README."""
    every = folder.rglob("*") if deep else folder.iterdir()
    return sorted(
        each for each in every if each.is_file() and not packed.BESIDES.fullmatch(each.name)
    )


def read_text(file: Path, options: ReadOptions, found: Found) -> str:
    """Return the text of a file, and count its encoding.

    raises  StatelineError  an encoding that cannot be told
    """
    text, encoding = decode(file.read_bytes(), file, options.encoding)
    found.encodings[encoding] += 1
    return text


def class_names(files: list[Path]) -> list[str]:
    """Return the classes of files that hold one each: the part of their names that differs."""
    stems, endings = [file.stem for file in files], [file.suffix for file in files]
    if len(set(stems)) == len(files):
        return stems
    return [each[1:] for each in endings] if len(set(stems)) == 1 else [f.name for f in files]


def facts_of(found: Found) -> list[str]:
    """Return in words how a folder was read."""
    classes = len({row[1] for row in found.rows})
    encodings = [f"{name} ({count:,} files)" for name, count in found.encodings.most_common()]
    left = [f"left out: {count:,} {what}" for what, count in found.left.items() if count]
    return [f"folder of {classes} classes", *sorted(found.forms), *encodings, *left]


def no_texts(path: Path) -> StatelineError:
    """Return the error for a folder in which no texts stand by class."""
    tables = [file for file in plain_files(path) if file.suffix.lower() in TABLES]
    return StatelineError(
        path,
        "is a folder without texts by class",
        expected="one folder per class with one text per file, or one file per class with one "
        f"text per line, both perhaps below train and test; or a file: {FORMATS}",
        fix=f"Name a file of it: CORPUS={tables[0]}" if tables else None,
    )
