"""Stage check: verify the exported run table by table, from its files only."""

import argparse

from stateline.pipeline.export import add_store_option
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import running, say, stage_main
from stateline.store.checks.run import check_run


def work(paths: BuildPaths, arguments: argparse.Namespace) -> None:
    """Run the stage."""
    folder = arguments.store / paths.run
    with running(paths, "check") as stage:
        lines = check_run(folder).lines()
        stage.write_json("checks.json", lines)
    say(f"check: {folder} is whole; see it: stateline app {arguments.store}")


if __name__ == "__main__":
    stage_main(
        "check", work, reads="the run in the store", writes="checks.json", options=add_store_option
    )
