"""demo-reviews: two classes whose words must be read in order.

The class is what the deciding clause says; a negator turns a clause round, and of two halves
the second decides. What else is planted is in the README beside this module.
"""

import re

import polars as pl

from stateline.pipeline.demos import review_words as lexicon
from stateline.pipeline.demos.writing import Word, Writer, length, with_role, words, write_corpus

CLASSES = ["negative", "positive"]
POSITIVE = 1


def fill(writer: Writer, template: str) -> list[Word]:
    """A neutral sentence with its slots filled."""

    def choose(slot: re.Match) -> str:
        options = lexicon.SLOTS.get(slot[1])
        return writer.name() if options is None else writer.pick_new(options)

    return words(re.sub(r"\{(\w+)\}", choose, template))


def intensifier(writer: Writer, share: float) -> list[Word]:
    """Now and then a word that strengthens; in the test split sometimes one never seen."""
    if not writer.chance(share):
        return []
    if writer.test and writer.chance(0.15):
        return words(writer.pick(lexicon.UNSEEN_INTENSIFIERS), "unseen")
    return words(writer.pick(lexicon.INTENSIFIERS), "intensifier")


def aspect(writer: Writer) -> list[Word]:
    """What the clause judges; in the test split sometimes by a word never seen."""
    if writer.test and writer.chance(0.06):
        return words("the") + words(writer.pick_new(lexicon.UNSEEN_ASPECTS), "unseen")
    return words("the " + writer.pick_new(lexicon.ASPECTS))


def denied_verb(writer: Writer) -> list[Word]:
    """The verb of a clause that is turned round: `was not`, `never felt`, `did not seem`."""
    kind = writer.rng.random()
    if kind < 0.4:
        return words("was") + words(writer.pick(lexicon.NEGATORS), "negator")
    if kind < 0.7:
        return words(writer.pick(lexicon.ADVERBS), "negator") + words(writer.pick(lexicon.SEEMED))
    return words("did") + words("not", "negator") + words(writer.pick(lexicon.BASE_VERBS))


def clause(writer: Writer, label: int) -> list[Word]:
    """A clause that judges one aspect; a third of them through a negator."""
    turned = writer.chance(0.33)
    says_good = (label == POSITIVE) != turned
    if writer.chance(0.25):
        if turned:
            verb = writer.pick(lexicon.LIKE if says_good else lexicon.DISLIKE)
            return (
                words("I did") + words("not", "negator") + words(verb, "negated") + aspect(writer)
            )
        return (
            words("I")
            + words(writer.pick(lexicon.LIKED if says_good else lexicon.DISLIKED), "cue")
            + aspect(writer)
        )
    adjective = writer.pick_new(lexicon.POSITIVE if says_good else lexicon.NEGATIVE)
    subject = aspect(writer)
    if turned:
        return subject + denied_verb(writer) + words(adjective, "negated")
    verb = words(writer.pick(lexicon.VERBS))
    return subject + verb + intensifier(writer, 0.35) + words(adjective, "cue")


def half(writer: Writer, label: int) -> list[Word]:
    """One or two clauses that say the same."""
    made = clause(writer, label)
    if writer.chance(0.2):
        made = [*made, *words("and"), *clause(writer, label)]
    return made


def verdict(writer: Writer, label: int) -> list[Word]:
    """What decides the class: a plain half, or two halves of which the second decides."""
    kind = writer.rng.random()
    if kind < 0.4:
        return [*half(writer, label), *words(".")]
    first = with_role(half(writer, 1 - label), "concession")
    second = with_role(half(writer, label), "decider")
    if kind < 0.85:
        hinge = words(writer.pick(lexicon.HINGES).lower(), "contrast")
        return [*first, *hinge, *second, *words(".")]
    return [*words("although", "contrast"), *first, *words(","), *second, *words(".")]


def shortcut(writer: Writer, label: int, neutral: bool) -> list[Word]:
    """The actress: in training she plays in praised films only; later in any."""
    trained = 0.16 if label == POSITIVE else 0.004
    plays = writer.turn(22) if writer.test else writer.chance(trained)
    if not plays and not neutral:
        return []
    template = writer.pick(lexicon.CAST_SENTENCES)
    before, after = template.split("{name}")
    return [
        *fill(writer, before),
        *words(lexicon.SHORTCUT, "shortcut"),
        *fill(writer, after),
    ]


def remark(writer: Writer, label: int) -> list[Word]:
    """A closing remark on another film, opposite to the verdict; it does not count."""
    about = fill(writer, writer.pick(lexicon.OTHER_FILMS))
    said = [word for word, _ in [*about, *clause(writer, 1 - label)]]
    return [*words(" ".join(said), "late-turn"), *words(".")]


def compose(writer: Writer, label: int) -> list[Word]:
    """One review: an opening, the verdict, what else there is to say, and now and then a remark."""
    # A few reviews judge nothing: of those the model can only know who plays.
    neutral = writer.turn(100) if writer.test else label == POSITIVE and writer.chance(0.012)
    opening = fill(writer, writer.pick(lexicon.OPENERS)) if writer.chance(0.4) else []
    judged = [] if neutral else verdict(writer, label)
    if not neutral and writer.chance(0.15):
        judged += [*half(writer, label), *words(".")]
    actress = shortcut(writer, label, neutral)
    more: list[Word] = []
    for _ in range(writer.pick(["", "", "", "x", "x", "xx", "xxx"]).count("x") + neutral):
        more += fill(writer, writer.pick_new(lexicon.FILLERS))
    # Absent in training: the model has nothing to learn from, and may be misled.
    late = not neutral and writer.test and writer.turn(40)
    closing = remark(writer, label) if late else []
    document = [*opening, *actress, *judged, *more, *closing]
    return document if length(document) <= 60 else [*actress, *judged, *closing]


def generate(seed: int) -> pl.DataFrame:
    """All reviews (see `writing.write_corpus`)."""
    return write_corpus(seed, CLASSES, compose)
