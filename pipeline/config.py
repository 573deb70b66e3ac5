"""The settings of a run, from a preset and from what people set.

A preset (`pipeline/presets/<name>.toml`) sets some of them; `make run RUN=imdb EPOCHS=3` and
`python -m stateline.pipeline.config --set EPOCHS=3` override single ones by their upper-case name.
Writing the settings touches only the files of the stages whose settings changed, and that is
what Make goes by.
"""

import argparse
import json
import os
import tomllib
from pathlib import Path

from pydantic import ValidationError

from stateline.pipeline.run.settings import DATA_DIR_CORPORA, Settings, stage_knobs, stage_names
from stateline.pipeline.run.stage import BUILD, BuildPaths, main_guard, replace_if_changed
from stateline.store.errors import StatelineError
from stateline.store.schema import RUN_NAME

PRESETS = Path(__file__).parent / "presets"

# Makefile variables that steer Make itself and are no knobs of a run.
MAKE_ONLY = {"RUN", "STORE", "PYTHON", "PORT", "HOST", "BUILD", "PRESET", "OUT", "ARGS"}


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
            fix="Choose another name: make run RUN=mine …",
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
            fix="Or name a corpus: make run CORPUS=reviews.csv TEXT=review LABEL=sentiment "
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
            fix=f"See `python -m stateline.pipeline.config --help` for every knob of {run}.",
        ) from None
    if settings.default_projection not in settings.projections:
        raise StatelineError(
            f"DEFAULT_PROJECTION={settings.default_projection}",
            "is not among the projections to make",
            expected=f"one of {', '.join(settings.projections)}",
            fix="Set DEFAULT_PROJECTION too.",
        )
    return settings


def file_state(name: str) -> dict[str, object]:
    """What tells whether a file changed: its absolute path, size and time; nothing for no file."""
    path = Path(name)
    if not path.is_file():
        return {}
    facts = path.stat()
    return {"path": str(path.resolve()), "bytes": facts.st_size, "modified": facts.st_mtime_ns}


def source_state(settings: Settings) -> dict[str, object]:
    """What tells whether the corpus' file changed: its absolute path, size and time.

    A corpus that is no file has no state: its content depends on the settings alone.
    """
    path = Path(settings.corpus)
    if settings.corpus in DATA_DIR_CORPORA and settings.data_dir:
        path = Path(settings.data_dir) / f"{settings.corpus}.parquet"
    return file_state(str(path))


def write_settings(paths: BuildPaths, settings: Settings) -> None:
    """One JSON file a stage, rewritten only where its content changed."""
    values = settings.model_dump()
    for stage in stage_names():
        own: dict[str, object] = {name: values[name] for name in stage_knobs(stage)}
        if stage == "corpus":
            own["source_state"] = source_state(settings)
            own["vocabulary_state"] = file_state(settings.vocabulary)
        if "model" in own:
            own["model_state"] = file_state(settings.model)
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
        prog="python -m stateline.pipeline.config",
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
