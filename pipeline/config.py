"""Every knob of a run, once: its default, its range, its help and the stage that it belongs to.

A preset (`pipeline/presets/<name>.toml`) sets some of them; `make run RUN=imdb EPOCHS=3` and
`python -m pipeline.config --set EPOCHS=3` override single ones by their upper-case name.
Writing the settings touches only the files of the stages whose settings changed, and that is
what Make goes by.
"""

import argparse
import json
import os
import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from pipeline.stage import BUILD, BuildPaths, main_guard, replace_if_changed
from store.errors import StatelineError
from store.schema import RUN_NAME

PRESETS = Path(__file__).parent / "presets"

DATA_DIR_CORPORA = ("imdb", "reuters")

# Makefile variables that steer Make itself and are no knobs of a run.
MAKE_ONLY = {"RUN", "STORE", "PYTHON", "PORT", "HOST", "BUILD", "PRESET", "OUT", "ARGS"}


def knob(default: object, stages: str, help: str, **limits: object) -> FieldInfo:
    """A setting of the named stages (separated by blanks) with its help and limits."""
    return Field(default, description=help, json_schema_extra={"stages": stages.split()}, **limits)


class Settings(BaseModel):
    """All knobs of one run; frozen, and nothing else is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    corpus: str = knob(
        "", "corpus", "an embedded demo, `imdb`, `reuters`, or a CSV, TSV, JSONL or Parquet file"
    )
    data_dir: str = knob("", "corpus", "folder with imdb.parquet and reuters.parquet (raw text)")
    text: str = knob("text", "corpus", "column that holds the text")
    label: str = knob("label", "corpus", "column that holds the class")
    id: str = knob("", "corpus", "column that holds the ids; empty: rows are numbered")
    split: str = knob(
        "", "corpus", "column that says train, validation or test; empty: a seeded stratified split"
    )
    classes: list[str] = knob(
        [], "corpus", "keep these classes only, in this order; empty: all, sorted by name"
    )
    blank: Literal["refuse", "drop"] = knob(
        "refuse", "corpus", "texts without a word: refuse the corpus, or drop and count them"
    )
    test_share: float = knob(0.2, "corpus", "share of the rows to test on", gt=0, lt=1)
    validation_share: float = knob(
        0.1, "corpus", "share of the training rows that stops the training", gt=0, lt=1
    )
    max_steps: int = knob(200, "corpus", "words of a text that the model reads", ge=1)
    keep: Literal["first", "last"] = knob("last", "corpus", "which words of a longer text it reads")
    vocabulary_size: int = knob(20_000, "corpus", "most frequent words that get an id", ge=1)
    min_count: int = knob(2, "corpus", "how often a word must occur in training to be known", ge=1)

    cell: Literal["lstm", "gru"] = knob("lstm", "train", "recurrent cell")
    units: int = knob(64, "train", "units of the recurrent layer", ge=1)
    embedding: int = knob(32, "train", "dimensions of the word embedding", ge=1)
    word_dropout: float = knob(
        0.0, "train", "share of training words read as unknown, drawn anew each epoch", ge=0, lt=1
    )
    spatial_dropout: float = knob(0.3, "train", "share of embedding dimensions dropped", ge=0, lt=1)
    dropout: float = knob(0.5, "train", "share of units dropped before the readout", ge=0, lt=1)
    loss: Literal["crossentropy", "elementwise"] = knob(
        "crossentropy",
        "train",
        "crossentropy over the classes, or the paper's binary crossentropy element by element",
    )
    optimizer: Literal["adam", "rmsprop"] = knob("adam", "train", "optimiser")
    learning_rate: float = knob(2e-3, "train", "learning rate", gt=0)
    averaging: float = knob(
        0.0,
        "train",
        "momentum of an exponential moving average of the weights; 0: none",
        ge=0,
        lt=1,
    )
    batch_size: int = knob(64, "train", "sequences in one training step", ge=1)
    epochs: int = knob(15, "train", "passes over the training split at the most", ge=1)
    patience: int = knob(3, "train", "epochs without a better validation accuracy", ge=1)

    stored: int = knob(500, "extract", "sequences stored: the first of the test split", ge=1)
    extract_batch: int = knob(256, "extract", "sequences read at once", ge=1)

    projections: list[Literal["pca", "tsne", "umap"]] = knob(
        ["pca", "tsne", "umap"], "export", "projections to make", min_length=1
    )
    default_projection: Literal["pca", "tsne", "umap"] = knob(
        "tsne", "export", "projection that the app opens with"
    )
    fit_states: int = knob(
        50_000,
        "project-pca project-tsne project-umap",
        "states a projection is fitted on; with more, a seeded sample of whole sequences is "
        "fitted and the others are placed",
        ge=4,
    )
    perplexity: float = knob(
        30.0, "project-tsne", "t-SNE: neighbours that a state attends to", gt=1
    )
    tsne_iterations: int = knob(600, "project-tsne", "t-SNE: steps after exaggeration", ge=1)
    umap_neighbours: int = knob(30, "project-umap", "UMAP: neighbours of a state", ge=2)
    umap_epochs: int = knob(200, "project-umap", "UMAP: passes over the neighbours", ge=1)
    umap_min_dist: float = knob(0.1, "project-umap", "UMAP: least distance on the map", ge=0, le=1)

    seed: int = knob(
        1,
        "corpus train project-pca project-tsne project-umap",
        "seed of the split, the weights and the projections",
        ge=0,
        lt=2**31,
    )


def stage_names() -> list[str]:
    """Stages that have settings, in the order of their first knob."""
    names: dict[str, None] = {}
    for field in Settings.model_fields.values():
        names.update(dict.fromkeys(field.json_schema_extra["stages"]))
    return list(names)


def stage_knobs(stage: str) -> dict[str, FieldInfo]:
    """The knobs of one stage by name."""
    return {
        name: field
        for name, field in Settings.model_fields.items()
        if stage in field.json_schema_extra["stages"]
    }


def preset_names() -> list[str]:
    """Names of the presets that ship with the project."""
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


def check_run_name(run: str) -> str:
    """The run's name, where it can be a folder; raises StatelineError otherwise."""
    if not RUN_NAME.fullmatch(run):
        raise StatelineError(
            f"RUN={run}",
            "not a run name",
            expected="lower-case letters, digits, dot, dash or underscore, 64 at most",
            got=repr(run),
            mend="Choose another name: make run RUN=mine …",
        )
    return run


