"""The manifest: whatever is missing or wrong in it is named by its key, in one line."""

import copy
import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from stateline.store.errors import StatelineError
from stateline.store.manifest import read
from stateline.store.manifest.models import to_json
from stateline.store.manifest.read import read_manifest
from stateline.store.manifest.validation import validate_draft, validate_manifest
from stateline.store.schema import MANIFEST, SCHEMA_VERSION
from tests.store.damage import forget_training
from tests.store.manifest_keys import keys


@pytest.fixture
def manifest(run: Path) -> dict:
    """A manifest of one's own, with what is null in a run of so few words and of no such model."""
    content = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    content["layers"][0]["unit_groups"] = {"runs": 200, "agreement": 0.8}
    content["corpus"]["tokenizer"] = {
        "kind": "Tokenizer", "lower": "unicode", "removed": "", "separators": ".,", "split": " "
    }  # fmt: skip
    content["model"]["rebuilt"] = {
        "because": ["mixed_float16"], "error": 3e-4, "tolerance": 0.02, "sequences": 13
    }  # fmt: skip
    return content


@pytest.fixture
def series_manifest(other_store: Path) -> dict:
    """A manifest of series, of one's own."""
    return json.loads((other_store / "series" / MANIFEST).read_text(encoding="utf-8"))


@pytest.fixture
def layers_manifest(other_store: Path) -> dict:
    """A manifest of several layers, of one's own."""
    return json.loads((other_store / "layers" / MANIFEST).read_text(encoding="utf-8"))


@pytest.fixture
def swaps_manifest(other_store: Path) -> dict:
    """A manifest of a run with a swap test, of one's own."""
    return json.loads((other_store / "swaps" / MANIFEST).read_text(encoding="utf-8"))


def holder(manifest: dict, path: tuple) -> dict:
    """Return the object with the last key of a path."""
    for key in path[:-1]:
        manifest = manifest[key]
    return manifest


