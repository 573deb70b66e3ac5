"""A swap test of a synthetic run: made-up answers, and what follows from them by plain loops."""

import math

import numpy as np
import polars as pl
from scipy.stats import t

from stateline.store.schema import (
    MAX_CONTROLS,
    MAX_SWAPPED,
    MIN_SWAPPED,
    polars_schema,
    swap_columns,
)
from tests.synthetic_shape import Shape

UNTESTED = 3  # eligible words that were not tested
PLAIN = 2  # of those tested, every so many is a control


def swaps_table(words: pl.DataFrame, tested: int, shape: Shape, seed: int) -> pl.DataFrame:
    """One row per word that enough test sequences hold; every fourth moves the answer by itself.

    words   words.parquet
    tested  sequences of the test split
    """
    rng = np.random.default_rng([seed, 2])
    special = [f"[{name}]" for name in shape.tokens]
    held = words.filter(pl.col("size") == 1, ~pl.col("phrase").is_in(special))
    held = held.filter(pl.col("test").arr.sum() >= MIN_SWAPPED)
    controls = sum(number % PLAIN == 0 for number in range(held.height))
    rows = []
    for number, (token, test) in enumerate(held.select("phrase", "test").iter_rows()):
        moves = number % 4 == 1
        sequences, towards = sum(test), number % len(test)
        swapped = min(sequences, MAX_SWAPPED)
        change, error = rng.uniform(1, 3) if moves else rng.uniform(0, 0.2), rng.uniform(0.02, 0.1)
        half = error * t.ppf(0.975, swapped - 1)
        flips, size = rng.integers(swapped + 1) / swapped, rng.uniform(0.2, 0.4)
        unknown = shape.tokens["unknown"] is not None
        lost = rng.integers(swapped + 1)
        frequency = sequences + 20
        error = float(np.float32(error))
        moved = min(len(test) * t.sf(np.float32(change) / error, swapped - 1), 1.0)
        parts = (float(moved), 1e-7 if moves else float(rng.uniform()))
        row = {
            "token": token,
            "sequences": sequences,
            "position": rng.uniform(),
            "towards": towards,
            "control": number % PLAIN == 0,
            "swapped": swapped,
            "change": change,
            "change_se": error,
            "change_low": change - half,
            "change_high": change + half,
            **interval("flips", flips, swapped),
            "unknown_change": change if unknown else None,
            "unknown_se": error if unknown else None,
            **interval("unknown", lost / swapped, swapped, unknown),
            "controls": min(controls - (number % PLAIN == 0), MAX_CONTROLS),
            "control_change": size,
            **interval("control", rng.uniform(), tested),
            "control_sequences": tested,
            "frequency": frequency,
            "labelled": frequency - 1 if moves else frequency // 2,
            "expected": frequency / 2,
            "weight": change,
            "p_change": parts[0],
            "p_labels": parts[1],
            "p": max(parts) if change - half > size else 1.0,
        }
        rows.append(row)
    for row in rows:
        row["weight_rank"] = 1 + sum(other["weight"] > row["weight"] for other in rows)
    rows.sort(key=lambda row: (row["p"], row["token"]))
    every = len(rows) + UNTESTED
    for rank, row in enumerate(rows, start=1):
        above = [1.0] + [each["p"] * every / n for n, each in enumerate(rows, 1) if n >= rank]
        row["q"] = min(above)
    wanted = polars_schema(swap_columns())
    return pl.DataFrame(rows, schema_overrides=wanted, infer_schema_length=None).select(
        wanted.names()
    )


def interval(name: str, rate: float, count: int, known: bool = True) -> dict[str, float | None]:
    """A rate and its Wilson interval, as the columns of the table are called; nulls if unknown."""
    names = {"flips": ("flips", "flips_low", "flips_high")}.get(
        name, (f"{name}_flips", f"{name}_low", f"{name}_high")
    )
    z = 1.959963984540054
    middle = (rate + z * z / (2 * count)) / (1 + z * z / count)
    root = math.sqrt(rate * (1 - rate) / count + z * z / (4 * count * count))
    half = z * root / (1 + z * z / count)
    values = (rate, max(middle - half, 0), min(middle + half, 1))
    return dict(zip(names, values if known else (None, None, None), strict=True))


def swap_entry(table: pl.DataFrame, seed: int) -> dict:
    """Return the manifest's swap_test of the table."""
    return {
        "replacements": 3,
        "eligible": table.height + UNTESTED,
        "tested": table.height,
        "controls": int(table["control"].sum()),
        "seed": seed,
    }
