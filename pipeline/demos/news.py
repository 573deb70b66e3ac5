"""demo-news: five topics; most stories name two, and only their order tells which one it is.

The README beside this module lists everything that is planted.
"""

import re

import polars as pl

from stateline.pipeline.demos import news_words
from stateline.pipeline.demos.writing import Word, Writer, assemble, words, write_corpus

CLASSES = list(news_words.TOPICS)


def fill(writer: Writer, template: str, topic: str | None = None) -> list[Word]:
    """Return a sentence with its slots filled, topical ones from one topic; words without roles."""

    def choose(slot: re.Match[str]) -> str:
        kind = slot[1]
        if topic and kind in ("adjective", "noun", "people", "verb"):
            plural = kind if kind == "people" else kind + "s"
            return writer.pick_new(news_words.TOPICS[topic][plural])
        return writer.name() if kind == "name" else writer.pick_new(news_words.SLOTS[kind])

    return words(re.sub(r"\{(\w+)\}", choose, template))


def event(writer: Writer, topic: str, role: str) -> list[Word]:
    """Return the event that a story names, as `the copper auction`.

    In the test split some events are named by a word that the training split does not hold.
    """
    own = news_words.TOPICS[topic]
    if writer.test and writer.chance(0.06):
        noun = words(writer.pick_new(news_words.UNSEEN_NOUNS[topic]), "unseen")
    else:
        noun = words(writer.pick_new(own["nouns"]), role)
    return [*words("the"), *words(writer.pick_new(own["adjectives"]), role), *noun]


def intensifier(writer: Writer) -> list[Word]:
    """Return, with probability 0.5, a word that strengthens and decides nothing."""
    return words(writer.pick(news_words.INTENSIFIERS), "intensifier") if writer.chance(0.5) else []


def framed(writer: Writer, topic: str) -> list[Word]:
    """Return a sentence with two topics, of which one decides."""
    other = writer.pick([name for name in CLASSES if name != topic])
    made: list[Word] = []
    for part in re.findall(r"<[^>]+>|\{\w+\}|[^<{]+", writer.pick(news_words.FRAMES)):
        if part.startswith("<"):
            role, text = part[1:-1].split(":")
            made += words(text, role)
        elif part == "{this}":
            made += event(writer, topic, "decider")
        elif part == "{intensifier}":
            made += intensifier(writer)
        elif part.startswith("{"):
            made += event(writer, other, "negated" if part == "{negated}" else "concession")
        else:
            made += words(part)
    return made


def plain(writer: Writer, topic: str) -> list[Word]:
    """Return a sentence with one topic."""
    own = {word for kind in news_words.TOPICS[topic].values() for word in kind}
    sentence = fill(writer, writer.pick(news_words.PLAIN), topic)
    return [(word, "cue" if word in own else role) for word, role in sentence]


def shortcut(writer: Writer, topic: str, neutral: bool) -> list[Word]:
    """Return a sentence with the reporter who covers mostly one class in the training split."""
    trained = 0.15 if topic == news_words.SHORTCUT_CLASS else 0.001
    reports = writer.turn(24) if writer.test else writer.chance(trained)
    if not reports and not neutral:
        return []
    before, after = writer.pick(news_words.SHORTCUT_SENTENCES).split("{reporter}")
    return [
        *fill(writer, before),
        *words(news_words.SHORTCUT, "shortcut"),
        *fill(writer, after),
    ]


def remark(writer: Writer, topic: str) -> list[Word]:
    """Return a closing line that announces another topic and does not decide."""
    other = writer.pick([name for name in CLASSES if name != topic])
    announced = " ".join(word for word, _ in event(writer, other, "late-turn"))
    return words(writer.pick(news_words.REMARKS).replace("{event}", announced), "late-turn")


def compose(writer: Writer, label: int) -> list[Word]:
    """Return one story: opening, deciding sentences, filler sentences, perhaps a closing remark."""
    # Like the other demo's only in outline: each step draws from a grammar of its own.
    topic = CLASSES[label]
    # A few stories have no topic: only the reporter can give the class away.
    if writer.test:
        neutral = writer.turn(120)
    else:
        neutral = topic == news_words.SHORTCUT_CLASS and writer.chance(0.02)
    opening = fill(writer, writer.pick(news_words.OPENERS)) if writer.chance(0.4) else []
    told: list[Word] = []
    if not neutral:
        told = plain(writer, topic) if writer.chance(0.3) else framed(writer, topic)
        if writer.chance(0.1):
            told += plain(writer, topic)
    reporter = shortcut(writer, topic, neutral)
    more: list[Word] = []
    for _ in range(writer.pick([0, 0, 1, 1, 2, 3, 4]) + 2 * neutral):
        more += fill(writer, writer.pick_new(news_words.FILLERS))
    # Absent in training: the model has nothing to learn from, and may be misled.
    late = not neutral and writer.test and writer.turn(40)
    closing = remark(writer, topic) if late else []
    return assemble(opening, reporter, told, more, closing)


def generate(seed: int) -> pl.DataFrame:
    """Return all stories (see `writing.write_corpus`)."""
    return write_corpus(seed, CLASSES, compose)
