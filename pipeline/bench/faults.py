"""Builds that are killed, and two builds of one run at once: what is in the store afterwards.

A small corpus is built once. Then builds with another number of unit groups are killed, with all
that they started, just before one of their changes to the file system: renames, new and removed
files and folders, files opened to be written. After each kill the run in the store is opened and
checked, and the same command must end whole. Exports are killed likewise; pairs of builds begin at
the same moment.

    python -m stateline.pipeline.bench.faults --kills 100 --pairs 20
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from stateline.pipeline.run.graph import all_stages, outdated_stages
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import main_guard, say
from stateline.pipeline.stages import stage_command
from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.exchange import belongs_to
from stateline.store.runs import find_runs

RUN = "faults"
ROWS = 80
KNOBS = (
    *("--epochs", "1", "--units", "6", "--stored", "20", "--projections", "pca"),
    *("--swap-words", "0"),
)
GROUPS = (2, 3)
# Imported by every Python process of a build before all else, from a folder of its own.
KILLER = """
import os, signal, sys

CHANGES = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.link", "os.symlink"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
FOLDER, COUNT = os.environ["FAULTS_FOLDER"], os.environ["FAULTS_COUNT"]
KILL_AT = int(os.environ["FAULTS_KILL_AT"])


def changed(event, args):
    if event == "open":
        return args[0] if isinstance(args[2], int) and args[2] & WRITES else None
    return args[0] if event in CHANGES else None


def below(path, args):
    if isinstance(path, int):
        return False
    path = os.fsdecode(path)
    if not os.path.isabs(path):  # of rmtree, which names what it removes by its folder
        folder = args[-1] if isinstance(args[-1], int) and args[-1] >= 0 else None
        path = os.path.join(f"/proc/self/fd/{folder}" if folder else os.getcwd(), path)
    return os.path.realpath(path).startswith(FOLDER)


