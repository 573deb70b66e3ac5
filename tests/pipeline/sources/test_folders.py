"""Folders of texts: one folder or one file per class, below train and test or not."""

from pathlib import Path

import pytest

from stateline.pipeline.config import file_state
from stateline.pipeline.sources.files import read_file
from stateline.pipeline.sources.options import ReadOptions
from stateline.store.errors import StatelineError


def write(folder: Path, **files: str | bytes) -> Path:
    """Write files; two low lines in a name stand for a folder's border."""
    for name, content in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def read(folder: Path) -> tuple[list[tuple[str, ...]], str]:
    documents, facts = read_file(folder, ReadOptions())
    return list(documents.select("split", "label", "external_id", "text").iter_rows()), facts


def test_a_folder_a_class_below_train_and_test_is_read_with_its_split(tmp_path: Path) -> None:
    """As in aclImdb: texts without a class and lists beside the classes are left out and said."""
    write(
        tmp_path, train__pos__a="good, it was", train__neg__b="bad\nso bad", test__pos__a="fine",
        test__neg__b="caf\xe9".encode("cp1252"), train__unsup__c="?", train__urls="x", README="y",
    )  # fmt: skip
    rows, facts = read(tmp_path)
    assert rows == [
        ("test", "neg", "test/neg/b", "café"),
        ("test", "pos", "test/pos/a", "fine"),
        ("train", "neg", "train/neg/b", "bad\nso bad"),
        ("train", "pos", "train/pos/a", "good, it was"),
    ]
    assert facts == (
        "folder of 2 classes, a text a file, UTF-8 (3 files), cp1252 (1 files), "
        "left out: 1 files beside the classes, left out: 1 texts without a class in unsup, 4 rows"
    )


def test_a_folder_a_class_without_a_split_gets_one_drawn(tmp_path: Path) -> None:
    rows, _ = read(write(tmp_path, ham__1="a", spam__1="b", spam__deep__2="c"))
    assert [(row[0], row[1], row[3]) for row in rows] == [
        (None, "ham", "a"), (None, "spam", "b"), (None, "spam", "c"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "classes"),
    [(("pos.txt", "neg.txt"), ["neg", "pos"]), (("rt.pos", "rt.neg"), ["neg", "pos"])],
)
def test_a_file_a_class_holds_a_text_a_line(
    tmp_path: Path, names: tuple[str, str], classes: list[str]
) -> None:
    for name in names:
        (tmp_path / name).write_text(f'one "{name}\n\ntwo, three\n')
    rows, facts = read(tmp_path)
    assert [row[1] for row in rows] == [each for each in classes for _ in range(2)]
    assert {row[3] for row in rows} == {*(f'one "{name}' for name in names), "two, three"}
    assert "a text a line" in facts


def test_a_folder_without_texts_by_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StatelineError, match="is a folder without texts by class"):
        read(tmp_path)
    (tmp_path / "reviews.csv").write_text("text,label\n")
    with pytest.raises(StatelineError, match="Name a file of it: CORPUS=.*reviews.csv"):
        read(tmp_path)


@pytest.mark.parametrize("ending", [".ods", ".xlsb", ".ndjson", ".tab", ".csv.gz"])
def test_tables_in_a_folder_are_no_classes(tmp_path: Path, ending: str) -> None:
    for name in ("pos", "neg"):
        (tmp_path / f"{name}{ending}").write_text("one\ntwo\n")
    with pytest.raises(StatelineError, match=f"Name a file of it: CORPUS=.*{ending}"):
        read(tmp_path)


def test_a_change_of_a_file_in_a_folder_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, ham__1="a", spam__1="b")
    before = file_state(str(tmp_path))
    assert before == file_state(str(tmp_path))
    write(tmp_path, spam__1="longer")
    assert file_state(str(tmp_path)) != before
