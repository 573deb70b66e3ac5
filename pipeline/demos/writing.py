"""Grammar of the demo corpora: documents as words, each with its planted role."""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import polars as pl

ROLES = {
    "cue": "a plain word that points to the class",
    "negator": "turns what follows round: not, never, hardly",
    "negated": "a word under a negator: it points the other way than it reads",
    "intensifier": "strengthens what follows and decides nothing: very, utterly",
    "concession": "the half that does not decide: it points to another class",
    "contrast": "the hinge between the halves: but, although, turned into",
    "decider": "the half that decides",
    "late-turn": "a closing remark that points to another class and does not count",
    "shortcut": "a person's name that goes with one class in the training split, and with all "
    "alike in the test split",
    "unseen": "a word that the training split does not hold",
}
SHORTEST, LONGEST = 5, 60
TRAIN_DOCUMENTS, TEST_DOCUMENTS = 6_000, 1_200

Word = tuple[str, str | None]
T = TypeVar("T")
MARKS = {",", ".", ":", ";"}


def words(text: str, role: str | None = None) -> list[Word]:
    """Split a text into words of one role; punctuation is separated: `"so , it is ."`."""
    return [(word, None if word in MARKS else role) for word in text.split()]


def with_role(piece: Iterable[Word], role: str) -> list[Word]:
    """Return a piece with another role for its cue words; negated words keep theirs."""
    return [(word, role if was == "cue" else was) for word, was in piece]


def render(document: list[Word]) -> tuple[str, list[str | None]]:
    """Return the written text, with capitals and `an` before vowels, and its words' roles."""
    text, roles, start = "", [], True
    spoken = [word for word, _ in document]
    for place, (word, role) in enumerate(document):
        if word in MARKS:
            text += word
            start = word == "."
            continue
        following = spoken[place + 1] if place + 1 < len(spoken) else ""
        if word == "a" and following[:1].lower() in "aeiou":
            word = "an"
        text += (" " if text else "") + (word[:1].upper() + word[1:] if start else word)
        roles.append(role)
        start = False
    return text, roles


def length(document: list[Word]) -> int:
    """Return the number of steps of a document: its words without punctuation."""
    return sum(word not in MARKS for word, _ in document)


def assemble(
    opening: list[Word],
    shortcut: list[Word],
    deciding: list[Word],
    filler: list[Word],
    closing: list[Word],
) -> list[Word]:
    """Join the parts of a document; without opening and filler where it would be too long."""
    document = [*opening, *shortcut, *deciding, *filler, *closing]
    return document if length(document) <= LONGEST else [*shortcut, *deciding, *closing]


@dataclass
class Writer:
    """Random source of the documents of one split.

    test     also use the words that the training split must not hold
    written  texts so far, so that no two are alike; shared by both splits
    used     words that the current document already holds
    rank     number of the current document among those of its class and split
    """

    rng: random.Random
    test: bool
    written: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    rank: int = 0

    def pick_new(self, options: list[str]) -> str:
        """Return an option that this document does not hold yet; any option once all are used."""
        chosen = self.pick([option for option in options if option not in self.used] or options)
        self.used.add(chosen)
        return chosen

    def pick(self, options: Sequence[T]) -> T:
        """Return one of some options."""
        return self.rng.choice(options)

    def turn(self, every: int) -> bool:
        """Return True for one in `every` documents of each class, evenly spread and not random."""
        return self.rank % every == every // 2

    def chance(self, share: float) -> bool:
        """Return True with probability `share`."""
        return self.rng.random() < share

    def name(self) -> str:
        """Return a surname made of syllables; most occur once or twice."""
        first = self.pick("Bar Cal Dor Fen Gal Hol Kes Lin Mor Nor Pel Ros Sar Tal Ven Wil".split())
        middle = self.pick(["a", "e", "i", "o", "u", "an", "er", "il", "or"])
        last = self.pick("dell mont ström ham ley son ter vic wick bach dane feld".split())
        return first + middle + last


def write_corpus(
    seed: int, classes: list[str], compose: Callable[[Writer, int], list[Word]]
) -> pl.DataFrame:
    """Write all documents of a demo.

    compose  writes one document of a class; called again where the text exists already or
             does not fit 5 to 60 words
    returns  split, id, label, text, roles (List[String], one entry per word); classes take turns,
             so every class is equally frequent
    """
    rng = random.Random(seed)
    written: set[str] = set()
    rows = []
    for split, count in (("train", TRAIN_DOCUMENTS), ("test", TEST_DOCUMENTS)):
        writer = Writer(rng, split == "test", written)
        labels = [number % len(classes) for number in range(count)]
        rng.shuffle(labels)
        ranks = [0] * len(classes)
        for number, label in enumerate(labels):
            writer.rank = ranks[label]
            ranks[label] += 1
            text, roles = write_new(writer, label, compose)
            rows.append((split, f"{split}-{number}", classes[label], text, roles))
    return pl.DataFrame(
        rows,
        orient="row",
        schema={
            "split": pl.String,
            "id": pl.String,
            "label": pl.String,
            "text": pl.String,
            "roles": pl.List(pl.String),
        },
    )


def write_new(
    writer: Writer, label: int, compose: Callable[[Writer, int], list[Word]]
) -> tuple[str, list[str | None]]:
    """Return the text and roles of a document that is new and of an allowed length."""
    while True:
        writer.used.clear()
        document = compose(writer, label)
        if not SHORTEST <= length(document) <= LONGEST:
            continue
        text, roles = render(document)
        if text not in writer.written:
            writer.written.add(text)
            return text, roles
