"""False discovery rate and recall of the swap test, over corpora with planted tokens.

Every seed makes a corpus, draws its split, trains a model and runs the swap test. Tokens that no
other text holds are planted in all splits alike: of every purity (share of their texts that are of
one class) and number of texts, one a class; at purity 0.5 a token says nothing of the class.

grammar   texts of neutral words and of words with weak evidence for a class. A listed word is
          false where it is neutral, where its evidence is for the other class, or where it is a
          token of purity 0.5
shuffled  the last words of IMDB reviews, labels shuffled: every listed word is false but tokens
nothing   the same without tokens: every listed word is false
imdb      the same with their own labels: words of the reviews may be evidence or not, and are
          counted apart

    DATA_DIR=folder python -m stateline.pipeline.bench.swaps shuffled --seeds 10
"""

import argparse
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl

from stateline.pipeline.config import override_settings, write_settings
from stateline.pipeline.numerics.arrays import AnyArray, Int64Array
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import main_guard, say
from stateline.store.schema import MAX_Q, SWAPS

CLASSES = ("negative", "positive")
PURITIES, COUNTS = (0.5, 0.75, 0.9, 1.0), (10, 30, 100, 300)
CHANCE = PURITIES[0]
TEXTS = 8_000
LONGEST = 40  # words of a text
NEUTRAL, WEAK = 1_500, 300  # words of the grammar
WEAK_SHARE = 0.3  # of the words of a text, those that may be evidence
WEAK_SPREAD = 0.5  # standard deviation of their log-odds
KNOBS = {"MAX_STEPS": str(LONGEST), "UNITS": "32", "EPOCHS": "10", "STORED": "500"}

# The class that a word is evidence for; None: for neither. Words that are missing are not known.
Truth = dict[str, int | None]


@dataclass(frozen=True)
class Token:
    """A planted token: a share `purity` of its `count` texts is of its class."""

    word: str
    class_: int
    purity: float
    count: int


def planted_tokens() -> list[Token]:
    """Return a token of every purity and count for each class."""
    kinds = product(PURITIES, COUNTS, range(len(CLASSES)))
    return [
        Token(f"zq{number}x", class_, purity, count)
        for number, (purity, count, class_) in enumerate(kinds)
    ]


def plant(
    texts: list[list[str]], label: Int64Array, tokens: Iterable[Token], rng: np.random.Generator
) -> None:
    """Insert each token once into as many texts as it says, anywhere in them.

    label  int64 (S,)
    """
    for token in tokens:
        own = round(token.purity * token.count)
        for class_ in range(len(CLASSES)):
            wanted = own if class_ == token.class_ else token.count - own
            for row in rng.choice(np.flatnonzero(label == class_), wanted, replace=False):
                texts[row].insert(rng.integers(len(texts[row]) + 1), token.word)


def grammar_texts(rng: np.random.Generator) -> tuple[list[list[str]], Int64Array, Truth]:
    """Return texts of 12 words and more, their labels int64 (S,), and the words' truth."""
    label = rng.permutation(np.arange(TEXTS) % len(CLASSES))
    odds = rng.normal(0, WEAK_SPREAD, WEAK)
    weak = rng.permutation(1 / np.arange(2, WEAK + 2))  # Zipf's law, roughly
    shares = [1 / np.arange(2, NEUTRAL + 2), weak * np.exp(-odds / 2), weak * np.exp(odds / 2)]
    shares = [each / each.sum() for each in shares]
    texts = []
    for class_ in label:
        kind = np.where(rng.random(rng.integers(12, LONGEST - 4)) < WEAK_SHARE, 1 + class_, 0)
        words = np.empty(len(kind), dtype=object)
        for each, share in enumerate(shares):
            drawn = rng.choice(len(share), (kind == each).sum(), p=share)
            words[kind == each] = [f"{'w' if each else 'n'}{number}" for number in drawn]
        texts.append(words.tolist())
    truth: Truth = {f"n{number}": None for number in range(NEUTRAL)}
    return texts, label, truth | {f"w{number}": int(each > 0) for number, each in enumerate(odds)}


