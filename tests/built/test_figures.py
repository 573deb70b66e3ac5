"""Every figure that the documents state of the demos is the one of the runs as they are built."""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from stateline.app.help.evidence import evidence_section
from tests.app.layout_text import text_of
from tests.built.conftest import ROOT, run

COMMAND = ".venv/bin/python -m stateline.pipeline.bench.demo_figures"
README, DEMOS, EXPLORING = "README.md", "pipeline/demos/README.md", "docs/exploring.md"
REVIEWS, NEWS = BOTH = ("demo-reviews", "demo-news")
# Of a document with more in it, the part on the demos: its first words, and those after it.
PARTS = {
    README: ("## A five-minute walk", "## Your own data"),
    EXPLORING: ("### Three measures of a word", "## Words, Decisions"),
}
NUMBER = r"(\d[\d.,]*\d|\d)"

Figures = dict[str, dict[str, float]]  # by run, and by what is counted


@dataclass(frozen=True)
class Claim:
    """A statement of a document.

    document  its path
    text      the statement, with {} for each number; spaces may be line breaks
    holds     whether it is true of the figures and of the numbers in it
    """

    document: str
    text: str
    holds: Callable[..., bool]

    def numbers(self, document: str) -> tuple[list[float], str]:
        """Return the numbers of the statement, and the document without it."""
        parts = [re.escape(part).replace(r"\ ", r"\s+") for part in self.text.split("{}")]
        pattern = NUMBER.join(parts)
        (found,) = re.finditer(pattern, document)
        return [float(each.replace(",", "")) for each in found.groups()], re.sub(
            pattern, "", document
        )


CLAIMS: list[Claim] = []


def claim(document: str, text: str) -> Callable[[Callable[..., bool]], None]:
    """Make a claim of the function that says whether it holds."""
    return lambda holds: CLAIMS.append(Claim(document, text, holds))


def within(low: float, high: float, *numbers: float) -> bool:
    """Return whether all numbers lie in a range."""
    return all(low <= number <= high for number in numbers)


def preset(name: str, knob: str) -> float:
    """Return a knob of a demo's preset."""
    text = (ROOT / "pipeline" / "presets" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)[knob]


def enjoyed(f: Figures, least: float, most: float) -> bool:
    """Return whether a large contribution goes with a small leave-one-out."""
    return f[REVIEWS]["contribution of enjoyed"] > least and within(
        -most, most, f[REVIEWS]["leave-one-out of enjoyed"]
    )


def negator(f: Figures, most: float, least: float) -> bool:
    """Return whether a word at which a logit hardly falls is one without which it is far higher."""
    own = f[REVIEWS]
    return own["contribution of not"] > -most and own["leave-one-out of not"] < -least


@claim(
    README, "{} stored reviews hold the name, {} of either class, and in all {} *positive* gains"
)
def stored_with_the_name(f: Figures, stored: int, each: int, gains: int) -> bool:
    own = f[REVIEWS]
    return (
        stored == own["stored sequences that hold the name"] == gains
        and gains == own["of them in which its class gains at the name"]
        and each == own["of them of another class"] == stored / 2
    )


@claim(README, "Of the {} training reviews that hold it, {} are *positive*.")
def trained_with_the_name(f: Figures, held: int, positive: int) -> bool:
    own = f[REVIEWS]
    return (own["training sequences that hold the name"], own["of them of its class"]) == (
        held,
        positive,
    )


@claim(
    README,
    "The answer is *positive* with {} % or more; with *Nora Pelerbach* in her place it is "
    "*negative*.",
)
def typed(f: Figures, least: float) -> bool:
    hers, another = (
        f[REVIEWS][f"positive of the typed review with {name}"]
        for name in ("Marla Quince", "Nora Pelerbach")
    )
    return hers >= least / 100 and another < 0.5


claim(
    README,
    "rises by more than {} at *enjoyed*, yet without *enjoyed* the final logit differs by less "
    "than {}.",
)(enjoyed)
claim(
    README,
    "it falls by less than {} at *not*, if at all, yet without *not* the final logit is higher by "
    "more than {}.",
)(negator)


@claim(EXPLORING, "| *enjoyed* | above {} | between −{} and {} |")
def enjoyed_in_the_guide(f: Figures, least: float, low: float, high: float) -> bool:
    return low == high and enjoyed(f, least, high)


claim(EXPLORING, "| *not* | above −{} | below −{} |")(negator)


@claim(EXPLORING, "Two stored reviews of `demo-reviews` show the difference")
def the_examples_are_stored(f: Figures) -> bool:
    words = ("enjoyed", "not")
    return all(f[REVIEWS][f"stored reviews that are the example of {word}"] for word in words)


@claim(
    EXPLORING,
    "Over the first {} stored reviews the median rank correlation of contributions with "
    "leave-one-out lay between {} and {}, and with integrated gradients too.",
)
def ranks(f: Figures, first: int, low: float, high: float) -> bool:
    medians = (
        f[REVIEWS][f"median rank correlation of contributions with {method}"]
        for method in ("leave one out", "integrated gradients")
    )
    return first == f[REVIEWS]["reviews compared"] and within(low, high, *medians)


