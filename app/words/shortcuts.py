"""Shortcuts of a run: those that one finding holds, and why a run lists none."""

from stateline.app.queries.text import count
from stateline.store.reader import Run
from stateline.store.schema import DRAWN, MAX_Q, MIN_SHORTCUT, UNKNOWN_SPLIT

SWAP_TEST = (
    " The Swap test list needs no split: it replaces words in test texts and compares the answers."
)


def variants(run: Run) -> dict[str, list[str]]:
    """Return the other phrases of each finding, the largest unsupported effect first."""
    rows = run.words.drop_nulls("finding").sort("shortcut", descending=True, maintain_order=True)
    others: dict[str, list[str]] = {}
    for phrase, finding in rows.select("phrase", "finding").iter_rows():
        own = others.setdefault(finding, [])
        if phrase != finding:
            own.append(phrase)
    return others


def not_tested(run: Run) -> str | None:
    """Return why no word of a run is tested for a shortcut; None where words are."""
    split = run.manifest.corpus.split
    instead = "" if run.swaps is None else SWAP_TEST
    if split.origin == DRAWN:
        return (
            f"No list: the split into training and test was drawn at random (seed {split.seed}), "
            "so that their labels differ by chance only, and every word listed for such a "
            f"difference would be a false one.{instead}"
        )
    if split.origin == UNKNOWN_SPLIT:
        return (
            "No list: a shortcut is a word for whose class the training labels speak more than "
            f"the test labels do, and this run does not know the training labels.{instead}"
        )
    if run.words["q"].null_count() == run.words.height:
        return f"No word was tested: none stands in {MIN_SHORTCUT} test sequences.{instead}"
    return None


def tested_line(run: Run) -> str:
    """Return how many words were tested, and at which error rate they are listed."""
    tested = run.words.height - run.words["q"].null_count()
    return (
        f"{count(tested, 'word or phrase', 'words and phrases')} of {MIN_SHORTCUT} test sequences "
        f"or more were tested, and those with q up to {MAX_Q} pass: of the words with a q as small "
        "as a row's, at most that share is expected to differ between the splits by chance."
    )