def hook(event, args):
    path = changed(event, args)
    if path is None or not below(path, args):
        return
    count = os.open(COUNT, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(count, b".")
    reached = os.fstat(count).st_size
    os.close(count)
    if reached == KILL_AT:
        os.killpg(0, signal.SIGKILL)


sys.addaudithook(hook)
"""
# Plays a system without an exchange of folders.
WITHOUT_EXCHANGE = """
import stateline.store.exchange

stateline.store.exchange.exchange_call = lambda: None
"""


class Faults:
    """A corpus, a build folder and a store, whose builds are killed.

    without_exchange  play a system that cannot exchange two folders
    """

    def __init__(self, folder: Path, without_exchange: bool = False) -> None:
        self.build, self.store = folder / "files" / "build", folder / "files" / "store"
        self.paths = BuildPaths(self.build, RUN)
        self.corpus, self.count = folder / "corpus.csv", folder / "count"
        self.killer = folder / "killer"
        self.killer.mkdir()
        (self.killer / "sitecustomize.py").write_text(
            KILLER + (WITHOUT_EXCHANGE if without_exchange else "")
        )
        rng = np.random.default_rng(0)
        words = ("good", "bad", "film", "plot", "cast", "the")
        texts = [" ".join(rng.choice(words, rng.integers(2, 9))) for _ in range(ROWS)]
        rows = [f"{text},{'yes' if row % 2 else 'no'}" for row, text in enumerate(texts)]
        self.corpus.write_text("\n".join(["text,label", *rows]) + "\n")

    def build_command(self, groups: int) -> list[str]:
        """Return the command of a build with so many unit groups."""
        where = ["--run", RUN, "--store", str(self.store), "--build", str(self.build)]
        words = [str(self.corpus), *where, *KNOBS, "--unit-groups", str(groups)]
        return [sys.executable, "-m", "stateline", "build", *words]

    def export_command(self) -> list[str]:
        """Return the command of the export."""
        (stage,) = [each for each in all_stages(["pca"]) if each.name == "export"]
        return stage_command(stage, self.paths, self.store)

    def start(self, command: list[str], kill_at: int = 0) -> "subprocess.Popen[str]":
        """Start a command in a process group of its own, to be killed at a change; 0: never."""
        self.count.unlink(missing_ok=True)
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(self.killer), os.getcwd()]),
            "FAULTS_FOLDER": os.path.realpath(self.build.parent),
            "FAULTS_COUNT": str(self.count),
            "FAULTS_KILL_AT": str(kill_at),
        }
        return subprocess.Popen(
            command, env=environment, text=True, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip

    def finish(self, command: list[str]) -> int:
        """Run a command to its end; returns its number of changes to the file system.

        raises  StatelineError  it failed
        """
        with self.start(command) as process:
            _, said = process.communicate()
        if process.returncode:
            line = said.strip().splitlines()[-1] if said.strip() else "no word"
            raise StatelineError(RUN, f"a build failed ({line})")
        return self.count.stat().st_size

    def faults(self) -> list[str]:
        """Return what is wrong in the store: a run that is missing, broken or fails its check."""
        runs, broken = find_runs(self.store)
        wrong = [each.message for each in broken]
        if [run.name for run in runs] != [RUN]:
            wrong.append(f"runs {', '.join(run.name for run in runs) or 'none'}")
        try:
            check_run(self.store / RUN)
        except StatelineError as error:
            wrong.append(str(error))
        return wrong

    def groups(self) -> int | None:
        """Return the unit groups that the run in the store was built with; None: out of date."""
        if outdated_stages(self.paths, ["pca"], self.store):
            return None
        return int(self.paths.read_settings("units")["unit_groups"])

    def leftovers(self) -> list[str]:
        """Return temporary folders and locks that a build that ended has left."""
        places = [*self.store.iterdir(), *(self.build / RUN).iterdir()]
        return [path.name for path in places if belongs_to(path) or "lock" in path.name]


def kill(faults: Faults, kills: int, command_of: Callable[[int], list[str]]) -> Counter[str]:
    """Kill a command at changes spread over all that it makes, at each at most once.

    command_of  the command of each trial, by its number from 0
    returns     what was found
    """
    changes = faults.finish(command_of(0))
    found: Counter[str] = Counter({"changes to the file system": changes})
    moments = np.unique(np.linspace(1, changes, kills).round().astype(int))
    for trial, at in enumerate(moments, start=1):
        command = command_of(trial)
        with faults.start(command, int(at)) as process:
            process.communicate()
        found["killed"] += process.returncode == -signal.SIGKILL
        found["run missing or broken after the kill"] += bool(faults.faults())
        faults.finish(command)
        found["run missing or broken after the next build"] += bool(faults.faults())
        found["leftovers after the next build"] += bool(faults.leftovers())
    return found


def pair(faults: Faults, pairs: int) -> Counter[str]:
    """Begin two builds with other knobs at once; returns what was found."""
    found: Counter[str] = Counter()
    for _ in range(pairs):
        processes = [faults.start(faults.build_command(groups)) for groups in GROUPS]
        said = [process.communicate()[1] for process in processes]
        codes = [process.returncode for process in processes]
        refused = [f"run {RUN}: is being built by process" in each for each in said]
        made = [groups for groups, code in zip(GROUPS, codes, strict=True) if code == 0]
        found["builds that ended whole"] += len(made)
        found["builds refused in one line"] += sum(refused)
        found["builds that ended otherwise"] += 2 - len(made) - sum(refused)
        found["run missing or broken"] += bool(faults.faults())
        found["run of no build that ended"] += faults.groups() not in made
        found["leftovers"] += bool(faults.leftovers())
    return found


def report(title: str, found: Counter[str]) -> None:
    """Print one table of counts."""
    say(f"\n{title}")
    for name, count in found.items():
        say(f"  {name:45} {count:6,}")


def main() -> None:
    """Run the trials and print what was found."""
    parser = argparse.ArgumentParser(
        prog="python -m stateline.pipeline.bench.faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--kills", type=int, default=100, help="of builds, and of exports [100]")
    parser.add_argument("--pairs", type=int, default=20, help="of builds at once [20]")
    parser.add_argument(
        "--without-exchange", action="store_true", help="play a system that renames twice"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        faults = Faults(Path(folder), options.without_exchange)
        faults.finish(faults.build_command(GROUPS[1]))
        builds = kill(faults, options.kills, lambda n: faults.build_command(GROUPS[n % 2]))
        report("builds, killed", builds)
        report("exports, killed", kill(faults, options.kills, lambda _: faults.export_command()))
        report("pairs of builds at once", pair(faults, options.pairs))


if __name__ == "__main__":
    main_guard(main)
