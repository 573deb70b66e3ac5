"""Figures of the demo runs that README and docs state, as a built store has them.

    python -m stateline.pipeline.bench.demo_figures --store store/data

One line per figure: the run, what is counted, the number. Corpora are written again from the run's
seed, and texts are read by the run's own model. A test compares the documents with the output.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from stateline.pipeline import demos
from stateline.pipeline.demos import news_words, review_words
from stateline.pipeline.live.worker import TypedReader
from stateline.pipeline.numerics.answers import class_effects
from stateline.pipeline.run.stage import main_guard
from stateline.pipeline.sources.word_boundaries import normalise, split_words
from stateline.store.reader import Run, open_run
from stateline.store.schema import STEPS

Figures = dict[str, float]

# The planted name of each corpus, and the class that it goes with in training.
PLANTED = {
    "demo-reviews": (review_words.SHORTCUT, "positive"),
    "demo-news": (news_words.SHORTCUT, news_words.SHORTCUT_CLASS),
}
EVIDENCE = ("cue", "negated", "concession", "decider", "late-turn")
# The reviews that the README has typed: the planted name, and another one in its place.
TYPED = "The film was dull. {name} plays the main part."
OTHER_NAME = "Nora Pelerbach"
# Stored reviews and a word of each at which contribution and leave-one-out differ.
EXAMPLES = {
    "enjoyed": "I enjoyed the story. However, I hated the humour. Kesibach took care of the violin "
    "and the letter.",
    "not": "The mood was not superb. There is a scene with a tortoise and an umbrella. Calofeld "
    "plays the main part.",
}
COMPARED = 100  # stored reviews whose contributions are compared with leave-one-out


def corpus_figures(name: str, seed: int) -> Figures:
    """Return sizes of a corpus, and how often its grammar planted what."""
    documents = demos.generate(name, seed)
    lengths = documents["roles"].list.len().to_numpy()
    train, test = (documents.filter(pl.col("split") == part) for part in ("train", "test"))
    per_class = documents["label"].value_counts()["count"].to_numpy()
    named = test.filter(pl.col("text").str.contains(PLANTED[name][0], literal=True))
    by_class = named["label"].value_counts()["count"].to_numpy()

    def holding(*roles: str) -> pl.Expr:
        wanted = pl.col("roles").list.set_intersection(list(roles))
        return wanted.list.drop_nulls().list.len() > 0

    counts = dict(documents["roles"].explode().value_counts().rows())
    negated = counts["negated"] / sum(counts[role] for role in EVIDENCE[:-1])
    return {
        "training documents": train.height,
        "test documents": test.height,
        "documents of the rarest class, of the mean": float(per_class.min() / per_class.mean()),
        "words of the shortest document": int(lengths.min()),
        "words of a document, mean": float(lengths.mean()),
        "words of the longest document": int(lengths.max()),
        "documents alike": documents.height - documents["text"].n_unique(),
        "test documents of a class that hold the name, fewest": int(by_class.min()),
        "test documents of a class that hold the name, most": int(by_class.max()),
        "share of judging words under a negator": negated,
        "share of documents with two halves": float(
            documents.select(holding("decider").mean()).item()
        ),
        "training documents with a late turn": int(train.select(holding("late-turn").sum()).item()),
        "share of test documents with a late turn": float(
            test.select(holding("late-turn").mean()).item()
        ),
        "test documents without evidence": int(test.select((~holding(*EVIDENCE)).sum()).item()),
    }


def linear_accuracies(name: str, seed: int) -> Figures:
    """Return the test accuracy of logistic regression on the counts of words, and of word pairs."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline

    documents = demos.generate(name, seed)
    words = split_words(documents["text"]).list.eval(
        pl.element().map_batches(normalise, return_dtype=pl.String)
    )
    table = documents.with_columns(words=words.list.join(" "))
    train, test = (table.filter(pl.col("split") == part) for part in ("train", "test"))
    found = {}
    for title, most in (("words", 1), ("words and word pairs", 2)):
        counts = CountVectorizer(token_pattern=r"\S+", ngram_range=(1, most))
        # A joint fit of all classes takes twenty times as long.
        model = make_pipeline(counts, OneVsRestClassifier(LogisticRegression(solver="liblinear")))
        model.fit(train["words"].to_list(), train["label"].to_list())
        accuracy = model.score(test["words"].to_list(), test["label"].to_list())
        found[f"test accuracy of logistic regression on {title}"] = float(accuracy)
    return found


