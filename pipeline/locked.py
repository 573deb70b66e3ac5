"""Run a command while it holds the lock of a run's build, as Make does with the stages.

Two builds of one run would write over each other's files. Whatever the command starts works under
its lock, and the system frees the lock when the last of them has ended, however it ended.
"""

import argparse
import os
from pathlib import Path

from stateline.pipeline.config import check_run_name
from stateline.pipeline.run.paths import BUILD, BuildPaths
from stateline.pipeline.run.stage import clear_leftovers, main_guard
from stateline.store.lock import INHERITED, child_environment, take


def main() -> None:
    """Take the lock, clean up after a build that was killed, and become the command."""
    parser = argparse.ArgumentParser(
        prog="python -m stateline.pipeline.locked", description=__doc__
    )
    parser.add_argument("--run", required=True, help="name of the run")
    parser.add_argument("--build", type=Path, default=BUILD, help="folder of intermediate files")
    parser.add_argument("command", nargs="+", help="the command and its arguments, after --")
    options = parser.parse_args()
    paths = BuildPaths(options.build, check_run_name(options.run))
    environment = child_environment()
    name = str(paths.lock.resolve())
    if name not in environment[INHERITED].split(os.pathsep):
        # This process becomes the command, which inherits the descriptor and with it the lock.
        os.set_inheritable(take(paths.lock, paths.run), True)
        clear_leftovers(paths)
        environment[INHERITED] = os.pathsep.join(filter(None, (environment[INHERITED], name)))
    os.execvpe(options.command[0], options.command, environment)


if __name__ == "__main__":
    main_guard(main)
