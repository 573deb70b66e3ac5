"""Check, share and list runs from the command line; needs neither TensorFlow nor the app."""

import argparse
import sys
from pathlib import Path

from stateline.store.archive import share_run
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.reader import find_runs
from stateline.store.schema.dictionary import dictionary


def check(given: argparse.Namespace) -> None:
    """Verify runs, a line a check."""
    for folder in given.folders:
        for line in check_run(folder).lines():
            print(f"{folder}: {line}")
        print(f"{folder}: whole")


def share(given: argparse.Namespace) -> None:
    """Pack one run."""
    archive = share_run(given.folder, given.out)
    print(f"{archive}: {archive.stat().st_size:,} bytes")
    print("Unpack it anywhere and look at it: make app STORE=<where it was unpacked>")


def list_runs(given: argparse.Namespace) -> None:
    """Name the runs of a store; broken ones go to stderr."""
    runs, broken = find_runs(given.store)
    for run in runs:
        corpus, accuracy = run.manifest.corpus, run.manifest.model.metrics.accuracy
        print(
            f"{run.name}: {corpus.name}, {corpus.sizes.stored:,} sequences, "
            f"{run.states:,} states, {accuracy:.3f} top-1"
        )
    for run in broken:
        print(run.message, file=sys.stderr)
    if not runs and not broken:
        raise StatelineError(given.store, "holds no run", fix="Build one: make all")


def print_dictionary(_: argparse.Namespace) -> None:
    """Print the data dictionary that store/README.md holds."""
    print(dictionary(), end="")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m stateline.store", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    one = commands.add_parser("check", help="verify runs: files, rows and every derived number")
    one.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="a run's folder")
    one.set_defaults(work=check)
    one = commands.add_parser("share", help="check a run and pack it into one archive")
    one.add_argument("folder", type=Path, metavar="FOLDER", help="the run's folder")
    one.add_argument("--out", type=Path, metavar="FILE", help="the archive [<run>.zip]")
    one.set_defaults(work=share)
    one = commands.add_parser("list", help="name the runs of a store")
    one.add_argument("store", type=Path, metavar="STORE", help="folder of runs, or one run")
    one.set_defaults(work=list_runs)
    one = commands.add_parser("dictionary", help="print every table and column, in Markdown")
    one.set_defaults(work=print_dictionary)
    return top


def main(arguments: list[str] | None = None) -> int:
    """Run one command; bad input is one line on stderr and exit code 2."""
    given = parser().parse_args(arguments)
    try:
        given.work(given)
    except StatelineError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(f"{error.filename or 'store'}: {error.strerror or error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
