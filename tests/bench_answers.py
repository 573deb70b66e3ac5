"""Seconds from a request of the evidence pages until the server's response."""

import json
import time
import urllib.error
import urllib.request

import numpy as np

from stateline.store.reader import Run
from tests.bench_report import Report

NEIGHBOURS_MS, MATCH_MS = 100, 1000
THRESHOLD = 0.3  # of the match that is measured, and the steps of its span
SPAN = 4


def milliseconds(address: str, body: dict | None = None) -> float:
    """From the request to the last byte of the answer."""
    sent = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, sent, {"Content-Type": "application/json"})
    started = time.perf_counter()
    with urllib.request.urlopen(request, timeout=300) as answer:
        answer.read()
    return 1000 * (time.perf_counter() - started)


def bench_answers(site: str, run: Run, report: Report, times: int) -> None:
    """Neighbours of states, matches of spans, words and their occurrences, and attribution.

    times  how many of each, with other states, spans and words each time, since answers are held
    """
    rng = np.random.default_rng(0)
    data = f"{site}/data/{run.name}"
    lengths = np.diff(run.offsets)
    long_enough = rng.permutation(np.flatnonzero(lengths > 2 * SPAN))
    sequences = np.resize(long_enough, times + 1)
    # From the second half: at the beginning hardly a unit is on, and nothing is searched for.
    steps = rng.integers(lengths[sequences] // 2, lengths[sequences] - SPAN)
    places = list(zip(sequences.tolist(), steps.tolist(), strict=True))

    first, *others = [milliseconds(f"{data}/neighbours/{s}/{t}") for s, t in places]
    report.add("nearest states of other sequences: the first asked for", [first], "ms")
    report.add("nearest states of other sequences", others, "ms", NEIGHBOURS_MS)
    span = f"threshold={THRESHOLD}"
    first, *others = [
        milliseconds(f"{data}/units/{s}/match?from={t}&to={t + SPAN - 1}&{span}") for s, t in places
    ]
    report.add("units of a span matched over all sequences: the first", [first], "ms")
    report.add("units of a span matched over all sequences", others, "ms", MATCH_MS)
    if run.kind == "text":
        common = run.words.filter(run.words["count"] > 10).sample(times, seed=0)["phrase"]
        quoted = [urllib.request.quote(each) for each in common]
        report.add("a block of the table of words", [
            milliseconds(f"{data}/words?start={i}&end={i + 100}") for i in range(times)
        ], "ms")  # fmt: skip
        report.add("occurrences of a word", [
            milliseconds(f"{data}/words/occurrences?phrase={each}&start=0&end=200")
            for each in quoted
        ], "ms")  # fmt: skip
    if run.manifest.model.file:
        bench_attribution(f"{data}/attribution", sequences[:5].tolist(), report)


def bench_attribution(address: str, sequences: list[int], report: Report) -> None:
    """Time leave-one-out and integrated gradients, where the model can be loaded."""
    try:
        first, *others = [
            milliseconds(address, {"sequence": number, "class": 0}) / 1000 for number in sequences
        ]
    except urllib.error.HTTPError as error:
        report.lines.append(f"No leave-one-out: {error.read().decode()}")
        return
    report.add("leave-one-out and integrated gradients: the first", [first], "s")
    report.add("leave-one-out and integrated gradients", others, "s")
