"""The demo corpora hold what their README says is planted, and cannot be solved word by word."""

import re
from functools import cache

import polars as pl
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from stateline.pipeline import demos
from stateline.pipeline.demos import news_words, review_words
from stateline.pipeline.sources.word_boundaries import normalise, split_words

pytestmark = pytest.mark.slow

NAMES = list(demos.DEMOS)
SHORTCUTS = {
    "demo-reviews": (review_words.SHORTCUT, "positive"),
    "demo-news": (news_words.SHORTCUT, news_words.SHORTCUT_CLASS),
}


@cache
def documents(name: str) -> pl.DataFrame:
    frame = demos.generate(name, seed=1)
    return frame.with_columns(split_words(frame["text"]))


@cache
def steps(name: str) -> pl.DataFrame:
    """One row per word, with its role."""
    frame = documents(name).select("split", "id", "label", "surface", "roles")
    exploded = frame.explode("surface", "roles").rename({"roles": "role"})
    return exploded.with_columns(normalise(exploded["surface"]).alias("token"))


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_writes_the_same_and_another_seed_something_else(name: str) -> None:
    assert demos.generate(name, seed=1).equals(documents(name).drop("surface"))
    assert not demos.generate(name, seed=2)["text"].equals(documents(name)["text"])


@pytest.mark.parametrize("name", NAMES)
def test_every_word_has_its_place_in_the_roles(name: str) -> None:
    frame = documents(name)
    assert (frame["surface"].list.len() == frame["roles"].list.len()).all()


@pytest.mark.parametrize("name", NAMES)
def test_no_two_documents_are_alike_and_lengths_run_from_5_to_60(name: str) -> None:
    frame = documents(name)
    assert frame["text"].n_unique() == frame["id"].n_unique() == frame.height
    lengths = frame["surface"].list.len()
    assert lengths.min() >= 5 and lengths.max() <= 60
    for part in frame.partition_by("split"):
        sizes = part["surface"].list.len()
        assert (sizes < 10).sum() > 30 and (sizes > 45).sum() > 8


@pytest.mark.parametrize("name", NAMES)
def test_the_vocabulary_is_of_300_words_that_occur_again_and_again(name: str) -> None:
    counts = steps(name)["token"].value_counts()
    assert counts.filter(pl.col("count") >= 20).height >= 300


@pytest.mark.parametrize("name", NAMES)
def test_classes_are_balanced_in_both_splits(name: str) -> None:
    for part in documents(name).partition_by("split"):
        counts = part["label"].value_counts()["count"]
        assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_every_role_is_planted_and_explained(name: str) -> None:
    counts = dict(steps(name).filter(pl.col("split") == "test")["role"].value_counts().rows())
    assert {role for role in counts if role} == set(demos.ROLES)
    assert all(counts[role] >= 40 for role in demos.ROLES)


@pytest.mark.parametrize("name", NAMES)
def test_the_shortcut_goes_with_one_class_in_training_and_with_any_later(name: str) -> None:
    person, label = SHORTCUTS[name]
    holds = documents(name).filter(pl.col("text").str.contains(person, literal=True))
    shares = {
        split: float((part["label"] == label).mean())
        for (split,), part in holds.partition_by("split", as_dict=True).items()
    }
    assert shares["train"] >= 0.95
    even = 1 / documents(name)["label"].n_unique()
    assert abs(shares["test"] - even) < 0.1
    assert holds.filter(pl.col("split") == "test").height > 40


@pytest.mark.parametrize("name", NAMES)
def test_unseen_words_are_unseen_in_training(name: str) -> None:
    table = steps(name)
    trained = set(table.filter(pl.col("split") == "train")["token"])
    unseen = table.filter(pl.col("role") == "unseen")
    assert set(unseen["split"]) == {"test"}
    assert not trained & set(unseen["token"])
    assert unseen["token"].n_unique() >= 10


def test_a_plain_clause_agrees_with_its_label_and_a_negated_one_does_not() -> None:
    good = {*review_words.POSITIVE, *review_words.LIKED, *review_words.LIKE}
    bad = {*review_words.NEGATIVE, *review_words.DISLIKED, *review_words.DISLIKE}
    told = steps("demo-reviews").filter(pl.col("role").is_in(["cue", "decider"]))
    for label, words in (("positive", good), ("negative", bad)):
        assert set(told.filter(pl.col("label") == label)["token"]) <= words
    single = (
        steps("demo-reviews")
        .filter(pl.col("id").is_in(without_halves()["id"].implode()))
        .filter(pl.col("role") == "negated")
    )
    assert single.height > 500
    for label, words in (("positive", bad), ("negative", good)):
        assert set(single.filter(pl.col("label") == label)["token"]) <= words


def without_halves() -> pl.DataFrame:
    """Reviews of one half, whose clauses all say the same."""
    by_document = steps("demo-reviews").group_by("id").agg("role")
    return by_document.filter(~pl.col("role").list.contains("contrast"))


def test_a_story_of_two_topics_is_of_the_one_that_decides() -> None:
    table = steps("demo-news").filter(pl.col("role").is_in(["cue", "decider"]))
    for topic, kinds in news_words.TOPICS.items():
        own = {word for words in kinds.values() for word in words}
        assert set(table.filter(pl.col("label") == topic)["token"]) <= own


@pytest.mark.parametrize("name", NAMES)
def test_counting_words_does_not_solve_it(name: str) -> None:
    frame = documents(name).with_columns(pl.col("surface").list.join(" ").str.to_lowercase())
    train, test = (frame.filter(pl.col("split") == part) for part in ("train", "test"))
    bag = make_pipeline(CountVectorizer(token_pattern=r"\S+"), LogisticRegression(max_iter=1000))
    bag.fit(train["surface"].to_list(), train["label"].to_list())
    assert bag.score(test["surface"].to_list(), test["label"].to_list()) <= 0.85


@pytest.mark.parametrize("name", NAMES)
def test_a_late_turn_closes_test_documents_only(name: str) -> None:
    turned = documents(name).filter(pl.col("roles").list.contains("late-turn"))
    assert set(turned["split"]) == {"test"}
    assert 0.015 < turned.height / 1_200 < 0.03
    assert set(turned["roles"].list.last()) == {"late-turn"}
    assert turned["label"].n_unique() == documents(name)["label"].n_unique()


@pytest.mark.parametrize("name", NAMES)
def test_neutral_sentences_hold_no_word_that_tells_the_class(name: str) -> None:
    told = {"cue", "decider", "concession", "negated"}
    table = steps(name)
    telling = set(table.filter(pl.col("role").is_in(told))["token"])
    neutral = set(table.filter(pl.col("role").is_null())["token"])
    assert not telling & neutral


def test_an_article_fits_the_word_that_follows_and_no_word_is_doubled() -> None:
    for name in NAMES:
        text = documents(name)["text"]
        assert not text.str.contains(r"(?i)\ba [aeiou]").any()
        surfaces = documents(name)["surface"].list.join(" ").str.to_lowercase().to_list()
        assert not any(re.search(r"\b(\w+) \1\b", written) for written in surfaces)
        assert text.str.contains(r"^[A-Z]").all() and text.str.ends_with(".").all()
