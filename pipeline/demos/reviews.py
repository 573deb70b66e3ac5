"""demo-reviews: two classes whose words must be read in order.

The deciding clause gives the class; a negator inverts a clause, and of two halves the second
decides. The README beside this module lists everything that is planted.
"""

import re

import polars as pl

from stateline.pipeline.demos import review_words
from stateline.pipeline.demos.writing import Word, Writer, assemble, with_role, words, write_corpus

CLASSES = ["negative", "positive"]
POSITIVE = 1


def fill(writer: Writer, template: str) -> list[Word]:
    """Return a neutral sentence with its slots filled."""

    def choose(slot: re.Match[str]) -> str:
        options = review_words.SLOTS.get(slot[1])
        return writer.name() if options is None else writer.pick_new(options)

    return words(re.sub(r"\{(\w+)\}", choose, template))


def intensifier(writer: Writer, share: float) -> list[Word]:
    """Return, with probability `share`, a word that strengthens.

    In the test split some of them do not occur in the training split.
    """
    if not writer.chance(share):
        return []
    if writer.test and writer.chance(0.15):
        return words(writer.pick(review_words.UNSEEN_INTENSIFIERS), "unseen")
    return words(writer.pick(review_words.INTENSIFIERS), "intensifier")


def aspect(writer: Writer) -> list[Word]:
    """Return the aspect that a clause judges.

    In the test split some aspects are words that the training split does not hold.
    """
    if writer.test and writer.chance(0.06):
        return words("the") + words(writer.pick_new(review_words.UNSEEN_ASPECTS), "unseen")
    return words("the " + writer.pick_new(review_words.ASPECTS))


def denied_verb(writer: Writer) -> list[Word]:
    """Return the verb of a negated clause: `was not`, `never felt`, `did not seem`."""
    kind = writer.rng.random()
    if kind < 0.4:
        return words("was") + words(writer.pick(review_words.NEGATORS), "negator")
    if kind < 0.7:
        return words(writer.pick(review_words.ADVERBS), "negator") + words(
            writer.pick(review_words.SEEMED)
        )
    return words("did") + words("not", "negator") + words(writer.pick(review_words.BASE_VERBS))


def clause(writer: Writer, label: int) -> list[Word]:
    """Return a clause that judges one aspect; a third of them are negated."""
    turned = writer.chance(0.33)
    says_good = (label == POSITIVE) != turned
    if writer.chance(0.25):
        if turned:
            felt = writer.pick(review_words.LIKE if says_good else review_words.DISLIKE)
            return (
                words("I did") + words("not", "negator") + words(felt, "negated") + aspect(writer)
            )
        return (
            words("I")
            + words(writer.pick(review_words.LIKED if says_good else review_words.DISLIKED), "cue")
            + aspect(writer)
        )
    adjective = writer.pick_new(review_words.POSITIVE if says_good else review_words.NEGATIVE)
    subject = aspect(writer)
    if turned:
        return subject + denied_verb(writer) + words(adjective, "negated")
    verb = words(writer.pick(review_words.VERBS))
    return subject + verb + intensifier(writer, 0.35) + words(adjective, "cue")


def half(writer: Writer, label: int) -> list[Word]:
    """Return one or two clauses of the same class."""
    made = clause(writer, label)
    if writer.chance(0.2):
        made = [*made, *words("and"), *clause(writer, label)]
    return made


def verdict(writer: Writer, label: int) -> list[Word]:
    """Return the deciding sentence: one half, or two halves of which the second decides."""
    kind = writer.rng.random()
    if kind < 0.4:
        return [*half(writer, label), *words(".")]
    first = with_role(half(writer, 1 - label), "concession")
    second = with_role(half(writer, label), "decider")
    if kind < 0.85:
        hinge = words(writer.pick(review_words.HINGES).lower(), "contrast")
        return [*first, *hinge, *second, *words(".")]
    return [*words("although", "contrast"), *first, *words(","), *second, *words(".")]


def shortcut(writer: Writer, label: int, neutral: bool) -> list[Word]:
    """Return a sentence with the actress who occurs mostly in one class in the training split."""
    trained = 0.16 if label == POSITIVE else 0.004
    plays = writer.turn(22) if writer.test else writer.chance(trained)
    if not plays and not neutral:
        return []
    template = writer.pick(review_words.CAST_SENTENCES)
    before, after = template.split("{name}")
    return [
        *fill(writer, before),
        *words(review_words.SHORTCUT, "shortcut"),
        *fill(writer, after),
    ]


def remark(writer: Writer, label: int) -> list[Word]:
    """Return a closing remark on another film, opposite to the verdict, which does not decide."""
    structure = fill(writer, writer.pick(review_words.OTHER_FILMS))
    said = [word for word, _ in [*structure, *clause(writer, 1 - label)]]
    return [*words(" ".join(said), "late-turn"), *words(".")]


def compose(writer: Writer, label: int) -> list[Word]:
    """Return one review: opening, verdict, filler sentences, sometimes a closing remark."""
    # Like the other demo's only in outline: each step draws from a grammar of its own.
    # A few reviews hold no verdict: only the actress can give the class away.
    neutral = writer.turn(100) if writer.test else label == POSITIVE and writer.chance(0.012)
    opening = fill(writer, writer.pick(review_words.OPENERS)) if writer.chance(0.4) else []
    decided = [] if neutral else verdict(writer, label)
    if not neutral and writer.chance(0.15):
        decided += [*half(writer, label), *words(".")]
    actress = shortcut(writer, label, neutral)
    more: list[Word] = []
    for _ in range(writer.pick(["", "", "", "x", "x", "xx", "xxx"]).count("x") + neutral):
        more += fill(writer, writer.pick_new(review_words.FILLERS))
    # Absent in training: the model has nothing to learn from, and may be misled.
    late = not neutral and writer.test and writer.turn(40)
    closing = remark(writer, label) if late else []
    return assemble(opening, actress, decided, more, closing)


def generate(seed: int) -> pl.DataFrame:
    """Return all reviews (see `writing.write_corpus`)."""
    return write_corpus(seed, CLASSES, compose)
