"""Texts that somebody types, read by a run's own model: one JSON object a line in, one out.

    echo '{"text": "Not a bad film."}' | python -m pipeline.typed --run store/data/demo-reviews

The first line that it writes is {"ready": true}, as soon as the model is loaded. Each line it
reads is {"text": ..., "projection": ...}, the map being the run's first where none is named; each
line it answers with is the sequence as the app draws it, {"facts": ..., "steps": ...}, or
{"error": one line}. The app starts this as a process of its own, since it never loads TensorFlow.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import numpy as np
import polars as pl

from pipeline.distances import jumps
from pipeline.expected import (
    expected_prediction,
    flips_and_settle,
    readout_logits,
    step_differences,
)
from pipeline.stage import main_guard
from pipeline.text import UNKNOWN_TOKEN, Vocabulary, normalise, read_part, split_words
from store.errors import StatelineError
from store.reader import Run, open_run
from store.schema import MODEL, UNKNOWN_ID, VOCABULARY, hidden_table

DIGITS = 6  # of numbers sent as text, as the app sends them: below float32's own precision
# Keras traces the model anew for the first two lengths; then it takes any.
WARM_UP = (1, 2)
ONLY_STORED = ("sequence_id", "external_id", "label", "correct", "turning_step")


class Network:
    """The run's model: all that this module knows of Keras, and of how states are read.

    layer    the recurrent layer that the head reads
    weights  float32 (K, N) of the linear readout
    """

    def __init__(self, run: Run) -> None:
        # Here, so that a missing model is said before TensorFlow is loaded.
        path = run.folder / MODEL
        if not path.is_file():
            raise StatelineError(path, "missing", mend=f"Rebuild the run: make run RUN={run.name}")
        from pipeline.backend import keras
        from pipeline.model import linear_readout, recurrent_layer, state_model

        try:
            model = keras.models.load_model(path, safe_mode=True, compile=False)
        except (OSError, ValueError, TypeError) as error:
            said = (str(error).splitlines() or [type(error).__name__])[0]
            raise StatelineError(path, f"cannot be loaded ({said})") from None
        self.reader = state_model(model)
        self.units = recurrent_layer(model).units
        readout = linear_readout(model)
        self.layer, self.weights, self.bias = readout.layer, readout.weights, readout.bias
        for steps in WARM_UP:
            self.states(np.full(steps, UNKNOWN_ID, dtype=np.uint32))

    def states(self, ids: np.ndarray) -> np.ndarray:
        """Hidden states of one sequence: uint32 (T,) to float32 (T, N)."""
        from pipeline.extract import read_states

        kinds = self.reader.output_shape[-1] // self.units
        arrays = [np.empty((len(ids), self.units), np.float32) for _ in range(kinds)]
        return read_states(self.reader, [ids], [np.array([0])], arrays)[0]

    def logits(self, h: np.ndarray) -> np.ndarray:
        """What the head answers after each state: (T, N) to float32 (T, K)."""
        return readout_logits(h, self.weights, self.bias)


class TypedReader:
    """Reads typed texts as the stages read the corpus, and finds their places on the run's maps."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.network = Network(run)
        self.vocabulary = Vocabulary(run.scan(VOCABULARY).collect())
        self._states: dict[str, np.ndarray] = {}  # of each layer, read once: they may be large

    def answer(self, text: str, projection: str | None = None) -> dict:
        """One text with all that the app's views draw of it.

        returns  under "facts" what a row of sequences.parquet holds, null what only the corpus
                 knows; under "steps" a list a column, T long
        raises   StatelineError  the text holds no word, or the run has no such map
        """
        entry = self._projection(projection)
        surface, length_full = self._words(text)
        token = normalise(surface)
        ids = self.vocabulary.encode(token)
        h = self.network.states(ids)
        known = pl.Series(ids != UNKNOWN_ID)
        answers = self._answers(h)
        steps = {
            "token": token.set(~known, UNKNOWN_TOKEN).to_list(),
            "surface": surface.to_list(),
            "known": known.to_list(),
            "role": [None] * len(ids),
            **answers,
            **self._place(h, entry),
        }
        facts = self._facts(text, length_full, steps)
        return {
            "facts": {key: plain(value) for key, value in facts.items()},
            "steps": {key: plain(value) for key, value in steps.items()},
        }

    def _projection(self, projection: str | None) -> dict:
        """The manifest's entry of a map; the run's first where none is named."""
        entries = {entry["id"]: entry for entry in self.run.manifest["projections"]}
        chosen = self.run.manifest["default_projection"] if projection is None else projection
        if chosen not in list(entries):  # By value: what was sent may be of any type.
            raise StatelineError(
                "projection",
                "this run has no such one",
                expected=f"one of {', '.join(entries)}",
                got=repr(chosen)[:80],
            )
        return entries[chosen]

    def _words(self, text: str) -> tuple[pl.Series, int]:
        """The words that the model reads, as they are written, and how many the text holds."""
        truncation = self.run.manifest["corpus"]["truncation"]
        words = split_words(pl.Series([text]))
        cut = read_part("surface", truncation["max_steps"], truncation["keep"])
        (surface,) = words.to_frame().select(cut)["surface"]
        if not len(surface):
            raise StatelineError("text", "it holds no word", got=repr(text[:40]))
        return surface, len(words[0])

    def _answers(self, h: np.ndarray) -> dict[str, np.ndarray]:
        """What was expected after each word, and how far it moved the state."""
        logit = self.network.logits(h)
        ep = expected_prediction(logit)
        initial = np.array(self.run.manifest["readout"]["initial_logit"], dtype=np.float32)
        distance, visible, silent = jumps(h, np.array([0, len(h)]), self.network.weights)
        return {
            "predicted": ep.argmax(axis=1),
            "ep": ep,
            "contribution": step_differences(logit, np.array([0]), initial),
            "confidence": ep.max(axis=1),
            "distance": distance,
            "visible": visible,
            "silent": silent,
        }

    def _place(self, h: np.ndarray, entry: dict) -> dict[str, object]:
        """Where each state is drawn: at the most similar stored one, which is named.

        h        float32 (T, N)
        entry    the manifest's entry of the map
        returns  x, y of that state on the map, its sequence and step, and how far it is from the
                 typed one among the units; trust is null, since a typed state has no place that
                 could be trusted
        """
        layer = entry["layer"]
        if layer != self.network.layer:
            raise StatelineError(
                f"projection {entry['id']}",
                f"it is of layer {layer}",
                expected=f"one of {self.network.layer}, the layer that the head reads",
            )
        row, away = nearest_states(h, self._stored(layer))
        place = self.run.coordinates(entry["id"])
        sequence = np.searchsorted(self.run.offsets, row, side="right") - 1
        return {
            "x": place["x"][row],
            "y": place["y"][row],
            "trust": None,
            "near_sequence": sequence,
            "near_step": row - self.run.offsets[sequence],
            "near_distance": away,
        }

    def _stored(self, layer: str) -> np.ndarray:
        """All stored states of a layer: float32 (M, N)."""
        if layer not in self._states:
            table = self.run.scan(hidden_table(layer)).select("h").collect()
            self._states[layer] = table["h"].to_numpy()
        return self._states[layer]

    def _facts(self, text: str, length_full: int, steps: dict) -> dict[str, object]:
        """What a row of sequences.parquet says; null what a text without a label has not."""
        flips, settle = flips_and_settle(steps["predicted"], np.array([0, len(steps["predicted"])]))
        longest = int(steps["distance"].argmax())
        return dict.fromkeys(ONLY_STORED) | {
            "predicted": int(steps["predicted"][-1]),
            "confidence": float(steps["confidence"][-1]),
            "length": len(steps["surface"]),
            "length_full": length_full,
            "unknown": steps["known"].count(False),
            "flips": int(flips[0]),
            "settle_step": int(settle[0]),
            "max_distance": float(steps["distance"][longest]),
            "max_distance_step": longest,
            "text": text,
        }