def parse_override(name: str, value: str) -> object:
    """The value of an override as its knob's type wants it; lists are separated by commas."""
    field = Settings.model_fields[name]
    if str(field.annotation).startswith("list"):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def read_settings(run: str, preset: str | None, overrides: dict[str, str]) -> Settings:
    """Settings of a run from its preset, where there is one, and the overrides.

    overrides  by upper-case knob name, values as typed
    raises     StatelineError for an unknown preset or knob, or a value out of range
    """
    check_run_name(run)
    wanted = preset or run
    path = PRESETS / f"{wanted}.toml"
    values: dict[str, object] = {}
    if wanted in preset_names():
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    elif preset or "CORPUS" not in overrides:
        raise StatelineError(
            wanted,
            "no such preset",
            expected=f"one of {', '.join(preset_names())}",
            mend="Or name a corpus: make run CORPUS=reviews.csv TEXT=review LABEL=sentiment "
            f"RUN={run}",
        )
    for name, value in overrides.items():
        if name.lower() not in Settings.model_fields or name != name.upper():
            raise StatelineError(
                f"{name}={value}",
                "no such override",
                expected=f"one of {', '.join(sorted(k.upper() for k in Settings.model_fields))}",
                got=name,
            )
        values[name.lower()] = parse_override(name.lower(), value)
    return validate(run, values)


def validate(run: str, values: dict[str, object]) -> Settings:
    """Settings from plain values; the first value that does not fit is named in one line."""
    if values.get("corpus") not in DATA_DIR_CORPORA:
        values.pop("data_dir", None)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise StatelineError(
            f"{name.upper()}={first['input']}",
            first["msg"],
            mend=f"See `python -m pipeline.config --help` for every knob of {run}.",
        ) from None
    if settings.default_projection not in settings.projections:
        raise StatelineError(
            f"DEFAULT_PROJECTION={settings.default_projection}",
            "is not among the projections to make",
            expected=f"one of {', '.join(settings.projections)}",
            mend="Set DEFAULT_PROJECTION too.",
        )
    return settings


def source_state(settings: Settings) -> dict[str, object]:
    """What tells whether the corpus' file changed: its absolute path, size and time.

    A corpus that is no file has no state: its content depends on the settings alone.
    """
    path = Path(settings.corpus)
    if settings.corpus in DATA_DIR_CORPORA and settings.data_dir:
        path = Path(settings.data_dir) / f"{settings.corpus}.parquet"
    if not path.is_file():
        return {}
    facts = path.stat()
    return {"path": str(path.resolve()), "bytes": facts.st_size, "modified": facts.st_mtime_ns}


def write_settings(paths: BuildPaths, settings: Settings) -> None:
    """One JSON file a stage, rewritten only where its content changed."""
    values = settings.model_dump()
    for stage in stage_names():
        own: dict[str, object] = {name: values[name] for name in stage_knobs(stage)}
        if stage == "corpus":
            own["source_state"] = source_state(settings)
        replace_if_changed(paths.settings(stage), json.dumps(own, indent=1) + "\n")
    # Make reads which projections the export waits for.
    methods = paths.root / "settings" / "projections"
    replace_if_changed(methods, " ".join(settings.projections) + "\n")


def describe_knobs() -> str:
    """Every knob with its default and help, for --help and the documentation."""
    lines = []
    for stage in stage_names():
        knobs = {n: f for n, f in stage_knobs(stage).items()}
        lines.append(f"{stage}:")
        for name, field in knobs.items():
            default = ",".join(field.default) if isinstance(field.default, list) else field.default
            lines.append(f"  {name.upper():19} {field.description} [{default}]")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Write the settings of a run for its stages."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.config",
        description=main.__doc__,
        epilog="Knobs and their defaults, by the stage that reads them:\n\n" + describe_knobs(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--run", required=True, help="name of the run, and of its preset")
    parser.add_argument("--preset", help="preset to start from, where the run is named otherwise")
    parser.add_argument("--build", type=Path, default=BUILD, help="folder of intermediate files")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KNOB=VALUE",
        help="override one knob; may be repeated",
    )
    given = parser.parse_args(arguments)
    overrides = {}
    for item in given.set:
        name, equals, value = item.partition("=")
        if not equals:
            raise StatelineError(item, "not an override", expected="KNOB=VALUE", got=repr(item))
        # `CORPUS=` on Make's command line sets nothing.
        if name not in MAKE_ONLY and value:
            overrides[name] = value
    if "DATA_DIR" not in overrides and os.environ.get("DATA_DIR"):
        overrides["DATA_DIR"] = os.environ["DATA_DIR"]
    settings = read_settings(given.run, given.preset or None, overrides)
    write_settings(BuildPaths(given.build, given.run), settings)


if __name__ == "__main__":
    main_guard(main)
