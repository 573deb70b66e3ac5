"""False discovery rate and recall of shortcuts, over seeds with and without planted tokens.

Every seed draws texts as the words that each holds, neutral ones and some with weak evidence for a
class, the same in training and test; a bag-of-words logistic regression learns the training texts,
and its weights are the effects, to which occurrences add noise. The split is provided, and nothing
but a planted token differs between its parts.

nothing   no token is planted: every listed word is false
shifted   the same, and the classes of the test texts are of other sizes than those of the training
planted   tokens stand in so many training texts, of one class in all of them or in nine of ten, and
          in as many test texts, of all classes alike

    python -m stateline.pipeline.bench.shortcuts --seeds 20
"""

import argparse
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from stateline.pipeline.numerics.answers import class_effects
from stateline.pipeline.numerics.arrays import BoolArray, Float64Array, Int64Array, UInt32Array
from stateline.pipeline.numerics.shortcuts import Evidence, find_shortcuts
from stateline.pipeline.run.stage import main_guard, say

PURITIES, COUNTS = (0.9, 1.0), (10, 30, 100, 300)
WORDS, WEAK = 3_000, 300
WEAK_SPREAD = 0.5  # standard deviation of the log-odds of a weak word
STORED = 0.25  # of the test texts
SPREAD, NOISE = 0.5, 0.3  # of an occurrence: relative to the effect, and in logits


@dataclass(frozen=True)
class Setting:
    """Sizes of the drawn texts.

    texts    of training and of test
    classes  C
    shift    the classes of the test texts are of different sizes
    tokens   planted for each purity and count and class
    """

    texts: int = 4_000
    classes: int = 2
    shift: bool = False
    tokens: int = 0


@dataclass(frozen=True)
class Outcome:
    """Words that one seed lists, and the planted tokens among them.

    false  listed words that were not planted
    found  by purity and count, of each planted token whether it is listed
    """

    false: int
    found: dict[tuple[float, int], list[bool]]

    @property
    def true(self) -> int:
        """Planted tokens that are listed."""
        return sum(sum(each) for each in self.found.values())

    @property
    def rate(self) -> float:
        """Share of the listed words that are false, 0 where none is listed."""
        return self.false / max(self.false + self.true, 1)


def planted_tokens(setting: Setting) -> list[tuple[float, int, int]]:
    """Return purity, count and class of each planted token."""
    kinds = product(PURITIES, COUNTS, range(setting.classes))
    return [kind for kind in kinds for _ in range(setting.tokens)]


def drawn_labels(setting: Setting, rng: np.random.Generator) -> tuple[Int64Array, Int64Array]:
    """Return the class of each training and of each test text, int64 (S,) each."""
    even = np.full(setting.classes, 1 / setting.classes)
    uneven = np.arange(1, setting.classes + 1) / sum(range(1, setting.classes + 1))
    train, test = (
        rng.choice(setting.classes, setting.texts, p=shares)
        for shares in (even, uneven if setting.shift else even)
    )
    return train.astype(np.int64), test.astype(np.int64)


def words_of(label: Int64Array, odds: Float64Array, rng: np.random.Generator) -> BoolArray:
    """Return which text holds which word, bool (S, WORDS), by Zipf's law.

    label  int64 (S,)
    odds   float64 (WORDS, C)  by which a class makes a word more frequent
    """
    share = np.minimum(0.5, 4 / np.arange(2, len(odds) + 2))
    held: BoolArray = rng.random((len(label), len(odds))) < share * np.exp(odds[:, label].T)
    return held


def plant(
    label: Int64Array, tokens: list[tuple[float, int, int]], train: bool, rng: np.random.Generator
) -> BoolArray:
    """Return which text holds which token, bool (S, tokens).

    label  int64 (S,)
    train  the training texts, in which a token is of one class
    """
    held = np.zeros((len(label), len(tokens)), dtype=bool)
    for column, (purity, count, class_) in enumerate(tokens):
        own = np.flatnonzero(label == class_)
        others = np.flatnonzero(label != class_)
        wanted = round((purity if train else (label == class_).mean()) * count)
        held[rng.choice(own, wanted, replace=False), column] = True
        held[rng.choice(others, count - wanted, replace=False), column] = True
    return held