def nearest_states(h: np.ndarray, stored: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The most similar stored state of each of some states, exactly, in memory that is bounded.

    h, stored  float32 (T, N), (M, N)
    returns    row int64 (T,), distance float32 (T,): Euclidean, in hidden-state units
    """
    from sklearn.metrics import pairwise_distances_argmin

    row = pairwise_distances_argmin(h, stored)  # Chunk by chunk of both.
    # Anew from the differences: the search takes products, which cancel where states are equal.
    away = np.linalg.norm(h.astype(np.float64) - stored[row], axis=1)
    return row, away.astype(np.float32)


def plain(value: object) -> object:
    """A value as JSON holds it: arrays as lists, numbers rounded as the app rounds them."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind != "f":
            return value.tolist()
        return np.round(value.astype(np.float64), DIGITS).tolist()
    return round(value, DIGITS) if isinstance(value, float) else value


def parse_line(line: str) -> tuple[str, str | None]:
    """Text and map of a request; raises StatelineError where the line is none."""
    try:
        asked = json.loads(line)
        json.dumps(asked, ensure_ascii=False).encode()  # Half a character is no text.
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
        raise StatelineError("request", "not one", expected='{"text": ...}', got=line.strip()[:80])
    return asked["text"], asked.get("projection")


def answers(reader: TypedReader, lines: TextIO) -> Iterator[dict]:
    """An answer a line; what was wrong with a line is its answer, and the next is read."""
    for line in lines:
        try:
            yield reader.answer(*parse_line(line))
        except StatelineError as error:
            yield {"error": str(error)}


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.typed",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--run", type=Path, required=True, help="folder of the run")
    folder = parser.parse_args().run
    # Answers have the output to themselves: what libraries print goes where errors go.
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdin.reconfigure(encoding="utf-8")

    def write(answer: dict) -> None:
        print(json.dumps(answer, allow_nan=False), file=output, flush=True)

    try:
        reader = TypedReader(open_run(folder))
    except StatelineError as error:
        write({"error": str(error)})
        raise
    write({"ready": True})
    for answer in answers(reader, sys.stdin):
        write(answer)


if __name__ == "__main__":
    main_guard(main)
