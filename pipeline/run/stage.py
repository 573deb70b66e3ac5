"""Shared parts of all stages: paths, safe writing, timing and the command line.

A stage writes into a temporary folder that replaces its own only when it is complete, so that an
interrupted build leaves no partial result and the next one resumes at the interrupted stage.
"""

import argparse
import errno
import json
import os
import re
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from stateline.pipeline.run.graph import find_stage, stage_inputs
from stateline.pipeline.run.paths import BUILD, METHODS, REPORT, BuildPaths
from stateline.store.errors import StatelineError
from stateline.store.exchange import belongs_to, recover_folder, replace_folder, temporary_beside
from stateline.store.lock import locked

# What libraries say of a disk that takes no more; NumPy counts the items.
DISK = re.compile(
    r"(?P<reason>No space left on device|File too large|Disk quota exceeded|Read-only file system)"
    r"|\d+ requested and \d+ written"
)


@dataclass
class StageRun:
    """One running stage: its temporary folder and its report."""

    paths: BuildPaths
    name: str
    folder: Path
    rows: int = 0
    facts: dict[str, object] = field(default_factory=dict)

    def write_json(self, name: str, content: object) -> None:
        """Write a JSON file into the stage's folder."""
        (self.folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    def write_table(self, name: str, table: pl.DataFrame) -> None:
        """Write a Parquet table into the stage's folder.

        raises  StatelineError  it cannot be written, which Polars reports by errors of its own
        """
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            table.write_parquet(path)
        except pl.exceptions.PolarsError as error:
            raise unwritten(self.paths.stage(self.name), str(error).splitlines()[0]) from None


def replace_if_changed(path: Path, text: str) -> bool:
    """Write a small text file only if its content differs; return whether it was written."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.tmp-{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
    return True


def folder_bytes(folder: Path) -> int:
    """Return the size of all files below a folder, in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def readable_bytes(count: int) -> str:
    """Format a size in decimal units."""
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.2f} GB"


def peak_memory() -> int:
    """Return the largest resident size of this process so far, in bytes."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024  # which counts in bytes, not in KiB


def clear_leftovers(paths: BuildPaths) -> None:
    """Clean up after the stages and settings of a build that was killed.

    Only by the process that has the build's lock, before it begins.
    """
    for path in sorted(paths.root.iterdir()) if paths.root.is_dir() else []:
        final = belongs_to(path)
        if final:
            recover_folder(final)
    for path in paths.settings("any").parent.glob("*.tmp-*"):
        path.unlink()


@contextmanager
def running(paths: BuildPaths, name: str) -> Iterator[StageRun]:
    """Run a stage's work in a temporary folder that becomes the stage's folder at the end.

    The report names the settings and results that were there at the beginning, see
    `pipeline.run.graph`. An exception removes the temporary folder and keeps the result of the last
    complete run.

    raises  StatelineError  another process builds the run, or the disk cannot be written
    """
    final = paths.stage(name)
    temporary = temporary_beside(final)
    with locked(paths.lock, paths.run):
        recover_folder(final)
        temporary.mkdir()
        stage = StageRun(paths, name, temporary)
        inputs = stage_inputs(paths, find_stage(paths, name))
        started = time.perf_counter()
        try:
            yield stage
            size = folder_bytes(temporary)
            report: dict[str, object] = {
                "stage": name,
                "made": datetime.now(UTC).isoformat(),
                "seconds": round(time.perf_counter() - started, 3),
                "rows": stage.rows,
                "bytes": size,
                "peak_memory_bytes": peak_memory(),
            }
            stage.write_json(REPORT, report | stage.facts | {"inputs": inputs})
            replace_folder(temporary, final)
        except Exception as error:
            full = disk_error(error, final)
            if full is None:
                raise
            raise full from None
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    say(f"{name}: {report['seconds']:.1f} s, {stage.rows:,} rows, {readable_bytes(size)}")


def disk_error(error: Exception, final: Path) -> StatelineError | None:
    """Return the error to show where a library says in its own way that the disk is full."""
    found = None if isinstance(error, StatelineError) else DISK.search(str(error))
    if found is None:
        return None
    return unwritten(final, found["reason"] or os.strerror(errno.ENOSPC))


def unwritten(final: Path, reason: str) -> StatelineError:
    """Return the error of a stage whose files cannot be written."""
    fix = "Free the disk; what was whole is kept, and the same command resumes"
    return StatelineError(final, f"cannot be written ({reason})", fix=fix)


def say(line: str) -> None:
    """Print a progress line."""
    print(line, flush=True)


def main_guard(main: Callable[[], None]) -> None:
    """Run a command; a user's error is one line on stderr and exit code 2."""
    try:
        main()
    except StatelineError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(
            StatelineError(error.filename or "disk", error.strerror or str(error)), file=sys.stderr
        )
        sys.exit(2)
    except KeyboardInterrupt:
        print("stopped; what was whole is kept, and the same command resumes", file=sys.stderr)
        sys.exit(130)


def add_method_option(parser: argparse.ArgumentParser) -> None:
    """Add the option of the stages that run once for each kind of projection."""
    parser.add_argument("--method", required=True, choices=list(METHODS), help="kind of projection")


def stage_work(body: Callable[[BuildPaths, StageRun], None]) -> Callable[..., None]:
    """Return a function of the paths that runs a stage, which has the name of its `body`."""

    def work(paths: BuildPaths, _: argparse.Namespace | None = None) -> None:
        with running(paths, body.__name__) as stage:
            body(paths, stage)

    work.__module__ = body.__module__  # whose docstring is the description of the command line
    return work


def method_stage(
    body: Callable[[BuildPaths, StageRun, str], None],
) -> Callable[[BuildPaths, str], None]:
    """Return a function of the paths and a kind of projection that runs a stage for that kind."""

    def run(paths: BuildPaths, method: str) -> None:
        with running(paths, f"{body.__name__}-{method}") as stage:
            body(paths, stage, method)

    run.__module__ = body.__module__
    return run


def method_main(
    name: str, run: Callable[[BuildPaths, str], None], *, reads: str, writes: str
) -> None:
    """Run the command line of a stage that runs once for each kind of projection."""

    def work(paths: BuildPaths, arguments: argparse.Namespace) -> None:
        run(paths, arguments.method)

    work.__module__ = run.__module__
    stage_main(name, work, reads=reads, writes=writes, options=add_method_option)


def stage_main(
    name: str,
    work: Callable[..., None],
    *,
    reads: str,
    writes: str,
    options: Callable[[argparse.ArgumentParser], None] | None = None,
) -> None:
    """Run the command line of a stage: `python -m stateline.pipeline.<module> --run RUN`.

    work     called with the build's paths and the parsed options
    reads    what it reads and `writes` what it makes, for --help
    options  adds the stage's own options
    """

    def main() -> None:
        parser = argparse.ArgumentParser(
            prog=f"python -m stateline.pipeline.{name}",
            description=(sys.modules[work.__module__].__doc__ or "").strip(),
            epilog=f"Reads {reads}. Writes {writes}. "
            "Its knobs: python -m stateline.pipeline.config --help",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.add_argument("--run", required=True, help="name of the run")
        parser.add_argument(
            "--build", type=Path, default=BUILD, help=f"folder of intermediate files [{BUILD}]"
        )
        if options:
            options(parser)
        arguments = parser.parse_args()
        work(BuildPaths(arguments.build, arguments.run), arguments)

    main_guard(main)
