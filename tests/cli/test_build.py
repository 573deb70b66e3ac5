"""`stateline build`: its options, and what it takes as a source.

That it builds the runs that Make builds is tested beside Make's own builds.
"""

import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from stateline.cli import build
from stateline.cli.build import checked_run_name, knob_options, read_source, with_options
from stateline.cli.main import main
from stateline.pipeline.config import preset_names
from stateline.pipeline.run.settings import Settings, stage_knobs, stage_names
from stateline.store.errors import StatelineError
from stateline.store.reader import open_run


def build_run(store: Path, source: Path | str, *words: str) -> int:
    """Build a run into a store, with the intermediate files beside it."""
    return main(["build", str(source), "--store", str(store), "--build", f"{store}-build", *words])


@pytest.mark.slow
def test_a_trained_model_becomes_a_run(tmp_path: Path) -> None:
    import keras  # Loads TensorFlow, which the other tests here do without.

    words = ["", "[UNK]", "a", "film", "good", "bad"]
    model = keras.Sequential([
        keras.Input((None,)),
        keras.layers.Embedding(len(words), 4, mask_zero=True),
        keras.layers.LSTM(5),
        keras.layers.Dense(1, activation="sigmoid"),
    ])  # fmt: skip
    model.save(tmp_path / "my.keras")
    (tmp_path / "words.txt").write_text("\n".join(words))
    rng = np.random.default_rng(0)
    texts = [" ".join(rng.choice(words[2:], rng.integers(2, 8))) for _ in range(40)]
    data = pl.DataFrame({"text": texts, "label": [row % 2 for row in range(40)]})
    data.write_parquet(tmp_path / "data.parquet")
    code = build_run(
        tmp_path / "store", tmp_path / "my.keras", "--corpus", str(tmp_path / "data.parquet"),
        "--vocabulary", str(tmp_path / "words.txt"), "--projections", "pca",
    )  # fmt: skip
    assert code == 0
    assert open_run(tmp_path / "store" / "my").manifest.readout.method == "linear"


def test_every_knob_is_an_option_with_its_help_default_and_stage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert {each.name for each in knob_options()} == set(Settings.model_fields)
    assert main(["build", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for stage in stage_names():
        for name, field in stage_knobs(stage).items():
            assert f"--{name.replace('_', '-')}" in said
            help = with_options(field.description, list(Settings.model_fields))
            assert " ".join(help.split()[:3]) in said
        if any(each.stage == stage for each in knob_options()):
            assert f"Knobs of {stage}:" in said
    assert "t-SNE: neighbours that a state attends to [30.0]" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--epochs", "0"], ["EPOCHS=0", "greater than or equal to 1", "stateline build --help"]),
        (["--epochs", "many"], ["EPOCHS=many", "integer"]),
        (
            ["--projections", "pca", "--default-projection", "tsne"],
            ["DEFAULT_PROJECTION=tsne", "expected one of pca"],
        ),
        (["--run", "a/b"], ["RUN=a/b: not a run name"]),
        (["--preset", "imdb"], ["--preset imdb: demo-news is a preset itself"]),
        (["--epoch", "3"], ["no such option", "--epochs"]),
    ],
)
def test_a_wrong_value_is_one_line_and_nothing_is_written(
    words: list[str], expected: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build_run(tmp_path / "store", "demo-news", *words) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    for word in expected:
        assert word in line
    assert not list(tmp_path.iterdir())


def test_a_source_is_a_preset_a_model_or_a_corpus(tmp_path: Path) -> None:
    assert read_source("imdb", None, {"EPOCHS": "3"}) == ({"EPOCHS": "3"}, "imdb")
    corpus, model = tmp_path / "imdb.csv", tmp_path / "my.keras"
    corpus.touch()
    model.touch()
    texts = tmp_path / "texts"
    texts.mkdir()
    assert read_source(str(texts), None, {}) == ({"CORPUS": str(texts)}, None)
    # A file that is called like a preset has none of its knobs, unless it is named.
    assert read_source(str(corpus), None, {}) == ({"CORPUS": str(corpus)}, None)
    assert read_source(str(corpus), "imdb", {}) == ({"CORPUS": str(corpus)}, "imdb")
    both = {"CORPUS": str(corpus), "MODEL": str(model)}
    assert read_source(str(model), None, {"CORPUS": str(corpus)}) == (both, None)
    assert read_source(str(corpus), None, {"MODEL": str(model)}) == (both, None)
    assert read_source(str(model), "imdb", {}) == ({"MODEL": str(model)}, "imdb")
    older, saved = tmp_path / "my.h5", tmp_path / "saved"
    older.touch()
    assert read_source(str(older), "imdb", {}) == ({"MODEL": str(older)}, "imdb")
    saved.mkdir()
    (saved / "saved_model.pb").touch()
    for source, overrides, words in [
        (model, {}, "no data for the model to read; expected --corpus FILE --vocabulary FILE"),
        (corpus, {"CORPUS": "x.csv"}, "imdb.csv is the corpus already"),
        (saved, {}, "saved: is a TensorFlow SavedModel: a graph without Keras' layers"),
        (model, {"MODEL": "x.keras"}, "my.keras is the model already"),
        (tmp_path / "nowhere.csv", {}, "neither a file, nor a folder, nor a preset"),
    ]:
        with pytest.raises(StatelineError, match=re.escape(words)):
            read_source(str(source), None, overrides)


def test_a_run_is_called_as_its_source() -> None:
    assert checked_run_name("data/Own  Reviews.csv", None) == "own-reviews"
    assert checked_run_name("data/reviews.csv.gz", None) == "reviews"
    assert checked_run_name("data/x.csv", "other") == "other"
    assert all(checked_run_name(name, None) == name for name in preset_names())
    with pytest.raises(StatelineError, match=r"--run mine"):
        checked_run_name("rückblick.csv", None)


def test_without_the_extra_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "LIBRARIES", ("tensorflow_that_is_not_there", "tqdm"))
    assert main(["build", "demo-reviews"]) == 2
    line = capsys.readouterr().err
    assert line.count("\n") == 1 and "needs tensorflow_that_is_not_there, which" in line
    assert 'pip install "stateline[keras]"' in line
