"""Lifts and shortcuts of the words of a synthetic run, by plain loops."""

import math

import numpy as np
from scipy import stats

from stateline.store.schema import MAX_Q, MIN_OVERLAP, MIN_SHORTCUT


def add_labels(
    rows: list[dict],
    sizes: dict[str, list[int] | None],
    held: dict[tuple[int, str], set[int]],
    special: list[str] | None,
) -> None:
    """Add lifts and shortcuts to the rows of words.parquet, in place.

    sizes    sequences of each class in train and test; None: the split is not known
    held     stored sequences with each phrase
    special  tokens that are no words; None: nothing is tested, as the split is not provided
    """
    p = {}
    for number, row in enumerate(rows):
        row["lift"], row["lift_se"] = label_lift(row["test"], sizes["test"], row["towards"])
        known = row["train"] is not None
        lift = label_lift(row["train"], sizes["train"], row["towards"])[0] if known else None
        row |= {"train_lift": lift, "q": None, "shortcut": None, "finding": None}
        words = {row["phrase"], *row["phrase"].split(" ")}
        if special is not None and sum(row["test"]) >= MIN_SHORTCUT and not words & set(special):
            p[number] = split_difference(row, sizes)
    if p:
        for number, q in zip(p, stats.false_discovery_control(list(p.values())), strict=True):
            rows[number]["q"] = float(q)
    add_findings(rows, held)


def split_difference(row: dict, sizes: dict[str, list[int]]) -> float:
    """p of training labels that speak more for the class of a phrase than test labels do."""
    own, odds = row["towards"], []
    for split in ("train", "test"):
        share = (sizes[split][own] + 1) / (sum(sizes[split]) + len(sizes[split]))
        odds.append(share / (1 - share))
    first, second = sum(row["train"]), sum(row["test"])
    yes = row["train"][own] + row["test"][own]
    drawn = stats.nchypergeom_fisher(first + second, yes, first, odds[0] / odds[1])
    p = sum(drawn.pmf(x) for x in range(row["train"][own], min(first, yes) + 1))
    return min(1.0, float(p) * len(row["train"]))


def add_findings(rows: list[dict], held: dict[tuple[int, str], set[int]]) -> None:
    """Add shortcuts and the finding of each, in place."""
    everywhere, listed = len(set().union(*held.values())), []
    for row in rows:
        if row["q"] is None or row["q"] > MAX_Q or row["effect_se"] is None:
            continue
        quantile = stats.t.ppf(0.975, row["sequences"] - 1)
        error = math.sqrt(row["effect_se"] ** 2 + row["lift_se"] ** 2)
        score = row["effect"] - max(row["lift"], 0) - quantile * error
        if score > 0:
            row["shortcut"] = score
            listed.append(row)
    heads = []
    for row in sorted(listed, key=lambda row: -np.float32(row["shortcut"])):
        own = held[row["size"], row["phrase"]]
        for head in heads:
            other = held[head["size"], head["phrase"]]
            chance = max(len(own), len(other)) / everywhere
            both = len(own & other) / min(len(own), len(other))
            if (
                head["towards"] == row["towards"]
                and chance < 1
                and (both - chance) / (1 - chance) >= MIN_OVERLAP
            ):
                row["finding"] = head["phrase"]
                break
        else:
            heads.append(row)
            row["finding"] = row["phrase"]


def label_lift(holding: list[int], sizes: list[int], towards: int) -> tuple[float, float]:
    """Logit of a class less the others' mean among the sequences with a phrase, less among all.

    Two more hold it at the average share, and each class has one more sequence than it has.
    """
    base = [(each + 1) / (sum(sizes) + len(sizes)) for each in sizes]
    counts = [each + 2 * share for each, share in zip(holding, base, strict=True)]
    logits = [math.log(each / share) for each, share in zip(counts, base, strict=True)]
    others = [c for c in range(len(sizes)) if c != towards]
    lift = logits[towards] - sum(logits[c] for c in others) / len(others)
    variance = 1 / counts[towards] + sum(1 / counts[c] for c in others) / len(others) ** 2
    return lift, math.sqrt(variance)
