"""The command: `python -m stateline` is `stateline`."""

import sys

from stateline.cli.main import main


def run() -> None:
    """Run the command of this process, and end with its exit code."""
    sys.exit(main())


if __name__ == "__main__":
    run()