def learned_effects(held: BoolArray, label: Int64Array) -> Float64Array:
    """Return the effect of each word on each class, by the weights of a logistic regression.

    held     bool (S, W)
    label    int64 (S,)
    returns  float64 (W, C)
    """
    from scipy.sparse import csr_array
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=300).fit(csr_array(held.astype(np.float64)), label)
    return class_effects(model.coef_.T)


def class_sizes(label: Int64Array, classes: int) -> Int64Array:
    """Return the texts of each class, int64 (C,); label  int64 (S,)."""
    return np.bincount(label, minlength=classes).astype(np.int64)


def by_class(held: BoolArray, label: Int64Array, classes: int) -> UInt32Array:
    """Count the texts of each class that hold each word, uint32 (W, C).

    held   bool (S, W)
    label  int64 (S,)
    """
    counts = [held[label == c].sum(axis=0) for c in range(classes)]
    return np.stack(counts, axis=1).astype(np.uint32)


def simulate(setting: Setting, seed: int) -> Outcome:
    """Draw texts, learn them, and return what is listed."""
    rng = np.random.default_rng(seed)
    tokens, classes = planted_tokens(setting), setting.classes
    odds = np.zeros((WORDS, classes))
    odds[rng.choice(WORDS, WEAK, replace=False)] = rng.normal(0, WEAK_SPREAD, (WEAK, classes))
    labels = drawn_labels(setting, rng)
    held = [
        np.concatenate([words_of(label, odds, rng), plant(label, tokens, part == 0, rng)], axis=1)
        for part, label in enumerate(labels)
    ]
    effects = learned_effects(held[0], labels[0])
    towards = effects.argmax(axis=1)
    effect = effects[np.arange(len(effects)), towards]
    sequences = held[1][: round(STORED * setting.texts)].sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.hypot(SPREAD * effect, NOISE) / np.sqrt(sequences)
        drawn = rng.chisquare(np.maximum(sequences - 1, 1)) / (sequences - 1)
        evidence = Evidence(
            effect=effect + error * rng.normal(size=len(effect)),
            effect_se=np.where(sequences > 1, error * np.sqrt(drawn), np.nan),
            towards=towards,
            sequences=sequences,
            train=by_class(held[0], labels[0], classes),
            test=by_class(held[1], labels[1], classes),
            sizes=(class_sizes(labels[0], classes), class_sizes(labels[1], classes)),
            special=np.zeros(len(effect), dtype=bool),
        )
        _, _, listed = find_shortcuts(evidence)
    found: dict[tuple[float, int], list[bool]] = {}
    for number, (purity, count, class_) in enumerate(tokens, WORDS):
        hit = number in listed and bool(towards[number] == class_)
        found.setdefault((purity, count), []).append(hit)
    true = sum(sum(each) for each in found.values())
    return Outcome(false=len(listed) - true, found=found)


def report(name: str, outcomes: list[Outcome]) -> None:
    """Print false discovery rate and recall over the seeds."""
    rates = [each.rate for each in outcomes]
    false, true = (sum(getattr(each, key) for each in outcomes) for key in ("false", "true"))
    some = sum(each.false > 0 for each in outcomes)
    say(
        f"{name}: false discovery rate {np.mean(rates):.3f} over {len(rates)} seeds, largest "
        f"{max(rates):.3f}; {true} true and {false} false ones listed, false ones in {some} seeds"
    )
    for purity in PURITIES:
        cells = []
        for count in COUNTS:
            hits = [hit for each in outcomes for hit in each.found.get((purity, count), [])]
            cells.append(f"{count} texts: {sum(hits)} of {len(hits)}")
        if outcomes[0].found:
            say(f"  purity {purity}, found of {'; '.join(cells)}")


SETTINGS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "shifted": {"shift": True},
    "planted": {"tokens": 2},
}


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m stateline.pipeline.bench.shortcuts",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seeds", type=int, default=20, help="corpora of each setting [20]")
    parser.add_argument("--classes", type=int, nargs="+", default=[2, 4], help="[2 4]")
    options = parser.parse_args()
    for classes, (name, extra) in product(options.classes, SETTINGS.items()):
        setting = Setting(classes=classes, **extra)
        outcomes = [simulate(setting, seed) for seed in range(1, options.seeds + 1)]
        report(f"{classes} classes, {name}", outcomes)


if __name__ == "__main__":
    main_guard(main)
