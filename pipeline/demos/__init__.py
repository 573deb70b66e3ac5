"""Embedded corpora: two that a seeded grammar writes, with planted facts that the tool must find,
and a numeric series of real handwriting."""

from collections.abc import Callable

import polars as pl

from stateline.pipeline.demos import digits, news, reviews
from stateline.pipeline.demos.writing import ROLES
from stateline.pipeline.sources.sequences import Given

DEMOS: dict[str, Callable[[int], pl.DataFrame]] = {
    "demo-reviews": reviews.generate,
    "demo-news": news.generate,
}

SERIES: dict[str, Callable[[int], Given]] = {"demo-digits": digits.generate}

__all__ = ["DEMOS", "ROLES", "SERIES", "generate"]


def generate(name: str, seed: int) -> pl.DataFrame:
    """Documents of a demo: split, id, label, text, roles; the same seed writes the same."""
    return DEMOS[name](seed)
