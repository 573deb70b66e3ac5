"""Settings of a run, from a preset and overrides of single knobs.

A preset (`pipeline/presets/<name>.toml`) sets some of them; `make run RUN=imdb EPOCHS=3`,
`stateline build imdb --epochs 3` and `python -m stateline.pipeline.config --set EPOCHS=3` override
single ones. A stage whose settings differ from those it was made with is out of date, for Make and
for `stateline build`.
"""

import argparse
import hashlib
import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stateline.pipeline.run.graph import align_times
from stateline.pipeline.run.paths import BUILD, STORE, BuildPaths
from stateline.pipeline.run.settings import (
    DATA_DIR_CORPORA,
    PREFERRED_MAPS,
    Settings,
    stage_knobs,
    stage_names,
)
from stateline.pipeline.run.stage import main_guard, replace_if_changed
from stateline.store.errors import StatelineError
from stateline.store.files import file_sha256
from stateline.store.schema import RUN_NAME

PRESETS = Path(__file__).parent / "presets"

# Makefile variables that steer Make itself and are no knobs of a run.
MAKE_ONLY = {"RUN", "STORE", "PYTHON", "PORT", "HOST", "BUILD", "PRESET", "OUT", "ARGS"}


def preset_names() -> list[str]:
    """Return the names of the presets that ship with the project."""
    return sorted(path.stem for path in PRESETS.glob("*.toml"))


def check_run_name(run: str) -> str:
    """Return the run's name.

    raises  StatelineError  it cannot be the name of a folder
    """
    if not RUN_NAME.fullmatch(run):
        raise StatelineError(
            f"RUN={run}",
            "not a run name",
            expected="lower-case letters, digits, dot, dash or underscore, 64 at most",
            got=repr(run),
            fix="Choose another name: stateline build … --run mine, or make run RUN=mine …",
        )
    return run


def parse_override(name: str, value: str) -> object:
    """Return the value of an override in its knob's type; lists are separated by commas."""
    field = Settings.model_fields[name]
    if str(field.annotation).startswith("list"):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def typed_overrides(overrides: Mapping[str, str]) -> dict[str, str]:
    """Return the overrides that set something, and $DATA_DIR where nothing else names the folder.

    An empty value, such as `CORPUS=` on Make's command line, sets nothing.
    """
    typed = {name: value for name, value in overrides.items() if value}
    if "DATA_DIR" not in typed and os.environ.get("DATA_DIR"):
        typed["DATA_DIR"] = os.environ["DATA_DIR"]
    return typed


def preset_values(name: str) -> dict[str, object]:
    """Return the values that a preset sets; raises StatelineError for an unknown one."""
    if name not in preset_names():
        raise StatelineError(
            name,
            "unknown preset",
            expected=f"one of {', '.join(preset_names())}",
            fix="Or name a corpus: stateline build reviews.csv --text review --label sentiment "
            "(in a checkout: make run CORPUS=reviews.csv TEXT=review LABEL=sentiment RUN=mine)",
        )
    return tomllib.loads((PRESETS / f"{name}.toml").read_text(encoding="utf-8"))


def read_settings(run: str, preset: str | None, overrides: dict[str, str]) -> Settings:
    """Return the settings of a run as Make names them.

    preset     None: the one of the run's own name, where there is one
    overrides  by upper-case knob name, values as typed; with CORPUS no preset is needed
    raises     StatelineError for an unknown preset or knob, or a value out of range
    """
    check_run_name(run)
    if preset is None and "CORPUS" in overrides and run not in preset_names():
        return override_settings(run, {}, overrides)
    return override_settings(run, preset_values(preset or run), overrides)


def override_settings(run: str, values: dict[str, object], overrides: dict[str, str]) -> Settings:
    """Return the settings of a run from plain values and what was typed over them.

    values     of a preset, by knob
    overrides  by upper-case knob name, values as typed
    raises     StatelineError for an unknown knob, or a value out of range
    """
    values = dict(values)
    for name, value in overrides.items():
        if name.lower() not in Settings.model_fields or name != name.upper():
            raise StatelineError(
                f"{name}={value}",
                "unknown override",
                expected=f"one of {', '.join(sorted(k.upper() for k in Settings.model_fields))}",
                got=name,
            )
        values[name.lower()] = parse_override(name.lower(), value)
    return validate(run, values)


def validate(run: str, values: dict[str, Any]) -> Settings:
    """Return settings from plain values.

    raises  StatelineError  a value out of range; names the first in one line
    """
    if values.get("corpus") not in DATA_DIR_CORPORA:
        values.pop("data_dir", None)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise StatelineError(
            f"{name.upper()}={first['input']}",
            first["msg"],
            fix="See `stateline build --help` for every knob.",
        ) from None
    return with_default_map(settings)


