"""Numbers and dates as people read them."""

from datetime import datetime


def percent(share: float | None) -> str:
    """`93.4 %`, or a dash where there is nothing to count."""
    return "–" if share is None else f"{100 * share:.1f} %"


def whole_percent(share: float, sign: bool = True) -> str:
    """`93 %`, whose sign does not wrap; `93` without it."""
    return f"{100 * share:.0f}" + ("\N{NO-BREAK SPACE}%" if sign else "")


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 word`, `1,204 words`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def day(moment: str) -> str:
    """`24 November 2025` of an ISO 8601 moment."""
    when = datetime.fromisoformat(moment)
    return f"{when.day} {when:%B %Y}"
