"""Knobs, presets, overrides and what they refuse."""

import os
from pathlib import Path

import pytest

from stateline.pipeline.config import (
    Settings,
    describe_knobs,
    file_state,
    main,
    preset_names,
    read_settings,
    stage_knobs,
    stage_names,
)
from stateline.pipeline.run.paths import BuildPaths
from stateline.store.errors import StatelineError


def test_every_preset_is_read_and_names_its_corpus() -> None:
    assert {"demo-reviews", "demo-news", "imdb-paper", "reuters-paper", "imdb", "reuters"} <= set(
        preset_names()
    )
    for name in preset_names():
        assert read_settings(name, None, {}).corpus


def test_every_knob_has_help_and_a_stage_that_reads_it() -> None:
    text = describe_knobs()
    for name, field in Settings.model_fields.items():
        assert field.description and name.upper() in text
        assert any(name in stage_knobs(stage) for stage in stage_names())


def test_an_override_wins_over_the_preset_and_takes_its_type() -> None:
    settings = read_settings("imdb", None, {"EPOCHS": "3", "CLASSES": "negative, positive"})
    assert settings.epochs == 3
    assert settings.classes == ["negative", "positive"]
    assert settings.units == read_settings("imdb", None, {}).units


def test_a_run_may_start_from_a_preset_of_another_name() -> None:
    assert read_settings("small", "imdb", {"STORED": "50"}).stored == 50


@pytest.mark.parametrize(
    ("run", "preset", "overrides", "words"),
    [
        ("nothing", None, {}, ["nothing: unknown preset", "imdb-paper", "make run CORPUS="]),
        ("imdb", "nothing", {}, ["nothing: unknown preset"]),
        ("imdb", None, {"EPOCH": "3"}, ["EPOCH=3: unknown override", "EPOCHS"]),
        ("imdb", None, {"epochs": "3"}, ["epochs=3: unknown override"]),
        ("imdb", None, {"EPOCHS": "0"}, ["EPOCHS=0", "greater than or equal to 1"]),
        ("imdb", None, {"EPOCHS": "many"}, ["EPOCHS=many", "integer"]),
        ("imdb", None, {"CELL": "transformer"}, ["CELL=transformer", "lstm"]),
        ("imdb", None, {"LEARNING_RATE": "nan"}, ["LEARNING_RATE=nan", "finite"]),
        (
            "imdb",
            None,
            {"PROJECTIONS": "pca", "DEFAULT_PROJECTION": "tsne"},
            ["DEFAULT_PROJECTION=tsne", "expected one of pca"],
        ),
        ("imdb", None, {"PROJECTIONS": "pca,pca"}, ["PROJECTIONS=pca,pca", "each once"]),
        ("a/b", None, {}, ["RUN=a/b: not a run name"]),
        ("..", None, {}, ["RUN=..: not a run name"]),
        ("", None, {"CORPUS": "x.csv"}, ["not a run name"]),
        ("IMDB", None, {}, ["not a run name", "lower-case"]),
    ],
)
def test_a_wrong_name_or_value_gets_one_line_that_says_what_would_be_right(
    run: str, preset: str | None, overrides: dict[str, str], words: list[str]
) -> None:
    with pytest.raises(StatelineError) as caught:
        read_settings(run, preset, overrides)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("made", "first"),
    [
        ("pca", "pca"),
        ("umap", "umap"),
        ("pca,umap", "umap"),
        ("umap, pca, tsne", "tsne"),
        ("", "tsne"),
    ],
)
def test_a_run_opens_with_the_preferred_one_of_the_maps_it_makes(
    made: str, first: str, tmp_path: Path
) -> None:
    named = [f"--set=PROJECTIONS={made}"]
    main(["--run", "demo-news", "--build", str(tmp_path), *named])
    assert BuildPaths(tmp_path, "demo-news").read_settings("export")["default_projection"] == first
    main(["--run", "demo-news", "--build", str(tmp_path), *named, "--set=DEFAULT_PROJECTION=auto"])
    assert BuildPaths(tmp_path, "demo-news").read_settings("export")["default_projection"] == first


def test_only_settings_that_changed_are_rewritten(tmp_path: Path) -> None:
    base = ["--run", "imdb", "--build", str(tmp_path)]
    main(base)
    paths = BuildPaths(tmp_path, "imdb")
    before = {stage: paths.settings(stage).stat().st_ino for stage in stage_names()}
    main([*base, "--set", "PERPLEXITY=12"])
    after = {stage: paths.settings(stage).stat().st_ino for stage in stage_names()}
    assert [stage for stage in before if before[stage] != after[stage]] == ["project-tsne"]
    assert paths.read_settings("project-tsne")["perplexity"] == 12


def test_a_changed_corpus_file_changes_the_corpus_settings(tmp_path: Path) -> None:
    file = tmp_path / "reviews.csv"
    arguments = ["--run", "mine", "--build", str(tmp_path), "--set", f"CORPUS={file}"]
    settings = BuildPaths(tmp_path, "mine").settings("corpus")
    file.write_text("text,label\ngood,yes\n")
    main(arguments)
    before, time = settings.read_text(), file.stat()
    file.touch()
    main(arguments)
    assert settings.read_text() == before
    # Of the same size and time.
    file.write_text("text,label\nfine,yes\n")
    os.utime(file, ns=(time.st_atime_ns, time.st_mtime_ns))
    main(arguments)
    assert settings.read_text() != before


def test_a_changed_file_of_a_folder_changes_the_corpus_settings(tmp_path: Path) -> None:
    folder = tmp_path / "reviews" / "good"
    folder.mkdir(parents=True)
    (folder / "1.txt").write_text("fine")
    before = file_state(str(folder.parent))
    (folder / "1.txt").touch()
    assert file_state(str(folder.parent)) == before and before["files"] == 1
    (folder / "1.txt").write_text("lame")
    changed = file_state(str(folder.parent))
    (folder / "1.txt").rename(folder / "2.txt")
    states = [before, changed, file_state(str(folder.parent))]
    assert len({state["sha256"] for state in states}) == 3


def test_the_data_folder_matters_to_the_published_corpora_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", "/somewhere")
    for run, expected in (("imdb", "/somewhere"), ("demo-news", "")):
        main(["--run", run, "--build", str(tmp_path)])
        assert BuildPaths(tmp_path, run).read_settings("corpus")["data_dir"] == expected
