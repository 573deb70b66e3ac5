"""Worker that reads typed texts with a run's own model: one JSON object a line in, one out.

    echo '{"text": "Not a bad film."}' |
        python -m stateline.pipeline.live.worker --run store/data/demo-reviews

Its first lines say what is being loaded, {"stage": ...}; {"ready": true} follows as soon as the
model is loaded. Each line it reads is {"text": ..., "projection": ...}, the map being the run's
first where none is named; each line it writes is the sequence as the app draws it, {"facts": ...,
"steps": ...}, or {"error": one line}. {"attribute": {"text": ..., "class": c}}, or "sequence" and
its number in place of the text, requests an attribution to a class instead: see
`live.attribution`. The app starts this as a separate process, since it never loads TensorFlow
itself.
"""

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import numpy as np
import polars as pl

from stateline.pipeline.live.protocol import parse_line, plain, whole_number
from stateline.pipeline.live.typed_words import typed_words
from stateline.pipeline.models.keras.run_model import Network
from stateline.pipeline.numerics.answers import (
    expected_prediction,
    flips_and_settle,
    step_differences,
)
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array, Int64Array, UInt32Array
from stateline.pipeline.numerics.jumps import jumps
from stateline.pipeline.run.stage import main_guard
from stateline.pipeline.sources.padding import padded_words
from stateline.pipeline.sources.text import read_part
from stateline.store.errors import StatelineError
from stateline.store.manifest.models import Projection
from stateline.store.reader import Run, open_run
from stateline.store.schema import VOCABULARY, hidden_table

if TYPE_CHECKING:
    from stateline.pipeline.live.attribution import Attribution

# What a text without a label has not.
ONLY_STORED = (
    "sequence_id", "external_id", "label", "correct", "turning_step", "right_until", "peak_label"
)  # fmt: skip