def with_default_map(settings: Settings) -> Settings:
    """Return settings that name the map to open with: the preferred one of those to be made.

    raises  StatelineError  a projection is named twice, or the map to open with is not made
    """
    made, default = settings.projections, settings.default_projection
    if len(set(made)) < len(made):
        raise StatelineError(
            f"PROJECTIONS={','.join(made)}",
            "a projection is named twice",
            expected="each once",
            fix=f"Set it: PROJECTIONS={','.join(dict.fromkeys(made))}",
        )
    if default == "auto":
        first = next(method for method in PREFERRED_MAPS if method in made)
        return settings.model_copy(update={"default_projection": first})
    if default not in made:
        raise StatelineError(
            f"DEFAULT_PROJECTION={default}",
            "is not among the projections to make",
            expected=f"one of {', '.join(made)}",
            fix="Leave it out, or make that projection too.",
        )
    return settings


def file_state(name: str) -> dict[str, object]:
    """Return path and SHA-256 of a file, by which a change is detected; empty for no file.

    Of a folder, that of the names and contents of all files below it.
    """
    path = Path(name)
    if name in ("", "."):
        return {}
    if path.is_dir():
        files = sorted(each for each in path.rglob("*") if each.is_file())
        contents = [(str(each.relative_to(path)), file_sha256(each)) for each in files]
        digest = hashlib.sha256(repr(contents).encode()).hexdigest()
        return {"path": str(path.resolve()), "files": len(files), "sha256": digest}
    if not path.is_file():
        return {}
    return {"path": str(path.resolve()), "sha256": file_sha256(path)}


def source_state(settings: Settings) -> dict[str, object]:
    """Return path and SHA-256 of the corpus file, by which a change is detected.

    A corpus that is no file has no state: its content depends on the settings only.
    """
    path = Path(settings.corpus)
    if settings.corpus in DATA_DIR_CORPORA and settings.data_dir:
        path = Path(settings.data_dir) / f"{settings.corpus}.parquet"
    return file_state(str(path))


def write_settings(paths: BuildPaths, settings: Settings) -> None:
    """Write one JSON file a stage, only where its content changed."""
    values = settings.model_dump()
    for stage in stage_names():
        own: dict[str, object] = {name: values[name] for name in stage_knobs(stage)}
        if stage == "corpus":
            own["source_state"] = source_state(settings)
            own["vocabulary_state"] = file_state(settings.vocabulary)
            own["tokenizer_state"] = file_state(settings.tokenizer)
        if "model" in own:
            own["model_state"] = file_state(settings.model)
        replace_if_changed(paths.settings(stage), json.dumps(own, indent=1) + "\n")
    # Make reads which projections the export waits for.
    methods = paths.root / "settings" / "projections"
    replace_if_changed(methods, " ".join(settings.projections) + "\n")


def describe_knobs() -> str:
    """Describe every knob with its default, for --help and the documentation."""
    lines = []
    for stage in stage_names():
        knobs = {n: f for n, f in stage_knobs(stage).items()}
        lines.append(f"{stage}:")
        for name, field in knobs.items():
            default = ",".join(field.default) if isinstance(field.default, list) else field.default
            lines.append(f"  {name.upper():19} {field.description} [{default}]")
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    """Write the settings of a run, and the times by which Make sees what is out of date."""
    parser = argparse.ArgumentParser(
        prog="python -m stateline.pipeline.config",
        description=main.__doc__,
        epilog="Knobs and their defaults, by the stage that reads them:\n\n" + describe_knobs(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--run", required=True, help="name of the run, and of its preset")
    parser.add_argument("--preset", help="preset to start from, where the run is named otherwise")
    parser.add_argument("--build", type=Path, default=BUILD, help="folder of intermediate files")
    parser.add_argument("--store", type=Path, default=STORE, help="folder of the built runs")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KNOB=VALUE",
        help="override one knob; may be repeated",
    )
    options = parser.parse_args(arguments)
    overrides = {}
    for item in options.set:
        name, equals, value = item.partition("=")
        if not equals:
            raise StatelineError(item, "not an override", expected="KNOB=VALUE", got=repr(item))
        if name not in MAKE_ONLY:
            overrides[name] = value
    settings = read_settings(options.run, options.preset or None, typed_overrides(overrides))
    paths = BuildPaths(options.build, options.run)
    write_settings(paths, settings)
    align_times(paths, settings.projections, options.store)


if __name__ == "__main__":
    main_guard(main)
