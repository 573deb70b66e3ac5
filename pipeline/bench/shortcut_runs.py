"""False discovery rate and recall of shortcuts in built runs, over seeds.

Every seed draws reviews of IMDB, the last words of each, from its training and test split, and
shuffles the labels within each split, so that no word says anything of them. Tokens that no review
holds are then planted: in so many training texts of one class, and in as many test texts of both
classes. A GRU is trained, and the stages up to the table of words run as they always do. A finding
is false where none of its phrases holds a planted token.

    DATA_DIR=folder python -m stateline.pipeline.bench.shortcut_runs --seeds 5
"""

import argparse
import os
import tempfile
from pathlib import Path

import numpy as np
import polars as pl

from stateline.pipeline.bench.shortcuts import COUNTS
from stateline.pipeline.config import override_settings, write_settings
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import main_guard, say
from stateline.pipeline.sources.published import read_published
from stateline.pipeline.sources.word_boundaries import split_words
from stateline.store.schema import WORDS

TEXTS, LONGEST = 4_000, 40  # of each split; words of a text
CLASSES = ("negative", "positive")
KNOBS = {
    "SPLIT": "split", "MAX_STEPS": str(LONGEST), "CELL": "gru", "UNITS": "32", "EPOCHS": "8",
    "STORED": "1000", "BATCH_SIZE": "256", "LEARNING_RATE": "0.005",
}  # fmt: skip
Tokens = dict[str, tuple[int, int]]  # number of texts and class of each planted token


def planted_tokens() -> Tokens:
    """Return a token of each count and class."""
    return {
        f"zq{count}x{class_}": (count, class_) for count in COUNTS for class_ in range(len(CLASSES))
    }


def drawn_reviews(tokens: Tokens, rng: np.random.Generator) -> pl.DataFrame:
    """Return text, label and split of reviews with the tokens planted."""
    documents, _ = read_published("imdb", os.environ.get("DATA_DIR", ""))
    parts = []
    for split in ("train", "test"):
        own = documents.filter(pl.col("split") == split)
        rows = own[np.sort(rng.choice(own.height, TEXTS, replace=False))]
        texts = [each[4 - LONGEST :] for each in split_words(rows["text"]).to_list()]
        label = rng.permutation(np.arange(TEXTS) % len(CLASSES))
        for token, (count, class_) in tokens.items():
            among = np.flatnonzero(label == class_) if split == "train" else np.arange(TEXTS)
            for row in rng.choice(among, count, replace=False):
                texts[row].insert(rng.integers(len(texts[row]) + 1), token)
        text = [" ".join(each) for each in texts]
        named = [CLASSES[each] for each in label]
        parts.append(pl.DataFrame({"text": text, "label": named}).with_columns(split=pl.lit(split)))
    return pl.concat(parts)


def words_of_run(reviews: pl.DataFrame, seed: int, folder: Path) -> pl.DataFrame:
    """Train on reviews and return the table of words."""
    from stateline.pipeline import corpus, distances, expected, extract, train, words

    source = folder / "corpus.parquet"
    reviews.write_parquet(source)
    paths = BuildPaths(folder, "bench")
    knobs = {"CORPUS": str(source), "SEED": str(seed), **KNOBS}
    write_settings(paths, override_settings("bench", {}, knobs))
    for stage in (corpus, train, extract, expected, distances, words):
        stage.work(paths)
    return pl.read_parquet(paths.need("words", WORDS))


def judged(words: pl.DataFrame, tokens: Tokens) -> tuple[int, set[str]]:
    """Return the number of false findings, and the planted tokens that are found."""
    false, found = 0, set()
    for (_,), phrases in words.drop_nulls("finding").group_by("finding"):
        held = set(" ".join(phrases["phrase"]).split()) & set(tokens)
        found |= held
        false += not held
    return false, found


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m stateline.pipeline.bench.shortcut_runs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=5, help="runs with and without tokens [5]")
    options = parser.parse_args()
    for tokens in ({}, planted_tokens()):
        rates, hits = [], dict.fromkeys(COUNTS, 0)
        for seed in range(1, options.seeds + 1):
            reviews = drawn_reviews(tokens, np.random.default_rng(seed))
            with tempfile.TemporaryDirectory(prefix="stateline-") as folder:
                false, found = judged(words_of_run(reviews, seed, Path(folder)), tokens)
            rates.append(false / max(false + len(found), 1))
            for token in found:
                hits[tokens[token][0]] += 1
            say(f"seed {seed}: {false} false, {len(found)} of {len(tokens)} tokens found")
        say(f"\n{len(tokens)} tokens planted: false discovery rate {np.mean(rates):.3f}, largest "
            f"{max(rates):.3f}, {len(rates)} seeds")  # fmt: skip
        for count in COUNTS if tokens else ():
            say(f"{count} texts: {hits[count]} of {len(CLASSES) * len(rates)}")


if __name__ == "__main__":
    main_guard(main)