def stored_figures(run: Run) -> Figures:
    """Return the accuracy of a run, and what happens at the planted name in its sequences."""
    planted, of_class = PLANTED[run.manifest.corpus.name]
    index = run.class_names.index(of_class)
    training = run.words.filter(pl.col("phrase") == planted.lower())["train"][0].to_list()
    steps = run.scan(STEPS).filter(pl.col("role") == "shortcut").collect()
    gain = class_effects(steps["contribution"].to_numpy())[:, index]
    gains = (
        steps.select("sequence_id", gain=pl.Series(gain))
        .group_by("sequence_id")
        .agg(pl.col("gain").sum())
        .join(run.sequences.select("sequence_id", "label"), on="sequence_id")
    )
    return {
        "test accuracy": run.manifest.model.metrics.accuracy,
        "stored sequences": run.sequences.height,
        "training sequences that hold the name": sum(training),
        "of them of its class": training[index],
        "stored sequences that hold the name": gains.height,
        "of them of another class": int((gains["label"] != index).sum()),
        "of them in which its class gains at the name": int((gains["gain"] > 0).sum()),
    }


def late_turns_right(run: Run, reader: TypedReader) -> Figures:
    """Return the accuracy on the test documents whose closing remark points to another class."""
    documents = demos.generate(run.manifest.corpus.name, _seed(run))
    late = documents.filter(
        pl.col("split") == "test", pl.col("roles").list.contains(pl.lit("late-turn"))
    )
    right = [
        run.class_names[reader.answer(text)["facts"]["predicted"]] == label
        for text, label in zip(late["text"], late["label"], strict=True)
    ]
    return {"accuracy on test documents with a late turn": float(np.mean(right))}


def typed_figures(reader: TypedReader) -> Figures:
    """Return how sure the reviews' model is of `positive` with the planted and another name."""
    found = {}
    for name in (review_words.SHORTCUT, OTHER_NAME):
        ep = reader.answer(TYPED.format(name=name))["steps"]["ep"]
        found[f"positive of the typed review with {name}"] = float(ep[-1][1])
    return found


def attribution_figures(run: Run, reader: TypedReader) -> Figures:
    """Return where contributions and leave-one-out differ in the reviews, both to `positive`."""
    from scipy.stats import spearmanr

    found: Figures = {}
    for word, text in EXAMPLES.items():
        steps = reader.answer(text)["steps"]
        t = steps["surface"].index(word)
        without = reader.attribute({"text": text, "class": 1})["leave_one_out"]
        same = run.sequences["text"] == text
        found[f"stored reviews that are the example of {word}"] = int(same.sum())
        found[f"contribution of {word}"] = steps["contribution"][t][0]
        found[f"leave-one-out of {word}"] = without[t]
    ranks: dict[str, list[float]] = {"leave_one_out": [], "integrated_gradients": []}
    compared = min(COMPARED, run.sequences.height)
    found["reviews compared"] = compared
    for number in range(compared):
        contribution = run.steps_of(number)["contribution"].to_numpy()[:, 0]
        other = reader.attribute({"sequence": number, "class": 1})
        for method, each in ranks.items():
            each.append(float(spearmanr(contribution, other[method]).statistic))
    for method, each in ranks.items():
        title = method.replace("_", " ")
        found[f"median rank correlation of contributions with {title}"] = float(np.median(each))
    return found


def _seed(run: Run) -> int:
    seed = run.manifest.model.seed
    assert seed is not None  # a demo is generated and trained here
    return seed


def figures(run: Run) -> Iterator[tuple[str, float]]:
    """Yield all figures of a run of a demo of words, by what they count."""
    name, seed = run.manifest.corpus.name, _seed(run)
    reader = TypedReader(run)
    yield from corpus_figures(name, seed).items()
    yield from linear_accuracies(name, seed).items()
    yield from stored_figures(run).items()
    yield from late_turns_right(run, reader).items()
    if name == "demo-reviews":
        yield from typed_figures(reader).items()
        yield from attribution_figures(run, reader).items()


def main() -> None:
    """Print the figures of the demo runs of a store."""
    parser = argparse.ArgumentParser(
        prog="python -m stateline.pipeline.bench.demo_figures",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--store", type=Path, default=Path("store/data"), help="folder of runs")
    parser.add_argument("--runs", nargs="+", default=list(PLANTED), help="of which demo runs")
    arguments = parser.parse_args()
    for name in arguments.runs:
        for what, number in figures(open_run(arguments.store / name)):
            print(f"{name}\t{what}\t{number:.4g}", flush=True)


if __name__ == "__main__":
    main_guard(main)