def review_texts(
    rng: np.random.Generator, shuffled: bool
) -> tuple[list[list[str]], Int64Array, Truth]:
    """Return the last words of some reviews, their labels int64 (S,), and the words' truth."""
    from stateline.pipeline.sources.published import read_published
    from stateline.pipeline.sources.word_boundaries import normalise, split_words

    documents, _ = read_published("imdb", os.environ.get("DATA_DIR", ""))
    rows = documents[np.sort(rng.choice(documents.height, TEXTS, replace=False))]
    texts = [each[-(LONGEST - 4) :] for each in split_words(rows["text"]).to_list()]
    names = sorted(set(rows["label"]))
    label = np.array([names.index(each) for each in rows["label"]])
    if not shuffled:
        return texts, label, {}
    words = normalise(pl.Series([word for text in texts for word in text])).unique()
    return texts, rng.permutation(label), dict.fromkeys(words)


def swap_test(texts: list[list[str]], label: Int64Array, seed: int, folder: Path) -> pl.DataFrame:
    """Build a run of the texts up to the swap test, in a folder; return its table.

    label  int64 (S,)
    """
    from stateline.pipeline import corpus, distances, expected, extract, swaps, train, words

    source = folder / "corpus.parquet"
    named = [CLASSES[each] for each in label]
    pl.DataFrame({"text": [" ".join(each) for each in texts], "label": named}).write_parquet(source)
    paths = BuildPaths(folder, "bench")
    knobs = {"CORPUS": str(source), "SEED": str(seed), **KNOBS}
    write_settings(paths, override_settings("bench", {}, knobs))
    for stage in (corpus, train, extract, expected, distances, words, swaps):
        stage.work(paths)
    return pl.read_parquet(paths.need("swaps", SWAPS))


def judged(found: pl.DataFrame, tokens: list[Token], truth: Truth) -> AnyArray:
    """Return whether each listed word is true (1), false (0) or not known (-1): int (n,).

    found  token and towards
    """
    planted: Truth = {each.word: None if each.purity == CHANCE else each.class_ for each in tokens}
    known = truth | planted
    return np.array(
        [
            -1 if token not in known else int(known[token] == towards)
            for token, towards in found.select("token", "towards").iter_rows()
        ],
        dtype=int,
    )


def report(rates: list[float], counts: AnyArray, hits: dict[tuple[float, int], list[bool]]) -> None:
    """Print the false discovery rate, what was listed, and the recall by purity and count.

    counts  int (m, 3)  listed words, one row per seed, that are true, false and not known
    """
    true, false, unknown = counts.sum(axis=0)
    say(f"\nfalse discovery rate {np.mean(rates):.3f}, the mean over {len(rates)} seeds")
    say(f"(largest {max(rates):.3f}); listed: {true} true, {false} false, {unknown} not known")
    say("\n| purity | " + " | ".join(f"{count} texts" for count in COUNTS) + " |")
    say("|---|" + "---|" * len(COUNTS))
    for purity in PURITIES:
        cells = (hits[purity, count] for count in COUNTS)
        say(f"| {purity} | " + " | ".join(f"{sum(each)} of {len(each)}" for each in cells) + " |")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m stateline.pipeline.bench.swaps",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", choices=["grammar", "shuffled", "nothing", "imdb"])
    parser.add_argument("--seeds", type=int, default=10, help="corpora [10]")
    options = parser.parse_args()
    tokens = [] if options.source == "nothing" else planted_tokens()
    hits: dict[tuple[float, int], list[bool]] = {(p, n): [] for p in PURITIES for n in COUNTS}
    rates, counts = [], []
    for seed in range(1, options.seeds + 1):
        rng = np.random.default_rng(seed)
        if options.source == "grammar":
            texts, label, truth = grammar_texts(rng)
        else:
            texts, label, truth = review_texts(rng, options.source != "imdb")
        plant(texts, label, tokens, rng)
        with tempfile.TemporaryDirectory(prefix="stateline-") as folder:
            found = swap_test(texts, label, seed, Path(folder)).filter(pl.col("q") <= MAX_Q)
        verdict = judged(found, tokens, truth)
        counts.append([int((verdict == each).sum()) for each in (1, 0, -1)])
        rates.append(counts[-1][1] / max(counts[-1][0] + counts[-1][1], 1))
        for each in tokens:
            hits[each.purity, each.count].append(each.word in found["token"])
        say(f"seed {seed}: {counts[-1][0]} true, {counts[-1][1]} false, {counts[-1][2]} not known")
    report(rates, np.array(counts), hits)


if __name__ == "__main__":
    main_guard(main)
