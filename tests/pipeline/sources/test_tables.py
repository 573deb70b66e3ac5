"""Files as people have them: quotes, separators, headers, encodings, packers and formats."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import polars as pl
import pytest

from stateline.pipeline.sources.encodings import decode
from stateline.pipeline.sources.files import read_file
from stateline.pipeline.sources.options import ReadOptions
from stateline.pipeline.sources.tables import read_table
from stateline.store.errors import StatelineError

NUMBERS = ReadOptions(text="2", label="1", header="no")
ROWS = [("good", "the soup was warm"), ("bad", "a chair broke"), ("good", "tea"), ("bad", "cold")]


def write(folder: Path, content: str | bytes, name: str = "rows.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows_of(path: Path, options: ReadOptions = NUMBERS) -> list[tuple[str, str]]:
    documents, _ = read_file(path, options)
    return list(documents.select("label", "text").iter_rows())


def said(path: Path, options: ReadOptions = NUMBERS) -> str:
    return read_file(path, options)[1]


def refusal(path: Path, options: ReadOptions = NUMBERS) -> str:
    with pytest.raises(StatelineError) as caught:
        read_file(path, options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def lines(rows: list[tuple[str, str]], separator: str = "\t") -> str:
    return "".join(f"{separator.join(row)}\n" for row in rows)


# --- quotes -------------------------------------------------------------------------------------


def test_in_a_file_with_tabs_a_quote_is_a_character(tmp_path: Path) -> None:
    """As in the SMS collection: no header, no ending, quotes that open, close or stand alone."""
    rows = [*ROWS, ("good", '"What a day'), ("bad", 'he said"'), ("good", '"Nice" they said'),
            ("bad", '"a whole text"'), ("good", 'a 5" pipe'), ("bad", '"')]  # fmt: skip
    path = write(tmp_path, lines(rows), "SMSSpamCollection")
    assert rows_of(path) == rows
    assert said(path) == "UTF-8, separator tab, quotes are characters, no header, 10 rows"


def test_in_a_file_with_tabs_quotes_enclose_cells_where_they_evidently_do(tmp_path: Path) -> None:
    wanted = [*ROWS, ("good", "one\nline\tmore"), ("bad", 'she said "no"')]
    frame = pl.DataFrame(wanted, schema=["label", "text"], orient="row")
    path = write(tmp_path, frame.write_csv(separator="\t"), "rows.tsv")
    assert rows_of(path, ReadOptions()) == wanted
    path = write(tmp_path, frame.write_csv(separator="\t", quote_style="always"), "all.tsv")
    assert rows_of(path, ReadOptions()) == wanted


def test_rows_inside_of_a_quoted_cell_are_refused_with_their_lines(tmp_path: Path) -> None:
    rows = [*ROWS, ("good", '"What a day'), ("bad", "tea"), ("bad", 'he said"')]
    path = write(tmp_path, "label,text\n" + lines(rows, ","))
    message = refusal(path, ReadOptions())
    assert "lines 6 to 8 are one row if quotes quote, else a row each" in message
    assert rows_of(path, ReadOptions(quotes="no")) == rows
    assert len(rows_of(path, ReadOptions(quotes="yes"))) == 5


def test_a_quoted_text_of_several_lines_is_one_text(tmp_path: Path) -> None:
    rows = [*ROWS, ("good", "one, two\nthree, four")]
    frame = pl.DataFrame(rows, schema=["label", "text"], orient="row")
    assert rows_of(write(tmp_path, frame.write_csv()), ReadOptions()) == rows


def test_a_cell_that_is_not_closed_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, 'label,text\ngood,"a, b"\nbad,"c, d\ngood,e\n')
    assert "a quoted cell that begins in line 3 is not closed" in refusal(path, ReadOptions())


def test_quotes_escaped_by_a_backslash_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, 'label,text\ngood,"a \\"b\\", c"\nbad,"d, e"\n')
    assert rows_of(path, ReadOptions()) == [("good", 'a "b", c'), ("bad", "d, e")]


def test_a_table_as_r_writes_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, '"label"\t"text"\n"good"\t"a \\"b\\" c"\n"bad"\t"d"\n', "rows.tsv")
    assert rows_of(path, ReadOptions()) == [("good", 'a "b" c'), ("bad", "d")]


def test_a_row_with_another_number_of_cells_is_refused_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "label\ttext\ngood\tx\nbad\ty\tz\n", "rows.tsv")
    assert "line 3 has 3 cells, line 1 has 2" in refusal(path, ReadOptions())


# --- separators and header ----------------------------------------------------------------------


@pytest.mark.parametrize(("separator", "name"), [(";", "semicolon"), ("|", "bar"), ("\t", "tab")])
def test_the_separator_is_found_whatever_the_ending(
    tmp_path: Path, separator: str, name: str
) -> None:
    rows = [(label, f"{text}, so what") for label, text in ROWS]
    path = write(tmp_path, lines([("label", "text"), *rows], separator))
    assert rows_of(path, ReadOptions()) == rows
    assert said(path, ReadOptions()) == f"UTF-8, separator {name}, header, 4 rows"


def test_the_separator_that_excel_is_told_or_the_user_names_is_used(tmp_path: Path) -> None:
    told = write(tmp_path, "sep=^\nlabel^text\ngood^a,b\nbad^c,d\n")
    assert rows_of(told, ReadOptions()) == [("good", "a,b"), ("bad", "c,d")]
    other = write(tmp_path, "label~text\ngood~a,b\nbad~c,d\n", "other.csv")
    assert rows_of(other, ReadOptions(separator="~")) == [("good", "a,b"), ("bad", "c,d")]


def test_a_missing_header_is_said_with_the_numbers_of_the_columns(tmp_path: Path) -> None:
    path = write(tmp_path, lines(ROWS))
    message = refusal(path, ReadOptions())
    assert "seems to have no header" in message and "HEADER=no TEXT=2 LABEL=1" in message
    assert "'good', 'the soup was warm'" in message
    assert "no header is read" in refusal(path, ReadOptions(header="no"))


def test_numbers_count_columns_with_or_without_a_header(tmp_path: Path) -> None:
    numbers = ReadOptions(text="2", label="1")
    assert rows_of(write(tmp_path, lines(ROWS)), numbers) == ROWS
    assert rows_of(write(tmp_path, lines([("label", "text"), *ROWS])), numbers) == ROWS


def test_a_first_row_that_may_be_a_header_or_a_text_is_asked_about(tmp_path: Path) -> None:
    rows = [("sad", "the tea was cold"), *ROWS]
    path, numbers = write(tmp_path, lines(rows)), ReadOptions(text="2", label="1")
    message = refusal(path, numbers)
    assert "may be a header or a text with its class" in message and "HEADER=no" in message
    assert rows_of(path, ReadOptions(text="2", label="1", header="no")) == rows
    assert rows_of(path, ReadOptions(text="2", label="1", header="yes")) == ROWS
    for names in (("v1", "v2"), ("Sentiment_Class", "SentimentText")):
        assert rows_of(write(tmp_path, lines([names, *ROWS])), numbers) == ROWS


def test_duplicate_columns_are_refused_only_where_one_of_them_is_asked_for(tmp_path: Path) -> None:
    path = write(tmp_path, "label,note,text,note,\ngood,1,x,2,\nbad,3,y,4,\n")
    assert rows_of(path, ReadOptions()) == [("good", "x"), ("bad", "y")]
    names = read_table(path, ReadOptions()).frame.columns
    assert names == ["label", "note (2)", "text", "note (4)", "column (5)"]
    message = refusal(path, ReadOptions(text="note"))
    assert "2 columns are called note: 2, 4; got TEXT=note" in message
    assert rows_of(path, ReadOptions(text="4", label="1")) == [("good", "2"), ("bad", "4")]


def test_one_text_a_line_without_a_class_says_what_is_missing(tmp_path: Path) -> None:
    path = write(tmp_path, "the soup, warm\na chair, broke, at once\ntea\n", "texts.txt")
    message = refusal(path, ReadOptions())
    assert "holds one text a line, and nothing says the class of each" in message


def test_a_ragged_row_among_labelled_texts_is_named(tmp_path: Path) -> None:
    content = lines([("label", "text"), *ROWS]) + "bad\tone\tmore\n"
    message = refusal(write(tmp_path, content, "texts.txt"), ReadOptions(text="2", label="1"))
    assert f"line {len(ROWS) + 2} has 3 cells, line 1 has 2" in message


def test_empty_rows_are_left_out_and_said(tmp_path: Path) -> None:
    path = write(tmp_path, "label,text\ngood,x\n,\n\nbad,y\n,\n")
    assert rows_of(path, ReadOptions()) == [("good", "x"), ("bad", "y")]
    assert "2 empty rows left out" in said(path, ReadOptions())


# --- encodings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_unicode_is_read_by_its_mark_or_its_bytes(encoding: str) -> None:
    text = "label,text\ngood,the café\n"
    assert decode(text.encode(encoding), "x")[0] == text


WESTERN = ["Le café était fermé.", "Größe über alles", "mañana, ¿qué?", "“Tea” – isn’t it… 5 €"]
OTHERS = {
    "cp1251": "Привет, как твои дела сегодня", "cp1253": "Καλημέρα σας κύριε",
    "gb18030": "这家店的茶很好喝", "shift_jis": "お茶はとても美味しい",
    "cp1254": "Bugün hava çok güzel, değil mi ağabey ışık", "mac_roman": "Le café était fermé là",
    "cp1250": "Zażółć gęślą jaźń, świętość", "iso8859_2": "Árvíztűrő tükörfúrógép őrült nő",
}  # fmt: skip


@pytest.mark.parametrize("text", WESTERN)
def test_western_text_is_read_as_windows_1252(text: str) -> None:
    assert decode(text.encode("cp1252"), "x") == (text, "cp1252")


@pytest.mark.parametrize(("encoding", "text"), OTHERS.items())
def test_another_encoding_is_never_read_as_windows_1252(encoding: str, text: str) -> None:
    data = f"label,text\ngood,{text}\n".encode(encoding)
    with pytest.raises(StatelineError, match="ENCODING="):
        decode(data, "x")
    assert text in decode(data, "x", encoding)[0]


def test_utf8_with_a_few_bad_bytes_is_refused_with_the_line() -> None:
    data = "été\nnaïve café\n".encode() + b"caf\xe9\n"
    with pytest.raises(StatelineError, match="is UTF-8 but for some bytes, the first in line 3"):
        decode(data, "x")


def test_binary_data_and_unknown_encodings_are_refused() -> None:
    with pytest.raises(StatelineError, match="is binary"):
        decode(b"\x00\x01\x02\x00\x00abc", "x")
    with pytest.raises(StatelineError, match="ENCODING=klingon: unknown encoding"):
        decode(b"abc", "x", "klingon")
    with pytest.raises(StatelineError, match="is not ascii"):
        decode(b"caf\xe9", "x", "ascii")


# --- packers and formats ------------------------------------------------------------------------


def zipped(**members: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_packed_file_is_read_whatever_its_ending(tmp_path: Path) -> None:
    path = write(tmp_path, gzip.compress(lines(ROWS).encode()), "rows")
    assert rows_of(path) == ROWS and said(path).startswith("gzip, UTF-8, separator tab")
    packed = zipped(SMSSpamCollection=lines(ROWS), readme="about")
    assert rows_of(write(tmp_path, packed, "sms.zip")) == ROWS


def test_an_archive_of_several_files_or_a_damaged_one_is_refused(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, zipped(a="x", b="y"), "two.zip"))
    assert "holds 2 files (a, b, …); expected one" in message
    damaged = gzip.compress(lines(ROWS).encode())[:-9]
    assert "cannot be unpacked as gzip" in refusal(write(tmp_path, damaged, "rows.gz"))
    assert "cannot be unpacked as zip" in refusal(write(tmp_path, b"PK\x03\x04no", "rows.zip"))


def test_json_arrays_lines_and_columns_are_the_same_rows(tmp_path: Path) -> None:
    records = [{"label": label, "text": text} for label, text in ROWS]
    columns = {key: [each[key] for each in records] for key in ("label", "text")}
    contents = {
        "JSON array": json.dumps(records),
        "JSON lines": "\n".join(map(json.dumps, records)),
        "JSON columns": json.dumps(columns),
        "JSON objects by index": json.dumps(dict(enumerate(records))),
    }
    for form, content in contents.items():
        for name in ("rows.json", "rows"):
            path = write(tmp_path, content, name)
            assert rows_of(path, ReadOptions()) == ROWS
            assert said(path, ReadOptions()) == f"UTF-8, {form}, 4 rows"
    nested = write(tmp_path, json.dumps({"data": records}), "nested.json")
    assert rows_of(nested, ReadOptions()) == ROWS


def test_an_error_names_the_first_columns_only(tmp_path: Path) -> None:
    path = write(tmp_path, json.dumps({f"c{n}": [n] for n in range(500)}), "wide.json")
    assert "c19 and 480 more" in refusal(path, ReadOptions())


def test_json_keeps_kinds_of_values_and_late_keys(tmp_path: Path) -> None:
    records = [{"label": n % 2, "text": f"t{n}"} for n in range(200)]
    records += [{"label": 1.0, "text": "x", "id": 7}, {"label": "1", "text": None}]
    path = write(tmp_path, json.dumps(records), "rows.json")
    found = rows_of(path, ReadOptions())
    assert {label for label, _ in found} == {"0", "1"}
    assert found[-2:] == [("1", "x"), ("1", "")]
    assert read_table(path, ReadOptions()).frame["id"][200] == "7"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[{"label": "a",\n "text": ]', "line 2 is not JSON"),
        ('{"label": "a"}\n{"label" "b"}', "line 2 is not JSON"),
        ("[1, 2]", "holds no rows; expected an array of objects"),
        ("[]", "holds no rows"),
        ('[{"label": "a", "text": "x\\ud83d"}]', "column text holds half a character"),
        ('{"a": {"b": {"c": 1}}}', "no column text"),
    ],
)
def test_json_that_is_no_rows_is_refused(tmp_path: Path, content: str, words: str) -> None:
    assert words in refusal(write(tmp_path, content, "rows.json"), ReadOptions())


def test_a_workbook_is_read_as_text_and_numbers_keep_their_form(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (
        ["text", "label", "n"],
        ['a "b"\nc', 1, 1.5],
        [None] * 3,
        ["x", 0.0, 2],
        ["y", 1, 3],
    ):
        book.active.append(row)
    book.create_sheet("empty")
    path = tmp_path / "rows.xlsx"
    book.save(path)
    assert rows_of(path, ReadOptions()) == [("1", 'a "b"\nc'), ("0", "x"), ("1", "y")]
    assert said(path, ReadOptions()) == "Excel sheet Sheet, header, 3 rows"
    book["empty"].append(["more", "rows"])
    book.save(path)
    assert rows_of(path, ReadOptions())[1:] == [("0", "x"), ("1", "y")], "the sheet with TEXT"
    book["empty"].insert_rows(1)
    book["empty"]["A1"], book["empty"]["B1"] = "text", "label"
    book.save(path)
    assert "2 sheets hold rows: Sheet, empty" in refusal(path, ReadOptions())
