"""Files of rows as programs write them: read as written, or refused in one line.

A generator writes the same rows with every separator, way of quoting, encoding, header, line end
and packer; what is read must be what was written.
"""

import bz2
import csv
import gzip
import io
import lzma
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from stateline.pipeline.sources.files import read_file
from stateline.pipeline.sources.options import ReadOptions
from stateline.store.errors import StatelineError

SEPARATORS = {"comma": ",", "tab": "\t", "semicolon": ";", "bar": "|"}
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
Rows = list[tuple[str, str]]


@dataclass(frozen=True)
class Written:
    """How a file is written."""

    separator: str
    quoting: str
    encoding: str
    header: bool
    end: str
    packer: str
    ending: str


def rows_as_text(rows: Rows, how: Written) -> str | None:
    """Return the rows as a program writes them; None: this way cannot hold them."""
    cells = [("label", "text"), *rows] if how.header else rows
    if how.quoting == "none":
        if any(
            each in cell for row in cells for cell in row for each in (how.separator, "\r", "\n")
        ):
            return None
        return "".join(how.separator.join(row) + how.end for row in cells)
    rule = {"minimal": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL}[how.quoting]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=how.separator, quoting=rule, lineterminator=how.end)
    writer.writerows(cells)
    return out.getvalue()


def read_back(path: Path, how: Written) -> Rows:
    named = {"text": "text", "label": "label"} if how.header else {"text": "2", "label": "1"}
    options = ReadOptions(**named, header="auto" if how.header else "no")
    documents, facts = read_file(path, options)
    assert "\n" not in facts
    return list(documents.select("label", "text").iter_rows())


words = st.text(st.sampled_from("abc é’ü,;|\t\"'\n\r <&."), min_size=1, max_size=12)
texts = words.map(lambda text: f"{text}x").filter(lambda text: text.strip() == text)
rows = st.lists(st.tuples(st.sampled_from(["good", "bad"]), texts), min_size=4, max_size=9)
manners = st.builds(
    Written,
    separator=st.sampled_from(list(SEPARATORS.values())),
    quoting=st.sampled_from(["minimal", "all", "none"]),
    encoding=st.sampled_from(ENCODINGS),
    header=st.booleans(),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    packer=st.sampled_from(list(PACKERS)),
    ending=st.sampled_from([".csv", ".tsv", ".txt", ""]),
)


@hypothesis.settings(max_examples=400, deadline=None, derandomize=True)
@hypothesis.given(rows=rows, how=manners)
@hypothesis.example(
    rows=[("good", '"x'), ("good", ",;\nx"), ("good", ",;x"), ("good", ",;x")],
    how=Written(",", "minimal", "utf-8", header=False, end="\r", packer="", ending=".csv"),
)
@hypothesis.example(
    rows=[("good", '"x'), ("good", ";\nx"), ("good", ";x"), ("good", ";x")],
    how=Written(",", "minimal", "utf-8", header=False, end="\r", packer="", ending=".csv"),
)
@hypothesis.example(
    rows=[("good", '"x'), ("good", ";\rx"), ("good", "x"), ("good", ";x")],
    how=Written(",", "minimal", "utf-8", header=False, end="\n", packer="", ending=".txt"),
)
def test_rows_are_read_as_they_were_written_or_refused(
    tmp_path_factory: pytest.TempPathFactory, rows: Rows, how: Written
) -> None:
    content = rows_as_text(rows, how)
    if content is None:
        return
    path = tmp_path_factory.mktemp("written") / f"rows{how.ending}{how.packer}"
    path.write_bytes(PACKERS[how.packer](content.encode(how.encoding)))
    try:
        found = read_back(path, how)
    except StatelineError as error:
        assert "\n" not in str(error)
        return
    assert found == rows


@pytest.mark.parametrize("end", ["\n", "\r"])
def test_the_other_break_is_a_character_of_its_cell(tmp_path: Path, end: str) -> None:
    other = "\r" if end == "\n" else "\n"
    rows = [("good", '"x'), ("bad", f"{other}y"), ("good", f"a, b{other}{other}c"), ("bad", "z")]
    for header in (True, False):
        for ending in (".csv", ".txt"):
            how = Written(",", "minimal", "utf-8", header, end, "", ending)
            path = tmp_path / f"rows{ending}"
            path.write_bytes((rows_as_text(rows, how) or "").encode())
            assert read_back(path, how) == rows


def test_the_rarer_break_ends_rows_where_only_its_rows_fit(tmp_path: Path) -> None:
    rows = [("good", "one\rtwo\rthree\rfour"), ("bad", "five\rsix"), ("good", "x"), ("bad", "y")]
    how = Written(",", "minimal", "utf-8", header=True, end="\n", packer="", ending=".csv")
    path = tmp_path / "rows.csv"
    path.write_bytes((rows_as_text(rows, how) or "").replace("six", "six\r\rseven").encode())
    assert [text for _, text in read_back(path, how)][1] == "five\rsix\r\rseven"


def test_rows_that_either_break_may_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"good,a\nbad,b\ngood,c\rbad,d\ngood,e\nbad,f")
    with pytest.raises(StatelineError, match="may both end rows"):
        read_file(path, ReadOptions(text="2", label="1", header="no"))


def test_rows_that_end_in_turn_with_either_break_are_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"good,a\nbad,b\ngood,c\rbad,d\r")
    documents, _ = read_file(path, ReadOptions(text="2", label="1", header="no"))
    assert documents["text"].to_list() == ["a", "b", "c", "d"]
