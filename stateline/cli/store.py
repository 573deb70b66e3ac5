"""The store's commands, without TensorFlow or the app: check, share, migrate, list, dictionary.

The store is imported inside of the commands: completing a word in the shell must not wait for it.
"""

from pathlib import Path

import click

from stateline.cli.options import STORE
from stateline.store.errors import StatelineError, printable

FOLDER = click.Path(path_type=Path)


def say(line: str, err: bool = False) -> None:
    """Print a line of which parts come from a file or its name: nothing in it steers a terminal."""
    click.echo(printable(line), err=err)


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=FOLDER)
def check(runs: tuple[Path, ...]) -> None:
    """Verify runs: files, rows and every derived number.

    RUN is a run's folder; the first run that is not whole ends the command.

    \b
    Examples:
      stateline check store/data/demo-reviews
      stateline check store/data/*
    """
    from stateline.store.checks.run import check_run

    for folder in runs:
        for line in check_run(folder).lines():
            say(f"{folder}: {line}")
        say(f"{folder}: whole")


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--out", type=FOLDER, help="The archive, or a folder for it [default: <run>.zip].")
def share(run: Path, out: Path | None) -> None:
    """Check a run and pack it into one archive for a colleague.

    RUN is the run's folder.

    \b
    Example:
      stateline share store/data/demo-reviews --out for-you.zip
    """
    from stateline.store.archive import share_run

    archive = share_run(run, out)
    say(f"{archive}: {archive.stat().st_size:,} bytes")
    say("Unpack it anywhere and look at it: stateline app <where it was unpacked>")


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=FOLDER)
def migrate(runs: tuple[Path, ...]) -> None:
    """Bring runs of an older schema version to the present one.

    RUN is a run's folder. Neither its model nor its corpus is needed. A run is replaced once the
    new one passes its check; one that cannot be brought over stays as it is, with a line that says
    what it lacks.

    \b
    Example:
      stateline migrate store/data/*
    """
    from stateline.store.migrate import migrate_run
    from stateline.store.schema import SCHEMA_VERSION

    for folder in runs:
        version = migrate_run(folder)
        if version == SCHEMA_VERSION:
            say(f"{folder}: is of schema version {version} already")
        else:
            say(f"{folder}: migrated from schema version {version} to {SCHEMA_VERSION}")


@click.command("list")
@click.argument("store", envvar="STORE", default=STORE, type=FOLDER)
def list_runs(store: Path) -> None:
    """Name the runs of a store; broken ones go to stderr.

    STORE is a folder of runs, or one run's folder: $STORE where it is not named, else store/data.

    \b
    Example:
      stateline list unpacked
    """
    from stateline.store.runs import find_runs

    runs, broken = find_runs(store)
    for run in runs:
        corpus, accuracy = run.manifest.corpus, run.manifest.model.metrics.accuracy
        say(
            f"{run.name}: {corpus.name}, {corpus.sizes.stored:,} sequences, "
            f"{run.states:,} states, {accuracy:.3f} top-1"
        )
    for other in broken:
        say(other.message, err=True)
    if not runs and not broken:
        raise StatelineError(store, "holds no run", fix="Build one: stateline build demo-reviews")


@click.command()
def dictionary() -> None:
    """Print every table and column, in Markdown.

    \b
    Example:
      stateline dictionary > columns.md
    """
    from stateline.store.schema.dictionary import dictionary as text

    click.echo(text(), nl=False)
