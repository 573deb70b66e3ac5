"""Embedded corpora: two that a seeded grammar writes, with planted facts that the tool must find,
and a numeric series of real handwriting."""

from collections.abc import Callable

import polars as pl

from stateline.pipeline.demos import digits, news, reviews
from stateline.pipeline.demos.writing import ROLES
from stateline.pipeline.sources.sequences import ProvidedSequences

DEMOS: dict[str, Callable[[int], pl.DataFrame]] = {
    "demo-reviews": reviews.generate,
    "demo-news": news.generate,
}

SERIES: dict[str, Callable[[int], ProvidedSequences]] = {"demo-digits": digits.generate}

__all__ = ["DEMOS", "ROLES", "SERIES", "generate"]


def generate(name: str, seed: int) -> pl.DataFrame:
    """Return the documents of a demo: split, id, label, text, roles; deterministic in `seed`."""
    return DEMOS[name](seed)
