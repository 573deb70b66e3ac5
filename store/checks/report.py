"""The report of a check, and the one way in which a check fails."""

from dataclasses import dataclass, field
from typing import NoReturn

from stateline.store.errors import StatelineError, rebuild
from stateline.store.reader import Run


@dataclass
class Report:
    """The checks that a run passed, each with a figure."""

    run: str
    passed: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, figure: str) -> None:
        """Add a check that passed."""
        self.passed.append((name, figure))

    def lines(self) -> list[str]:
        """Return one line per check, `<name>: <figure>`."""
        return [f"{name}: {figure}" for name, figure in self.passed]


def fail(run: Run, file: str, place: str, expected: object, got: object) -> NoReturn:
    """Raise for one place of a file of a run.

    file    path relative to the run's folder
    place   row, column or key
    got     the value there; None is written as null
    raises  StatelineError  always
    """
    got = "null" if got is None else got
    raise StatelineError(
        run.folder / file, place, expected=expected, got=got, fix=rebuild(run.name)
    )
