"""What a check has to say: the checks that passed, and the command that mends a bad run."""

from dataclasses import dataclass, field


@dataclass
class Report:
    """The checks that a run passed, each with its figure."""

    run: str
    passed: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, figure: str) -> None:
        """One more check that passed."""
        self.passed.append((name, figure))

    def lines(self) -> list[str]:
        """A line a check, `<name>: <figure>`."""
        return [f"{name}: {figure}" for name, figure in self.passed]


def fix(run: str) -> str:
    """The command that makes a bad run good."""
    return f"Rebuild it: make run RUN={run}"
