"""What the demos' grammars planted is what the evidence of their built runs shows."""

import os
import subprocess
from pathlib import Path

import polars as pl
import pytest

from pipeline.demos import news_words, review_words
from pipeline.text import normalise
from store.reader import Run, open_run

ROOT = Path(__file__).parents[2]
SHORTCUTS = {"demo-reviews": review_words.SHORTCUT, "demo-news": news_words.SHORTCUT}


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Both demos of words, built as their presets say but for their maps."""
    folder = tmp_path_factory.mktemp("demos")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    for name in SHORTCUTS:
        given = (f"RUN={name}", f"BUILD={folder / 'build'}", f"STORE={folder / 'store'}")
        maps = ("PROJECTIONS=pca", "DEFAULT_PROJECTION=pca")
        done = subprocess.run(
            ["make", "run", *given, *maps],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return {name: open_run(folder / "store" / name) for name in SHORTCUTS}


def steps(run: Run) -> pl.DataFrame:
    """A row a step, with what it does towards the last class in `pushed`."""
    pushed = pl.col("contribution").arr.last()
    return run.scan("steps.parquet").with_columns(pushed=pushed).collect()


@pytest.mark.parametrize("name", SHORTCUTS)
def test_the_planted_name_is_the_first_shortcut(demos: dict[str, Run], name: str) -> None:
    planted = SHORTCUTS[name].lower()
    found = demos[name].words.sort("shortcut", descending=True, nulls_last=True)
    assert found.filter(pl.col("size") == 1)["phrase"][0] in planted.split()
    assert found.filter(pl.col("size") == 2)["phrase"][0] == planted


@pytest.mark.parametrize("name", SHORTCUTS)
def test_a_word_that_training_never_held_has_no_row_of_its_own(
    demos: dict[str, Run], name: str
) -> None:
    unseen = steps(demos[name]).filter(pl.col("role") == "unseen")
    assert unseen["surface"].n_unique() > 5
    assert unseen["token"].unique().to_list() == ["[unknown]"]
    tokens = demos[name].words.filter(pl.col("size") == 1)["phrase"]
    assert "[unknown]" in tokens
    assert not normalise(unseen["surface"]).is_in(tokens.implode()).any()


def test_a_negator_turns_the_contribution_of_the_word_under_it_round(
    demos: dict[str, Run],
) -> None:
    told = steps(demos["demo-reviews"]).filter(pl.col("role").is_in(["cue", "negated"]))
    means = told.group_by("token", "role").agg(pl.col("pushed").mean(), pl.len())
    often = means.filter(pl.col("len") >= 3).pivot("role", index="token", values="pushed")
    both = often.drop_nulls()
    assert both.height >= 5
    assert (both["cue"] * both["negated"] < 0).all()
    # The same in the table of words: with a negator before it, a word pushes the other way.
    words = demos["demo-reviews"].words.with_columns(pushed=pl.col("contribution").arr.last())
    alone = dict(means.filter(pl.col("role") == "cue").select("token", "pushed").iter_rows())
    halves = pl.col("phrase").str.split(" ").list
    negated = words.filter(
        pl.col("size") == 2,
        halves.first().is_in(review_words.NEGATORS),
        halves.last().is_in(list(alone)),
    )
    plain = negated.select(halves.last()).to_series().replace_strict(alone)
    assert negated.height >= 3
    assert (negated["pushed"] * plain < 0).all()


def test_the_half_after_the_hinge_decides(demos: dict[str, Run]) -> None:
    run = demos["demo-reviews"]
    told = steps(run).filter(pl.col("role").is_in(["concession", "decider"]))
    told = told.join(run.sequences.select("sequence_id", "label"), on="sequence_id")
    # Towards the actual class.
    own = pl.when(pl.col("label") == 1).then(pl.col("pushed")).otherwise(-pl.col("pushed"))
    halves = told.group_by("sequence_id", "role").agg(
        own.sum().alias("own"), (pl.col("predicted") == pl.col("label")).last().alias("right")
    )
    wide = halves.pivot("role", index="sequence_id", values=["own", "right"]).drop_nulls()
    assert wide.height >= 50
    assert (wide["own_decider"] > 0).mean() > 0.9
    assert (wide["own_concession"] < 0).mean() > 0.9
    assert wide["right_decider"].mean() > 0.9 > 0.3 > wide["right_concession"].mean()
