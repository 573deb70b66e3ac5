"""Error rate and power of the words that name clusters, and stability of groups of units.

The words of a built run are moved against its states, so that no cluster has words of its own:
permuted over all steps, or the whole stream of them shifted along, which keeps neighbours together.
Whatever is listed then is false. Into the permuted words tokens are planted that so many sequences
read in one cluster, all of them or half, the other half elsewhere.

    python -m stateline.pipeline.bench.clusters store/data/demo-reviews --seeds 40
"""

import argparse
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl

from stateline.pipeline.numerics.arrays import Int32Array, Int64Array
from stateline.pipeline.numerics.characteristic_words import characteristic_words
from stateline.pipeline.numerics.coclusters import coclusters
from stateline.pipeline.run.settings import Settings
from stateline.pipeline.run.stage import main_guard, say
from stateline.store.reader import Run, open_run
from stateline.store.schema import STEPS, VOCABULARY

# Sequences that read a planted token, and the share of them that read it in its cluster.
COUNTS, SHARES = (5, 10, 20, 40), (1.0, 0.5)


class Words:
    """Words and clusters of a run's default map.

    sequence  int64 (M,)
    token     String (M,)
    member    int32 (M, levels)
    special   tokens that are no words
    """

    def __init__(self, run: Run) -> None:
        steps = run.scan(STEPS).select("sequence_id", "token").collect()
        self.sequence: Int64Array = steps["sequence_id"].to_numpy().astype(np.int64)
        self.token = steps["token"]
        self.member: Int32Array = run.memberships(run.manifest.default_projection)
        ids = [each for each in run.manifest.corpus.tokens.ids.values() if each is not None]
        vocabulary = run.scan(VOCABULARY).filter(pl.col("token_id").is_in(ids)).collect()
        self.special = vocabulary["token"].to_list()

    def moved(self, how: str, rng: np.random.Generator) -> pl.Series:
        """Return the words moved against the states: String (M,)."""
        states = len(self.token)
        if how == "permuted":
            return self.token.gather(rng.permutation(states))
        away = rng.integers(states // 10, states - states // 10)
        return self.token.gather((np.arange(states) + away) % states)

    def listed(self, level: int, token: pl.Series) -> list[tuple[int, str]]:
        """Return cluster and word of everything that is listed."""
        found = characteristic_words(self.member[:, level], self.sequence, token, self.special)
        return found.select("cluster", "word").rows()


def plant(
    words: Words, level: int, token: pl.Series, rng: np.random.Generator
) -> tuple[pl.Series, dict[str, int]]:
    """Return the words with a token of each count and share planted, and the cluster of each.

    A token that more sequences should read than the drawn cluster has is left out.
    """
    cluster = words.member[:, level]
    changed, planted = token.to_numpy().copy(), {}
    free = np.ones(len(token), dtype=bool)
    for count in COUNTS:
        for share in SHARES:
            chosen = int(rng.integers(cluster.max() + 1))
            inside, outside = (
                first_rows(words.sequence, rng.permutation(np.flatnonzero(free & each)))
                for each in (cluster == chosen, cluster != chosen)
            )
            here = round(count * share)
            if len(inside) < here:
                continue
            own = np.isin(words.sequence[outside], words.sequence[inside[:here]])
            rows = np.concatenate([inside[:here], outside[~own][: count - here]])
            name = f"zq{count}x{share:g}"
            changed[rows], planted[name] = name, chosen
            free[rows] = False
    return pl.Series(changed), planted


def first_rows(sequence: Int64Array, rows: Int64Array) -> Int64Array:
    """Return the first row of each sequence, in the order of the rows: int64 (Q,).

    sequence  int64 (M,)
    rows      int64 (R,)
    """
    _, first = np.unique(sequence[rows], return_index=True)
    return rows[np.sort(first)]


def measure_words(name: str, words: Words, seeds: int) -> None:
    """Print how often anything is listed of moved words, and which planted tokens are found.

    name  of the run
    """
    levels = range(words.member.shape[1])
    for how in ("permuted", "shifted"):
        found = [
            len(words.listed(level, words.moved(how, np.random.default_rng(seed))))
            for seed in range(seeds)
            for level in levels
        ]
        said = f"{np.count_nonzero(found)} of {len(found)} levels list a word, {sum(found)} words"
        say(f"{name}, {how}, {seeds} seeds: {said}, all of them false")
    made, hit, false, listed = Counter[str](), Counter[str](), 0, 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        for level in levels:
            token, planted = plant(words, level, words.moved("permuted", rng), rng)
            found_pairs = words.listed(level, token)
            made.update(planted.keys())
            hit.update(word for each, word in found_pairs if planted.get(word) == each)
            false += sum(planted.get(word) != each for each, word in found_pairs)
            listed += len(found_pairs)
    for token_name, count in made.items():
        say(f"{name}, planted {token_name}: {hit[token_name]} of {count} found")
    rate = false / max(listed, 1)
    say(f"{name}, planted: {false} of {listed} listed are false, {rate:.1%}")


def measure_groups(run: Run, seeds: int) -> None:
    """Print how far groups of units and words of other seeds agree."""
    from sklearn.metrics import adjusted_rand_score

    most = Settings.model_fields["unit_groups"].default
    for layer in run.layer_ids:
        response = run.responses(layer)["response"].to_numpy()
        made = [coclusters(response, most, seed) for seed in range(seeds)]
        members = [np.concatenate([each.words, each.units]) for each in made]
        alike = [adjusted_rand_score(*pair) for pair in combinations(members, 2)]
        single = made[0].agreement
        said = f"mean {np.mean(alike):.3f}, least {min(alike):.3f}"
        say(f"{run.name}, {layer}: {seeds} consensuses agree, adjusted Rand index {said}")
        say(f"{run.name}, {layer}: single co-clusterings agree with theirs at {single}")


def main() -> None:
    """Measure the runs that are named."""
    parser = argparse.ArgumentParser(
        prog="python -m stateline.pipeline.bench.clusters",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("runs", type=Path, nargs="+", help="folders of runs of texts")
    parser.add_argument("--seeds", type=int, default=40, help="of moved words")
    parser.add_argument("--groups", type=int, default=4, help="seeds of groups")
    options = parser.parse_args()
    for run in map(open_run, options.runs):
        measure_words(run.name, Words(run), options.seeds)
        measure_groups(run, options.groups)


if __name__ == "__main__":
    main_guard(main)
