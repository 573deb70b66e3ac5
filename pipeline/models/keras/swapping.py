"""Replace words in texts, and let the model read the texts again."""

from dataclasses import dataclass

import numpy as np

from stateline.pipeline.models.keras.capture import ModelReader
from stateline.pipeline.models.keras.read_logits import read_logits
from stateline.pipeline.numerics.answers import class_effects
from stateline.pipeline.numerics.arrays import Float64Array, Int64Array
from stateline.pipeline.numerics.swaps import like_words
from stateline.pipeline.run.texts import Texts
from stateline.store.schema import MAX_SWAPPED

REPLACEMENTS = 60  # words of like frequency and position that those of a text are drawn from
READ_AT_ONCE = 20_000  # sequences that are made before they are read
BATCH = 512


@dataclass(frozen=True)
class Swapped:
    """Results of one word in the n test texts in which it was replaced.

    sequences      int64 (n,)
    change         float64 (n, C)  unit logits with the word, less their mean with others in its
                                   place
    flips          float64 (n,)    share of the replacements that change the predicted class
    unknown, lost  the same with the unknown word in its place; None where there is none
    """

    sequences: Int64Array
    change: Float64Array
    flips: Float64Array
    unknown: Float64Array | None
    lost: Float64Array | None


@dataclass(frozen=True)
class Plan:
    """A word to replace, in the n first test texts that hold it.

    others  int64 (n, R)  words that replace it, each in a text of its own; the unknown word last
    """

    word: int
    sequences: Int64Array
    others: Int64Array


class Swapper:
    """Replaces words in the texts of a run.

    reader  of the model's logits
    wanted  words of like frequency and position that replace a word in each text
    seed    of the draw of those words
    """

    def __init__(self, texts: Texts, reader: ModelReader, wanted: int, seed: int) -> None:
        self.texts, self.reader, self.wanted, self.seed = texts, reader, wanted, seed
        self.read: dict[int, Float64Array] = {}  # unit logits of the texts as they are, once read

    def run(self, words: Int64Array) -> list[Swapped]:
        """Return the results of some known words.

        words  int64 (W,)
        """
        known, place = self.texts.known, self.texts.place
        own = np.searchsorted(known, words)
        pools = like_words(place[words], place[known], REPLACEMENTS, own)
        results: list[Swapped] = []
        plans: list[Plan] = []
        for word, pool in zip(words.tolist(), pools, strict=True):
            plans.append(self._plan(word, known[pool]))
            if sum(each.others.size for each in plans) > READ_AT_ONCE:
                results += self._results(plans)
                plans = []
        return results + (self._results(plans) if plans else [])

    def _plan(self, word: int, pool: Int64Array) -> Plan:
        """Return the first texts that hold a word, and what replaces it in each.

        pool  int64 (n,)  words like it
        """
        sequences = self.texts.tested.of(word)[:MAX_SWAPPED]
        rng = np.random.default_rng([self.seed, word])
        wanted = min(self.wanted, len(pool))
        others = np.array([rng.choice(pool, wanted, replace=False) for _ in sequences])
        if self.texts.unknown is not None:
            last = np.full((len(sequences), 1), self.texts.unknown)
            others = np.concatenate([others, last], axis=1)
        return Plan(word, sequences, others)

    def _results(self, plans: list[Plan]) -> list[Swapped]:
        """Read the texts of some plans, and those that they were made from; compare them."""
        needed = sorted({number for plan in plans for number in plan.sequences.tolist()})
        ids = {number: self.texts.ids[number].to_numpy() for number in needed}
        plain = [number for number in needed if number not in self.read]
        made = [ids[number] for number in plain]
        for plan in plans:
            for number, others in zip(plan.sequences.tolist(), plan.others, strict=True):
                here = ids[number] == plan.word
                made += [np.where(here, other, ids[number]) for other in others]
        logits = class_effects(read_logits(self.reader, made, BATCH))
        self.read.update(zip(plain, logits[: len(plain)], strict=True))
        results, start = [], len(plain)
        for plan in plans:
            stop = start + plan.others.size
            replaced = logits[start:stop].reshape(*plan.others.shape, -1)
            whole = np.stack([self.read[number] for number in plan.sequences.tolist()])
            results.append(
                compared(plan.sequences, whole, replaced, self.texts.unknown is not None)
            )
            start = stop
        return results


def compared(
    sequences: Int64Array, whole: Float64Array, replaced: Float64Array, unknown: bool
) -> Swapped:
    """Compare the answers to texts with those to the same texts with another word in them.

    sequences  int64 (n,)
    whole      float64 (n, C)     unit logits of the texts as they are
    replaced   float64 (n, R, C)  with each replacement; the last one is the unknown word where
                                  `unknown` is true
    """
    flipped = replaced.argmax(axis=2) != whole.argmax(axis=1)[:, None]
    like = slice(None, -1) if unknown else slice(None)
    return Swapped(
        sequences=sequences,
        change=whole - replaced[:, like].mean(axis=1),
        flips=flipped[:, like].mean(axis=1),
        unknown=whole - replaced[:, -1] if unknown else None,
        lost=flipped[:, -1].astype(np.float64) if unknown else None,
    )
