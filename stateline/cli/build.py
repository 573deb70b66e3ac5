"""`stateline build`: a corpus or a trained model into a run, with every knob as an option.

The options are made from the settings' model when the command is used, not before: the other
commands need not wait for it.
"""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
from click.shell_completion import CompletionItem

from stateline.cli.options import STORE
from stateline.store.errors import StatelineError
from stateline.store.lock import locked

# What the stages import beside the base dependencies.
LIBRARIES = (
    "tensorflow", "sklearn", "openTSNE", "umap", "fast_hdbscan", "tqdm", "fastexcel",
    "unicode_segmentation_rs", "charset_normalizer",
)  # fmt: skip


class KnobOption(click.Option):
    """An option for a knob of a stage."""

    stage = ""


def option_name(knob: str) -> str:
    """Return the option of a knob: `--max-steps` of `max_steps`."""
    return "--" + knob.replace("_", "-")


def knob_options() -> list[KnobOption]:
    """Return an option for every knob, each under the first stage that reads it."""
    from stateline.pipeline.run.settings import Settings, stage_knobs, stage_names

    options: dict[str, KnobOption] = {}
    for stage in stage_names():
        for name, field in stage_knobs(stage).items():
            if name not in options:
                help = with_options(field.description or "", list(Settings.model_fields))
                options[name] = knob_option(name, field.annotation, field.default, help)
                options[name].stage = stage
    return list(options.values())


def knob_option(name: str, annotation: Any, default: Any, help: str) -> KnobOption:
    """Return the option of one knob; the value goes to the settings as it was typed."""
    if annotation is bool:
        flag = option_name(name)
        names = f"{flag}/--no-{flag[2:]}"
        return KnobOption([names, name], default=None, help=help)
    shown = ",".join(default) if isinstance(default, list) else str(default)
    help = f"{help} [{shown}]" if shown else help
    if get_origin(annotation) is Literal:
        kind: click.ParamType[Any] | None = click.Choice(get_args(annotation))
        metavar = None
    else:
        kind = (
            click.Path()
            if name in ("corpus", "model", "vocabulary", "tokenizer", "data_dir")
            else None
        )
        metavar = {int: "INTEGER", float: "NUMBER"}.get(annotation, "TEXT")
        if get_origin(annotation) is list:
            metavar = "A,B,…"
    return KnobOption([option_name(name), name], type=kind, metavar=metavar, help=help)


def with_options(help: str, knobs: list[str]) -> str:
    """Return a help text in which knobs, named in upper case, are named as options."""
    return re.sub(
        r"\b[A-Z_]{2,}\b",
        lambda word: option_name(word[0].lower()) if word[0].lower() in knobs else word[0],
        help,
    )


class BuildCommand(click.Command):
    """The command with its knobs: options made on first use, listed by stage."""

    _knobs: list[KnobOption] | None = None

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Return the command's own parameters and an option for each knob."""
        if self._knobs is None:
            self._knobs = knob_options()
        return [*super().get_params(ctx), *self._knobs]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options to the help text, the knobs by stage."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                stage = getattr(parameter, "stage", "")
                groups.setdefault(stage, []).append(record)
        for stage, records in groups.items():
            title = f"Knobs of {stage}" if stage else "Options"
            with formatter.section(title):
                formatter.write_dl(records)