def written(path: tuple) -> str:
    """A path as messages write it."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)[1:]


PATHS = keys()


def test_a_whole_manifest_is_taken(run: Path, manifest: dict) -> None:
    stored = json.loads((run / MANIFEST).read_text(encoding="utf-8"))
    assert to_json(read_manifest(run)) == stored
    assert to_json(validate_manifest(manifest | {"news": 1}, "here")) == manifest | {"news": 1}


@pytest.mark.parametrize("path", PATHS, ids=written)
@pytest.mark.parametrize("damage", ["missing", "another kind"])
def test_each_key_is_wanted_and_of_its_kind(
    manifest: dict, series_manifest: dict, swaps_manifest: dict, path: tuple, damage: str
) -> None:
    if path[:2] == ("corpus", "features"):
        manifest = series_manifest  # a text has none
    if path[0] == "swap_test":
        manifest = swaps_manifest  # others have none
    inner = holder(manifest, path)
    if damage == "missing":
        del inner[path[-1]]
    else:
        inner[path[-1]] = (1, 2)  # what no key may be
    with pytest.raises(StatelineError) as caught:
        validate_manifest(manifest, "here")
    line = str(caught.value)
    assert line.startswith(f"here: key {written(path)}; expected ")
    assert "got nothing" in line if damage == "missing" else "got" in line


def test_the_tables_are_wanted_of_a_written_manifest_only(manifest: dict) -> None:
    del manifest["tables"]
    validate_draft(manifest, "here")


@pytest.mark.parametrize("version", [0, 2, 99])
def test_another_schema_version_has_its_own_line(manifest: dict, version: int) -> None:
    # Whatever else another version holds is not looked at.
    with pytest.raises(StatelineError) as caught:
        validate_manifest({"schema_version": version}, "here")
    assert f"another schema version; expected {SCHEMA_VERSION}, got {version}." in str(caught.value)


def at(*path: object) -> Callable[[object], Callable[[dict], None]]:
    """A change of one entry: `at("model", "seed")(7)`."""

    def to(value: object) -> Callable[[dict], None]:
        return lambda manifest: holder(manifest, path).__setitem__(path[-1], value)

    return to


def twice(key: str) -> Callable[[dict], None]:
    """A change that lists the first entry of a key again."""
    return lambda manifest: manifest[key].append(copy.deepcopy(manifest[key][0]))


CASES = {
    "true is no number": (at("model", "seed")(True), "key model.seed; expected a whole number"),
    "not a number": (at("projections", 1, "trustworthiness")(math.nan), "trustworthiness"),
    "no end": (at("layers", 0, "max_distance", "h")(math.inf), "layers[0].max_distance.h"),
    "colour": (at("corpus", "classes", 2, "colour")("red;}"), "expected a colour #rrggbb"),
    "time": (at("created")("yesterday"), "key created; expected a time in UTC"),
    "no such day": (at("created")("2026-02-30T10:00:00Z"), "key created; expected a time in UTC"),
    "no such hour": (at("created")("2026-02-03T24:30:00Z"), "key created; expected a time in UTC"),
    "below zero": (at("corpus", "sizes", "test")(-1), "sizes.test; expected a whole number from 0"),
    "infinite setting": (
        at("model", "settings", "x")(math.inf),
        "model.settings.x; expected a num",
    ),
    "many digits": (at("stages", 0, "rows")(10**60), "a whole number below 2^53, got one of 200 b"),
    "half a character": (
        at("corpus", "source")("\ud800"),
        "expected text, got half of a char",
    ),
    "a book": (at("corpus", "source")("x" * 10**5), "10,000 characters at the most, got 100,000"),
    "a long class": (at("corpus", "classes", 1, "name")("x" * 2000), "a name of 1 to 1,000 chara"),
    "a class without a name": (at("corpus", "classes", 1, "name")(""), "a name of 1 to 1,000"),
    "classes of one name": (
        lambda m: m["corpus"]["classes"][1].update(name=m["corpus"]["classes"][0]["name"]),
        "corpus.classes; expected each name once, got 3 names",
    ),
    "deep": (at("versions", "x")(json.loads("[" * 500 + "]" * 500)), "no deeper nesting, got more"),
    "part kept": (at("corpus", "truncation", "keep")("middle"), "expected first or last or null"),
    "activation": (at("readout", "activation")("tanh"), "expected sigmoid or softmax"),
    "other activation": (at("readout", "activation")("sigmoid"), "softmax of 4 outputs"),
    "method": (at("projections", 0, "method")("magic"), "expected t-SNE or PCA or UMAP"),
    "rows of a table": (at("tables", "steps.parquet", "rows")(None), "tables.steps.parquet.rows"),
    "digest": (at("tables", "model.keras", "sha256")("x"), "a SHA-256 digest in hexadecimal"),
    "one class": (lambda m: m["corpus"]["classes"].__delitem__(slice(1, 4)), "2 to 65,536, got 1"),
    "outputs": (at("readout", "outputs")(1), "key readout.outputs; expected 4, got 1"),
    "initial logit": (at("readout", "initial_logit")([1.0]), "expected 4 numbers, got 1"),
    "layer read": (at("readout", "layer")("gru"), "readout.layer; expected one of lstm, got gru"),
    "first map": (at("default_projection")("lstm-umap"), "one of lstm-pca, lstm-tsne, got lstm-um"),
    "confusion": (at("model", "metrics", "confusion")([[1]]), "expected 4 x 4, got 1 x 1"),
    "recall": (at("model", "metrics", "recall")([1.0]), "expected 4 numbers, got 1"),
    "map of no layer": (
        at("projections", 0, "layer")("gru"),
        "projections[0].layer; expected one of lstm",
    ),
    "a layer twice": (twice("layers"), "key layers; expected each id once"),
    "a map twice": (twice("projections"), "key projections; expected each id once"),
    "run leads out": (at("run")("../elsewhere"), "key run; expected a name of"),
    "run is absolute": (at("run")("/tmp/elsewhere"), "key run; expected a name of"),
    "layer leads out": (at("layers", 0, "id")("../../elsewhere"), "key layers; expected a name"),
    "map leads out": (at("projections", 0, "id")("a/b"), "key projections; expected a name"),
}


# Of a text with one layer, of a series, and of a text with several layers.
OTHER_CASES = {
    "text": {
        "kind": (at("corpus", "kind")("sound"), "kind; expected text or series, got 'sound'"),
        "a text's features": (
            at("corpus", "features")([{"name": "a", "low": 0, "high": 1}]),
            "key corpus.features; expected none of a text, got 1",
        ),
        "a text's picture": (at("corpus", "picture")(True), "corpus.picture; expected false of"),
        "half a truncation": (
            at("corpus", "truncation", "keep")(None), "both or neither null, got 7, null",
        ),
        "how texts were cut, and not whether of HTML": (
            at("corpus", "html")(None), "corpus.html; expected null as corpus.words, or neither",
        ),
        "a split of classes only": (
            at("corpus", "sizes", "train")(None),
            "corpus.classes[0].train; expected null, as corpus.sizes.train, got 80",
        ),
        "another origin": (
            at("corpus", "split", "origin")("found"), "expected provided or drawn or unknown",
        ),
        "a split of nothing": (
            at("corpus", "split", "origin")("unknown"), "split.origin; expected provided or drawn,",
        ),
        "a draw without a seed": (
            at("corpus", "split", "origin")("drawn"), "expected a whole number of a drawn split",
        ),
        "a seed without a draw": (at("corpus", "split", "seed")(1), "else null, got 1"),
        "a class not counted": (
            at("corpus", "classes", 2, "validation")(None),
            "classes[2].validation; expected a whole number, as corpus.sizes.validation, got null",
        ),
        "a baseline and a reason": (
            at("model", "baseline", "reason")("none"),
            "model.baseline.name; expected null where there is a reason, got TF-IDF and",
        ),
        "half a baseline": (
            at("model", "baseline", "accuracy")(None),
            "model.baseline.accuracy; expected a value where there is no reason, got null",
        ),
        "more epochs of a refit than of the training": (
            at("model", "refit_epochs")(3), "model.refit_epochs; expected null, or 1 to 2 epochs",
        ),
        "a refit for no epoch": (at("model", "refit_epochs")(0), "1 to 2 epochs, got 0"),
        "repeats not counted": (
            at("left_out", "in_training")(None),
            "left_out.in_training; expected a whole number, as corpus.sizes.train, got null",
        ),
        "no accuracy without them": (
            at("model", "metrics", "unseen_accuracy")(None),
            "model.metrics.unseen_accuracy; expected a number, got null",
        ),
        "a file elsewhere": (at("model", "file")("../model.keras"), "expected model.keras or null"),
        "method": (at("readout", "method")("magic"), "linear or head or prefix or given"),
        "no weights": (at("readout", "weights")(None), "readout.weights; expected a list where"),
        "no bias": (at("readout", "bias")(None), "readout.bias; expected a list where linear"),
        "weights of a head": (at("readout", "method")("head"), "weights; expected null where head"),
        "a first logit": (at("readout", "method")("prefix"), "initial_logit; expected zeros where"),
        "direction": (at("layers", 0, "direction")("up"), "expected forward or backward, got 'up'"),
        "states": (at("layers", 0, "states")(["c"]), "layers[0].states; expected h, or h and c"),
        "states turned": (at("layers", 0, "states")(["c", "h"]), "h, or h and c, got c, h"),
        "another state": (at("layers", 0, "states")(["h", "z"]), "states[1]; expected h or c"),
        "no distance": (at("layers", 0, "max_distance")({}), "h, c, got nothing"),
        "another distance": (
            at("layers", 0, "max_distance", "z")(1.0), "expected keys h or c, got 'z'",
        ),
        "a distance as text": (
            at("layers", 0, "max_distance", "h")("far"), "max_distance.h; expected a number",
        ),
        "a map without distances": (
            at("projections", 1, "state")("c"),
            "projections[1].state; expected one of h, whose distances lstm stores, got c",
        ),
        "a map of another state": (at("projections", 1, "state")("z"), "expected h or c, got 'z'"),
    },
    "series": {
        "no features": (at("corpus", "features")([]), "features; expected one or more of a series"),
        "a feature twice": (
            at("corpus", "features", 1, "name")("feature 0"), "expected each name once",
        ),
        "low above high": (
            at("corpus", "features", 1, "high")(-1e6), "features[1].low; expected at most high",
        ),
        "a token of a series": (
            at("corpus", "tokens", "padding")(0), "tokens.padding; expected null of a",
        ),
        "distance of a state not stored": (
            at("layers", 0, "max_distance", "c")(1.0), "expected h and nothing besides h, got h, c",
        ),
    },
    "layers": {
        "a gate twice": (
            at("layers", 0, "gates")(["input", "input"]), "gates; expected each gate once, got",
        ),
        "a gate's name": (
            at("layers", 0, "gates", 1)("../x"), "gates[1]; expected a name of lower-case letters",
        ),
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("of", "case"), [(of, case) for of, cases in OTHER_CASES.items() for case in cases]
)
def test_entries_that_only_some_runs_have_are_held_too(
    manifest: dict, series_manifest: dict, layers_manifest: dict, of: str, case: str
) -> None:
    chosen = {"text": manifest, "series": series_manifest, "layers": layers_manifest}[of]
    validate_manifest(chosen, "here")
    change, expected = OTHER_CASES[of][case]
    change(chosen)
    with pytest.raises(StatelineError) as caught:
        validate_manifest(chosen, "here")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_not_known_may_be_null(manifest: dict) -> None:
    corpus, model = manifest["corpus"], manifest["model"]
    for each in [corpus["sizes"], *corpus["classes"]]:
        each.update(train=None, validation=None)
    corpus["split"].update(origin="unknown", seed=None)
    corpus["truncation"].update(max_steps=None, keep=None)
    corpus["tokens"].update(padding=None, unknown=None, start=None)
    model.update(file=None, layers=[], parameters=None, seed=None, epochs=None, history=[])
    forget_training(manifest)
    manifest["verified"].update(prediction_error=None, batch_error=None, alone_error=None)
    validate_manifest(manifest, "here")


@pytest.mark.parametrize("case", CASES)
def test_entries_that_contradict_each_other_are_refused(manifest: dict, case: str) -> None:
    change, expected = CASES[case]
    change(manifest)
    with pytest.raises(StatelineError) as caught:
        validate_manifest(manifest, "here")
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
    # A bad name is not repeated in a command to type.
    named = case not in ("run leads out", "run is absolute")
    assert str(caught.value).endswith("make run RUN=synthetic") is named


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[" * 100_000, b"\xff\xfe\x00", b"nothing"], ids=range(5)
)
def test_a_file_that_is_no_json_is_said_in_one_line(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(StatelineError, match=r"manifest\.json: is not JSON \(.*\)\. Rebuild it"):
        read_manifest(tmp_path)


def test_numbers_of_thousands_of_digits_and_a_huge_file_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / MANIFEST).write_text('{"a": ' + "9" * 5_000 + "}")
    with pytest.raises(StatelineError, match="is not JSON"):
        read_manifest(tmp_path)
    monkeypatch.setattr(read, "MAX_BYTES", 5_000)
    with pytest.raises(StatelineError, match="too large; expected 5,000 bytes at the most"):
        read_manifest(tmp_path)