class TypedReader:
    """Reader of typed texts: encodes them as the corpus stage does and places them on the maps."""

    def __init__(self, run: Run, report: Callable[[str], None] = lambda _: None) -> None:
        """Load the model of a run; `report` is called with each stage, see Network."""
        self.run = run
        self.network = Network(run, report)
        self.meaning = run.manifest.corpus.tokens
        self.tokens = run.scan(VOCABULARY).collect()["token"].to_list()
        special = set(self.meaning.ids.values())
        self.known = {word: i for i, word in enumerate(self.tokens) if i not in special}
        self._states: dict[str, Float32Array] = {}  # of each layer, read once: they may be large

    def answer(self, text: str, projection: str | None = None) -> dict[str, Any]:
        """Return one text with everything that the app's views draw of it.

        returns  under "facts" what a row of sequences.parquet holds, null what only the corpus
                 knows; under "steps" one list per column, T long
        raises   StatelineError  the text holds no word, or a word that this model has no id for;
                 the run has no such map
        """
        entry = self._projection(projection)
        surface, ids, length_full = self._words(text)
        states, logit = self.network.read(ids)
        steps = {
            "token": [self.tokens[i] for i in ids],
            "surface": surface,
            "known": (ids != self.meaning.unknown).tolist()
            if self.meaning.unknown is not None
            else [True] * len(ids),
            "padding": (ids == self.meaning.padding).tolist()
            if self.meaning.padding is not None
            else [False] * len(ids),
            "role": [None] * len(ids),
            **self._answers(logit),
            **self._moves(states, entry),
            **self._place(states[f"{entry.layer}.{entry.state}"], entry),
        }
        facts = self._facts(text, length_full, steps)
        return {
            "facts": {key: plain(value) for key, value in facts.items()},
            "steps": {key: plain(value) for key, value in steps.items()},
        }

    def attribute(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Attribute the logit of a class to the steps of a text or of a stored sequence.

        asked    `class`, its number, and `text` or `sequence`, the number of a stored one
        returns  see stateline.pipeline.live.attribution; `output` says in words which logit it is
        raises   StatelineError  there is no such sequence or class; as for `answer`
        """
        names = self.run.class_names
        towards = whole_number("class", asked.get("class"), len(names))
        if "text" in asked:
            _, sequence, _ = self._words(asked["text"])
        else:
            count = self.run.sequences.height
            number = whole_number("sequence", asked.get("sequence"), count)
            column = "token_id" if self.run.kind == "text" else "values"
            sequence = self.run.steps_of(number, [column])[column].to_numpy()
        found = self._attribution.of(sequence, towards)
        single = self.run.manifest.readout.outputs == 1 and towards == 0
        output = f"{'minus the logit' if single else 'logit'} of {names[max(towards, int(single))]}"
        return {key: plain(value) for key, value in (found | {"output": output}).items()}

    @cached_property
    def _attribution(self) -> "Attribution":
        # Loads TensorFlow, which the network has loaded by now.
        from stateline.pipeline.live.attribution import Attribution

        readout = self.run.manifest.readout
        known = readout.method in ("linear", "head")
        initial = np.array(readout.initial_logit, np.float32) if known else None
        return Attribution(self.network, initial)

    def _projection(self, projection: str | None) -> Projection:
        """Return the manifest's entry of a map; of the default one for None.

        raises  StatelineError  the run has no such map
        """
        entries = {entry.id: entry for entry in self.run.manifest.projections}
        chosen = self.run.manifest.default_projection if projection is None else projection
        if chosen not in list(entries):  # By value: what was sent may be of any type.
            raise StatelineError(
                "projection",
                "unknown map of this run",
                expected=f"one of {', '.join(entries)}",
                got=repr(chosen)[:80],
            )
        return entries[chosen]

    def _words(self, text: str) -> tuple[list[str], UInt32Array, int]:
        """Return the words that the model reads, their ids uint32 (T,), and the length of the text.

        raises  StatelineError  no word, a word without an id, or a run of a series
        """
        if self.run.kind != "text":
            raise StatelineError(f"run {self.run.name}", "its model reads numbers, not a text")
        surface, ids = typed_words(text, self.run.manifest.corpus, self.known)
        if not ids:
            raise StatelineError("text", "it holds no word", got=repr(text[:40]))
        if self.meaning.start is not None:
            surface = [self.tokens[self.meaning.start], *surface]
            ids = [self.meaning.start, *ids]
        read = pl.DataFrame({"surface": [surface], "ids": [ids]})
        truncation = self.run.manifest.corpus.truncation
        most, keep = truncation.max_steps, truncation.keep
        if most is not None and keep is not None:
            read = read.select(read_part("surface", most, keep), read_part("ids", most, keep))
        kept, shown = read["ids"][0].to_numpy().astype(np.uint32), read["surface"][0].to_list()
        if (ends := self.network.ends) is not None:
            (kept,), (shown,) = padded_words([kept[: ends.steps]], [shown[: ends.steps]], ends)
        return shown, kept, len(surface)

    def _answers(self, logit: Float32Array) -> dict[str, AnyArray]:
        """Return the answers after each word; logit is float32 (T, K)."""
        ep = expected_prediction(logit)
        initial = np.array(self.run.manifest.readout.initial_logit, dtype=np.float32)
        return {
            "predicted": ep.argmax(axis=1),
            "ep": ep,
            "logit": logit,
            "contribution": step_differences(logit, np.array([0]), initial),
            "confidence": ep.max(axis=1),
        }

    def _moves(
        self, states: dict[str, Float32Array], entry: Projection
    ) -> dict[str, AnyArray | None]:
        """Return how far each word moved the state of the map's layer.

        states  float32 (T, N) by `<layer>.<kind>`
        entry   the manifest's entry of the map
        """
        read = (entry.layer, entry.state) == (self.network.structure.reads.id, "h")
        layer = self.run.layer(entry.layer)
        h = states[f"{entry.layer}.{entry.state}"]
        readout = self.network.readout if read else None
        weights = None if readout is None else readout.weights
        moved = jumps(h, np.array([0, len(h)]), weights, layer.direction)
        return {"distance": moved[0], "visible": moved[1], "silent": moved[2]}

    def _place(self, h: Float32Array, entry: Projection) -> dict[str, object]:
        """Return where each state is drawn: at the most similar stored one, which is named.

        h        float32 (T, N)
        entry    the manifest's entry of the map
        returns  x, y of that state on the map, its sequence and step, and how far it is from the
                 typed one among the units; trust is null, since a typed state has no place that
                 could be trusted
        """
        row, away = nearest_states(h, self._stored(entry.layer, entry.state))
        place = self.run.coordinates(entry.id)
        sequence = np.searchsorted(self.run.offsets, row, side="right") - 1
        return {
            "x": place["x"][row],
            "y": place["y"][row],
            "trust": None,
            "near_sequence": sequence,
            "near_step": row - self.run.offsets[sequence],
            "near_distance": away,
        }

    def _stored(self, layer: str, state: str) -> Float32Array:
        """Return all stored states of one kind of a layer: float32 (M, N)."""
        key = f"{layer}.{state}"
        if key not in self._states:
            table = self.run.scan(hidden_table(layer)).select(state).collect()
            self._states[key] = table[state].to_numpy()
        return self._states[key]

    def _facts(self, text: str, length_full: int, steps: dict[str, Any]) -> dict[str, object]:
        """Return columns of sequences.parquet; null where a text without a label has none."""
        flips, settle = flips_and_settle(steps["predicted"], np.array([0, len(steps["predicted"])]))
        moved = np.where(steps["padding"], np.float32(0), steps["distance"])
        longest = int(moved.argmax())
        return dict.fromkeys(ONLY_STORED) | {
            "predicted": int(steps["predicted"][-1]),
            "confidence": float(steps["confidence"][-1]),
            "length": len(steps["surface"]),
            "length_full": length_full,
            "unknown": steps["known"].count(False),
            "padding": steps["padding"].count(True),
            "flips": int(flips[0]),
            "settle_step": int(settle[0]),
            "max_distance": float(steps["distance"][longest]),
            "max_distance_step": longest,
            "peak_confidence": float(steps["confidence"].max()),
            "text": text,
        }


def nearest_states(h: Float32Array, stored: Float32Array) -> tuple[Int64Array, Float32Array]:
    """Return the exact nearest stored state of each state, in bounded memory.

    h, stored  float32 (T, N), (M, N)
    returns    row int64 (T,), distance float32 (T,): Euclidean, in hidden-state units
    """
    from sklearn.metrics import pairwise_distances_argmin

    row = pairwise_distances_argmin(h, stored)  # Chunk by chunk of both.
    # Anew from the differences: the search takes products, which cancel where states are equal.
    away = np.linalg.norm(h.astype(np.float64) - stored[row], axis=1)
    return row, away.astype(np.float32)


def answers(reader: TypedReader, lines: TextIO) -> Iterator[dict[str, Any]]:
    """Yield an answer for each line; an invalid line is answered with its error."""
    for line in lines:
        try:
            asked = parse_line(line)
            if "attribute" in asked:
                yield reader.attribute(asked["attribute"])
            else:
                yield reader.answer(asked["text"], asked.get("projection"))
        except StatelineError as error:
            yield {"error": str(error)}


def main() -> None:
    """Run the worker from the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m stateline.pipeline.live.worker",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    folder = parser.parse_args().run
    # Answers have the output to themselves: what libraries print goes where errors go.
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    assert isinstance(sys.stdin, io.TextIOWrapper)
    sys.stdin.reconfigure(encoding="utf-8")

    def write(answer: dict[str, Any]) -> None:
        print(json.dumps(answer, allow_nan=False), file=output, flush=True)

    try:
        reader = TypedReader(open_run(folder), lambda stage: write({"stage": stage}))
    except StatelineError as error:
        write({"error": str(error)})
        raise
    write({"ready": True})
    for answer in answers(reader, sys.stdin):
        write(answer)


if __name__ == "__main__":
    main_guard(main)