def complete_source(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
    """Return the presets that begin as typed, and let the shell add files."""
    from stateline.pipeline.config import preset_names

    presets = [CompletionItem(name) for name in preset_names() if name.startswith(typed)]
    return [*presets, CompletionItem(typed, type="file")]


@click.command(cls=BuildCommand)
@click.argument("source", shell_complete=complete_source)
@click.option("--run", "run_name", metavar="NAME", help="Name of the run [default: SOURCE's].")
@click.option("--preset", metavar="NAME", help="With a file: preset whose knobs to start from.")
@click.option(
    "--store", envvar="STORE", default=STORE, show_default=True, type=click.Path(path_type=Path),
    help="Folder of runs to build into.",
)  # fmt: skip
@click.option(
    "--build", "build_folder", default=".build", show_default=True,
    type=click.Path(path_type=Path), help="Folder of intermediate files, which are kept.",
)  # fmt: skip
def build(
    source: str,
    run_name: str | None,
    preset: str | None,
    store: Path,
    build_folder: Path,
    **knobs: str | bool | None,
) -> int:
    """Build a run: from a corpus, a trained model, or a preset.

    SOURCE is a file with one document per row: text with separators (CSV, TSV, …), JSON, JSON
    lines, Parquet or Excel, also compressed; or a folder with one folder or one file per class; or
    a trained model, .keras or .h5, with --corpus and --vocabulary; or a preset, such as
    demo-reviews or imdb.
    How a file is read is found and said in a line; options settle what is not. What is up to date
    is kept: with a changed knob its stage and those that read it are made again. Messages name a
    knob in upper case: PERPLEXITY is --perplexity.

    \b
    Examples:
      stateline build demo-reviews
      stateline build reviews.csv --text review --label sentiment --epochs 3
      stateline build SMSSpamCollection --header no --text 2 --label 1
      stateline build aclImdb --run my-reviews
      stateline build my.keras --corpus data.parquet --vocabulary words.txt
      stateline build imdb --data-dir corpora --run small --stored 50
      stateline build demo-news --perplexity 50
    """
    from stateline.pipeline.config import override_settings, preset_values, write_settings
    from stateline.pipeline.run.paths import BuildPaths
    from stateline.pipeline.stages import build_run

    refuse_missing_libraries()
    overrides, preset = read_source(source, preset, typed_knobs(knobs))
    run = checked_run_name(source, run_name)
    values = preset_values(preset) if preset else {}
    paths = BuildPaths(build_folder, run)
    settings = override_settings(run, values, overrides)
    with locked(paths.lock, run):
        write_settings(paths, settings)
        code, made = build_run(paths, settings.projections, store)
    if not code and not made:
        click.echo(f"{store / run}: up to date; see it: stateline app {store}")
    return code


def typed_knobs(knobs: dict[str, str | bool | None]) -> dict[str, str]:
    """Return the knobs that were set, by upper-case name, as overrides of the settings."""
    from stateline.pipeline.config import typed_overrides

    typed = {name.upper(): str(value) for name, value in knobs.items() if value is not None}
    return typed_overrides(typed)


def read_source(
    source: str, preset: str | None, overrides: dict[str, str]
) -> tuple[dict[str, str], str | None]:
    """Return the overrides and the preset that SOURCE and the options stand for.

    raises  StatelineError for a source that is neither a preset nor a file, or a model without
            its data
    """
    from stateline.pipeline.config import preset_names
    from stateline.pipeline.models.keras.formats import holds_model, refuse_other_formats

    if source in preset_names():
        if preset:
            raise StatelineError(
                f"--preset {preset}", f"{source} is a preset itself", fix="Leave one of them out."
            )
        return overrides, source
    model = holds_model(Path(source))
    if model and Path(source).exists():
        refuse_other_formats(Path(source))
    if not Path(source).exists():
        raise StatelineError(
            source,
            "neither a file, nor a folder, nor a preset",
            expected="a file of texts or of a model (.keras, .h5), a folder, or one of "
            + ", ".join(preset_names()),
        )
    knob = "MODEL" if model else "CORPUS"
    if knob in overrides:
        raise StatelineError(
            f"{option_name(knob.lower())} {overrides[knob]}",
            f"{source} is the {knob.lower()} already",
            fix="Leave one of them out.",
        )
    overrides = overrides | {knob: source}
    if "CORPUS" not in overrides and not preset:
        raise StatelineError(
            source,
            "no data for the model to read",
            expected="--corpus FILE --vocabulary FILE",
            fix=f"stateline build {source} --corpus data.parquet --vocabulary words.txt",
        )
    return overrides, preset


def checked_run_name(source: str, run_name: str | None) -> str:
    """Return the run's name: the one that was given, else the source's without its ending."""
    from stateline.pipeline.config import check_run_name
    from stateline.pipeline.sources.packed import ENDINGS

    if run_name is not None:
        return check_run_name(run_name)
    path = Path(source)
    if path.suffix in ENDINGS:
        path = path.with_suffix("")
    name = path.name if path.is_dir() else path.stem
    return check_run_name("-".join(name.lower().split()))


def refuse_missing_libraries() -> None:
    """Refuse to build where a library of the stages is not installed.

    raises  StatelineError  naming the libraries
    """
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        raise StatelineError(
            "stateline build",
            f"needs {', '.join(missing)}, which the base installation leaves out",
            fix='Install it: pip install "stateline[keras]"',
        )