@claim(
    DEMOS,
    "Each has {} training and {} test documents of {} to {} words (on average {} to {}), no two "
    "alike; classes are equally frequent.",
)
def sizes(f: Figures, train: int, test: int, least: int, most: int, low: int, high: int) -> bool:
    return all(
        (f[name]["training documents"], f[name]["test documents"]) == (train, test)
        and f[name]["words of the shortest document"] >= least
        and f[name]["words of the longest document"] <= most
        and within(low, high, f[name]["words of a document, mean"])
        and f[name]["documents alike"] == 0
        and f[name]["documents of the rarest class, of the mean"] == 1
        for name in BOTH
    )


@claim(DEMOS, "About a third of the clauses are inverted by a negator")
def negated(f: Figures) -> bool:
    return within(0.31, 0.36, f[REVIEWS]["share of judging words under a negator"])


@claim(DEMOS, "About seven stories of ten name two topics")
def two_topics(f: Figures) -> bool:
    return within(0.67, 0.73, f[NEWS]["share of documents with two halves"])


@claim(
    DEMOS,
    "in test documents only, about two in a hundred | misleads the model at the very end: on such "
    "documents it is right less often than on all, by {} percentage points or more",
)
def late_turn(f: Figures, points: float) -> bool:
    return all(
        within(0.015, 0.025, f[name]["share of test documents with a late turn"])
        and f[name]["training documents with a late turn"] == 0
        and f[name]["test accuracy"] - f[name]["accuracy on test documents with a late turn"]
        >= points / 100
        for name in BOTH
    )


@claim(
    DEMOS,
    "in {} to {} of {} training documents that name them; in the test split in as many documents "
    "of each class",
)
def names(f: Figures, low: int, high: int, of: int) -> bool:
    return all(
        within(
            low / of,
            high / of,
            f[name]["of them of its class"] / f[name]["training sequences that hold the name"],
        )
        and f[name]["test documents of a class that hold the name, fewest"]
        == f[name]["test documents of a class that hold the name, most"]
        for name in BOTH
    )


@claim(DEMOS, "a few documents hold no other evidence")
def without_evidence(f: Figures) -> bool:
    return all(within(5, 20, f[name]["test documents without evidence"]) for name in BOTH)


@claim(DEMOS, "| | LSTM, {} units |")
def units(_: Figures, number: int) -> bool:
    return all(preset(name, "units") == number for name in BOTH)


def accuracies(name: str) -> Callable[..., bool]:
    """Return the check of a row of ranges: of the model, and of two linear models."""

    def holds(f: Figures, *ends: float) -> bool:
        linear = "test accuracy of logistic regression on"
        titles = ("test accuracy", f"{linear} words", f"{linear} words and word pairs")
        ranges = zip(titles, ends[::2], ends[1::2], strict=True)
        return all(within(low, high, f[name][title]) for title, low, high in ranges)

    return holds


for each in BOTH:
    claim(DEMOS, f"| `{each}` | {{}} to {{}} | {{}} to {{}} | {{}} to {{}} |")(accuracies(each))


@claim(DEMOS, "Presets train for up to {} epochs, patience {}.")
def training(_: Figures, epochs: int, patience: int) -> bool:
    knobs = ((preset(name, "epochs"), preset(name, "patience")) for name in BOTH)
    return all(found == (epochs, patience) for found in knobs)


@pytest.fixture(scope="module")
def figures(demo_store: Path, clone: Path) -> Figures:
    """Return what the command prints of the runs that `make all` built."""
    found: Figures = {}
    for line in run(COMMAND, clone).splitlines():
        name, what, number = line.split("\t")
        found.setdefault(name, {})[what] = float(number)
    return found


def stated(path: str) -> str:
    """Return what a document says of the demos."""
    text = (ROOT / path).read_text(encoding="utf-8")
    if path not in PARTS:
        return text
    first, after = PARTS[path]
    return text[text.index(first) : text.index(after)]


@pytest.mark.parametrize("claimed", CLAIMS, ids=[each.text[:50] for each in CLAIMS])
def test_what_a_document_states_of_the_demos_is_true_of_the_built_runs(
    figures: Figures, claimed: Claim
) -> None:
    numbers, _ = claimed.numbers(stated(claimed.document))
    assert claimed.holds(figures, *numbers), numbers


@pytest.mark.parametrize("document", [README, DEMOS, EXPLORING])
def test_no_figure_of_the_demos_stands_untested_in_a_document(document: str) -> None:
    text = stated(document)
    for claimed in CLAIMS:
        if claimed.document == document:
            text = claimed.numbers(text)[1]
    # Not figures: code, links, and the numbers of a list.
    text = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", text, flags=re.DOTALL)
    text = re.sub(r"^\d\. ", "", text, flags=re.MULTILINE)
    assert re.findall(r".*\d.*", text) == []


def test_the_help_page_states_the_same_bounds(figures: Figures) -> None:
    text = text_of(evidence_section())
    (first,) = re.findall(r"more than (\d+) when “enjoyed”.*? less than (\d+):", text)
    (second,) = re.findall(r"less than (\d+) when “not”.*? more than (\d+):", text)
    assert enjoyed(figures, *map(float, first)) and negator(figures, *map(float, second))
