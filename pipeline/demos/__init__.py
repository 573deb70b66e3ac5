"""Two corpora that a seeded grammar writes, with planted facts that the tool must find."""

from collections.abc import Callable

import polars as pl

from pipeline.demos import news, reviews
from pipeline.demos.writing import ROLES

DEMOS: dict[str, Callable[[int], pl.DataFrame]] = {
    "demo-reviews": reviews.generate,
    "demo-news": news.generate,
}

__all__ = ["DEMOS", "ROLES", "generate"]


def generate(name: str, seed: int) -> pl.DataFrame:
    """Documents of a demo: split, id, label, text, roles; the same seed writes the same."""
    return DEMOS[name](seed)
