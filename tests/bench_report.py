"""Rows of a benchmark's table: what was measured, what it must be, and whether it is."""

import statistics
from dataclasses import dataclass, field

import numpy as np

HEADER = ("what", "must be", "median", "95th percentile", "met")
GROWTH = 1.1  # of nodes, listeners and the heap: beyond it something is left behind each time


@dataclass
class Report:
    """Rows of one run's table, and the lines under it."""

    rows: list[tuple[str, ...]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def add(self, what: str, values: list[float], unit: str, limit: float | None = None) -> None:
        """Median and 95th percentile of what was measured; met where the latter is within."""
        if not values:
            self.rows.append((what, _limit(limit, unit), "not measured", "", "no"))
            return
        late = float(np.percentile(values, 95))
        self.rows.append(
            (
                what,
                _limit(limit, unit),
                _figure(statistics.median(values), unit),
                _figure(late, unit) if len(values) > 1 else "",
                "" if limit is None else _yes(late <= limit),
            )
        )

    def add_change(self, what: str, before: float, after: float) -> None:
        """Growth of nodes, listeners and heap over many changes of sequence."""
        self.rows.append(
            (
                what,
                f"at most {GROWTH:g} times",
                f"{before:,.0f} → {after:,.0f}",
                "",
                _yes(after <= GROWTH * before),
            )
        )


def _figure(value: float, unit: str) -> str:
    if unit == "requests" and value <= 1:
        return "1 request" if value else "none"
    digits = 0 if unit in ("requests", "kB") else 1
    return f"{value:,.{digits}f} {unit}"


def _limit(limit: float | None, unit: str) -> str:
    if limit is None:
        return ""
    if unit == "requests":
        return _figure(limit, unit)
    return f"at most {limit:,g} {unit}"


def _yes(met: bool) -> str:
    return "yes" if met else "**no**"


def say(line: str) -> None:
    """A line at once: the whole takes minutes."""
    print(line, flush=True)


def table(rows: list[tuple[str, ...]]) -> None:
    """A table in Markdown, ready for the README."""
    say("| " + " | ".join(HEADER) + " |")
    say("|" + "---|" * len(HEADER))
    for row in rows:
        say("| " + " | ".join(row) + " |")
