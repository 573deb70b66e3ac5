"""`stateline build`: the same runs as Make's, from a file, a model or a preset."""

import json
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
from tests.pipeline.test_build import QUICK, make, write_reviews

KNOBS = QUICK | {"STORED": 20, "PROJECTIONS": "pca"}


def options(**knobs: object) -> list[str]:
    """Knobs as options."""
    return [w for k, v in knobs.items() for w in (f"--{k.lower().replace('_', '-')}", str(v))]


def build_run(store: Path, source: Path | str, *words: str) -> int:
    """Build a run into a store, with the intermediate files beside it."""
    return main(["build", str(source), "--store", str(store), "--build", f"{store}-build", *words])


def facts(value: object) -> object:
    """A manifest without its times, and what depends on the machine at that moment."""
    if isinstance(value, dict):
        left_out = {"created", "seconds", "peak_memory_bytes", "started", "built"}
        return {key: facts(each) for key, each in value.items() if key not in left_out}
    return [facts(each) for each in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_reviews(tmp_path_factory.mktemp("corpus") / "Own Reviews.csv")


@pytest.fixture(scope="module")
def built(corpus: Path) -> Path:
    """A store with the run that the command built."""
    store = corpus.parent / "store"
    words = ["--text", "review", "--label", "verdict", *options(**KNOBS)]
    assert build_run(store, corpus, *words) == 0
    return store


@pytest.mark.slow
def test_the_command_and_make_build_the_same_run(built: Path, corpus: Path) -> None:
    other = corpus.parent / "made"
    knobs = {"CORPUS": corpus, "TEXT": "review", "LABEL": "verdict", "RUN": "own-reviews"}
    make("run", **knobs, **KNOBS, STORE=other, BUILD=f"{other}-build")
    ours, makes = open_run(built / "own-reviews"), open_run(other / "own-reviews")

    left, right = (json.loads((r.folder / "manifest.json").read_text()) for r in (ours, makes))
    tables = [
        {
            name: each["sha256"]
            for name, each in manifest.pop("tables").items()
            if name.endswith(".parquet")
        }
        for manifest in (left, right)
    ]
    assert tables[0] == tables[1] and tables[0]
    assert facts(left) == facts(right)


@pytest.mark.slow
def test_only_what_a_changed_knob_needs_is_made_again(
    built: Path, corpus: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["--text", "review", "--label", "verdict"]
    assert build_run(built, corpus, *words, *options(**KNOBS)) == 0
    assert "own-reviews: up to date; see it: stateline app" in capfd.readouterr().out
    assert build_run(built, corpus, *words, *options(**KNOBS | {"UNIT_GROUPS": 3})) == 0
    made = re.findall(r"^([a-z-]+): [\d.]+ s", capfd.readouterr().out, re.M)
    assert made == ["units", "export", "check"]


@pytest.mark.slow
def test_a_stage_that_fails_is_one_line_exit_code_2_and_the_run_stays(
    built: Path, corpus: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = open_run(built / "own-reviews").checksum
    words = ["--text", "words", "--label", "verdict", *options(**KNOBS)]
    assert build_run(built, corpus, *words) == 2
    said = capfd.readouterr().err.splitlines()
    assert len(said) == 1 and "no column words; expected one of review, verdict" in said[0]
    assert open_run(built / "own-reviews").checksum == before


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
