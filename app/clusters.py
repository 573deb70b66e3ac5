"""The clusters of the states on a map, as the page draws them."""

from app.queries import DIGITS
from store.reader import Run


def clusters(run: Run, projection: str) -> list[dict]:
    """A row a cluster of every level, coarse to fine, the largest first; see store/evidence.py."""
    rows = run.clusters(projection).drop("parent").to_dicts()
    numbers = ("x", "y", "purity", "accuracy")
    return [row | {name: round(row[name], DIGITS) for name in numbers} for row in rows]
