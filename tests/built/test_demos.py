"""The demos are learned, need memory, and show in their evidence what their grammars planted."""

from pathlib import Path

import polars as pl
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from stateline.app.words.queries import SHORTCUTS, ordered, parse_words
from stateline.pipeline.demos import ROLES, news_words, review_words
from stateline.pipeline.run.artefacts import SEQUENCES
from stateline.pipeline.sources.word_boundaries import normalise
from stateline.store.reader import Run, open_run

PLANTED = {"demo-reviews": review_words.SHORTCUT, "demo-news": news_words.SHORTCUT}


@pytest.fixture(scope="module")
def built(demo_store: Path) -> dict[str, Run]:
    """The two demos of words."""
    return {name: open_run(demo_store / name) for name in PLANTED}


@pytest.mark.parametrize("name", PLANTED)
def test_a_demo_is_learned_and_stores_300_sequences_or_more(
    built: dict[str, Run], name: str
) -> None:
    run = built[name]
    model = run.manifest.model
    assert model.metrics.accuracy >= 0.95
    assert model.cell == "LSTM" and model.units <= 32
    assert run.sequences.height >= 300
    assert run.sequences["length"].min() >= 5 and run.sequences["length"].max() <= 60
    for projection in run.manifest.projections:
        assert projection.trustworthiness > 0.9


def test_the_digits_are_learned_row_by_row(demo_store: Path) -> None:
    digits = open_run(demo_store / "demo-digits")
    assert digits.manifest.model.metrics.accuracy >= 0.95
    assert digits.manifest.corpus.kind == "series" and digits.manifest.corpus.picture
    assert digits.sequences["length"].unique().to_list() == [8]


@pytest.mark.parametrize("name", PLANTED)
def test_a_demo_needs_memory_a_bag_of_words_stays_five_points_below(
    demo_store: Path, built: dict[str, Run], name: str
) -> None:
    build = demo_store.parents[1] / ".build" / name / "corpus" / SEQUENCES
    table = pl.read_parquet(build).with_columns(
        pl.col("surface").list.eval(normalise_words()).list.join(" ").alias("words")
    )
    train, test = (table.filter(pl.col("split") == part) for part in ("train", "test"))
    bag = make_pipeline(
        CountVectorizer(token_pattern=r"\S+"), LogisticRegression(max_iter=2000)
    ).fit(train["words"].to_list(), train["label"].to_list())
    linear = bag.score(test["words"].to_list(), test["label"].to_list())
    assert linear <= built[name].manifest.model.metrics.accuracy - 0.05


def normalise_words() -> pl.Expr:
    """Words as the vocabulary holds them, as an expression."""
    return pl.element().map_batches(normalise, return_dtype=pl.String)


@pytest.mark.parametrize("name", PLANTED)
def test_planted_roles_stand_beside_the_words_that_carry_them(
    built: dict[str, Run], name: str
) -> None:
    planted = steps(built[name]).filter(pl.col("role").is_not_null())
    assert planted["role"].n_unique() >= 6
    unseen = planted.filter(pl.col("role") == "unseen")
    assert unseen.height > 0 and not unseen["known"].any()
    assert set(planted["role"]) <= set(ROLES)


def steps(run: Run) -> pl.DataFrame:
    """One row per step, with what it does towards the last class in `pushed`."""
    pushed = pl.col("contribution").arr.last()
    return run.scan("steps.parquet").with_columns(pushed=pushed).collect()


@pytest.mark.parametrize("name", PLANTED)
def test_the_planted_name_is_the_first_shortcut(built: dict[str, Run], name: str) -> None:
    run = built[name]
    listed = run.words[ordered(run, parse_words(run, {"kind": SHORTCUTS}))]
    assert listed["phrase"][0] == PLANTED[name].lower()


@pytest.mark.parametrize("name", PLANTED)
def test_a_word_that_training_never_held_has_no_row_of_its_own(
    built: dict[str, Run], name: str
) -> None:
    unseen = steps(built[name]).filter(pl.col("role") == "unseen")
    assert unseen["surface"].n_unique() > 5
    assert unseen["token"].unique().to_list() == ["[unknown]"]
    tokens = built[name].words.filter(pl.col("size") == 1)["phrase"]
    assert "[unknown]" in tokens
    assert not normalise(unseen["surface"]).is_in(tokens.implode()).any()


GOOD = review_words.POSITIVE + review_words.LIKED + review_words.LIKE
BAD = review_words.NEGATIVE + review_words.DISLIKED + review_words.DISLIKE


def says(word: pl.Expr) -> pl.Expr:
    """1 for words of praise, -1 for words of blame, null for others."""
    return word.replace_strict(dict.fromkeys(GOOD, 1) | dict.fromkeys(BAD, -1), default=None)


def test_a_negator_turns_the_contribution_of_the_word_under_it_round(
    built: dict[str, Run],
) -> None:
    told = steps(built["demo-reviews"]).with_columns(own=pl.col("pushed") * says(pl.col("token")))
    plain = told.filter(pl.col("role") == "cue")["own"].drop_nulls()
    under = told.filter(pl.col("role") == "negated")["own"].drop_nulls()
    assert len(plain) >= 100 and len(under) >= 100
    assert (plain > 0).mean() > 0.9 > 0.35 > (under > 0).mean()
    assert plain.mean() > 1 and under.mean() < -1
    # The same in the table of words: "not good" is no praise.
    halves = pl.col("phrase").str.split(" ").list
    phrases = built["demo-reviews"].words.filter(
        pl.col("size") == 2, halves.first().is_in(review_words.NEGATORS)
    )
    own = pl.col("contribution").arr.last() * says(halves.last())
    turned = phrases.select("count", own=own).drop_nulls()
    assert turned.height >= 3
    assert (turned["own"] * turned["count"]).sum() < 0


def test_the_half_after_the_hinge_decides(built: dict[str, Run]) -> None:
    run = built["demo-reviews"]
    told = steps(run).filter(pl.col("role").is_in(["concession", "contrast", "decider"]))
    told = told.join(run.sequences.select("sequence_id", "label"), on="sequence_id")
    # Towards the actual class.
    own = pl.when(pl.col("label") == 1).then(pl.col("pushed")).otherwise(-pl.col("pushed"))
    halves = told.group_by("sequence_id", "role").agg(
        own.sum().alias("own"),
        (pl.col("predicted") == pl.col("label")).last().alias("right"),
        pl.col("t").min().alias("from"),
    )
    wide = halves.pivot("role", index="sequence_id", values=["own", "right", "from"]).drop_nulls()
    assert (wide["own_decider"] > 0).mean() > 0.9 < wide["right_decider"].mean()
    # "Although" says beforehand that the first half does not count; "but" says it afterwards.
    wide = wide.filter(pl.col("from_contrast") > pl.col("from_concession"))
    assert wide.height >= 50
    assert (wide["own_concession"] < 0).mean() > 0.9
    assert wide["right_concession"].mean() < 0.1
