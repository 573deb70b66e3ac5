"""Provided arrays of states, without a model: checked, and written as by the extract stage."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stateline.pipeline.numerics.answers import expected_prediction, readout_logits
from stateline.pipeline.numerics.arrays import Float32Array, IntArray
from stateline.pipeline.numerics.metrics import classification_metrics
from stateline.pipeline.run.arrays import array_file
from stateline.pipeline.run.artefacts import (
    EXTRACT_FACTS,
    LOGIT,
    OFFSETS,
    PADDING,
    PREDICTION,
    READOUT,
    TRAINING_FACTS,
    layer_id,
    state_array,
)
from stateline.pipeline.run.facts import UNKNOWN_TRAINING, LayerFacts
from stateline.pipeline.run.paths import BuildPaths
from stateline.pipeline.run.stage import running
from stateline.pipeline.sources.forms import plain
from stateline.pipeline.sources.sequences import check_steps
from stateline.store.errors import StatelineError
from stateline.store.schema import TOLERANCE

# Provided probabilities are at least this large before they are turned into logits.
MIN_PROBABILITY = 1e-30


@dataclass(frozen=True)
class Arrays:
    """States by layer, and the model's answers after each step.

    layers    S arrays float32 (T, N) by the id of their layer
    reads     the layer that the head reads
    readout   weights float32 (K, N) and bias (K,), or None
    expected  S arrays float32 (T, C), or None where the readout says it
    """

    layers: dict[str, list[Float32Array]]
    reads: str
    readout: tuple[Float32Array, Float32Array] | None
    expected: list[Float32Array] | None

    @classmethod
    def of(
        cls,
        states: Sequence[Any] | Mapping[str, Sequence[Any]],
        reads: str | None,
        readout: tuple[Any, Any] | None,
        expected: Sequence[Any] | None,
    ) -> "Arrays":
        """Return the arrays of a call of `build_store_from_states`.

        raises  StatelineError  duplicate or unknown layers; both or neither of readout and expected
        """
        named = dict(states) if isinstance(states, Mapping) else {"states": states}
        layers: dict[str, list[Float32Array]] = {}
        for name, of_layer in named.items():
            stored = layer_id(name)
            if stored in layers:
                raise StatelineError(
                    "states", f"two layers are named {stored}", got=name, fix="Name them apart"
                )
            layers[stored] = [np.asarray(plain(each), np.float32) for each in of_layer]
        last = layer_id(reads) if reads is not None else list(layers)[-1]
        if last not in layers:
            raise StatelineError(
                "reads", "no such layer", expected=f"one of {', '.join(layers)}", got=reads
            )
        if (readout is None) == (expected is None):
            raise StatelineError(
                "build_store_from_states",
                "what the model answers after each step is not known",
                expected="either readout=(weights, bias) or expected=",
                got="neither" if readout is None else "both",
            )
        if readout is not None:
            weights, bias = (np.asarray(plain(each), np.float32) for each in readout)
            return cls(layers, last, (weights, bias), None)
        shares = [np.asarray(plain(each), np.float32) for each in expected or ()]
        return cls(layers, last, None, shares)

    @property
    def lengths(self) -> list[int]:
        """Number of steps of each sequence."""
        return [len(each) for each in self.layers[self.reads]]

    @property
    def classes(self) -> int:
        """Number of classes C."""
        if self.readout is not None:
            return max(len(self.readout[1]), 2)
        return self.expected[0].shape[1] if self.expected and self.expected[0].ndim == 2 else 2

    def refuse_misfits(self, count: int) -> None:
        """Check that the arrays fit each other and are finite.

        count   S, the number of labels
        raises  StatelineError  names the first sequence that does not fit
        """
        arrays = {f"states of {name}": each for name, each in self.layers.items()}
        widths = {key: each[0].shape[-1] for key, each in arrays.items() if each}
        if self.expected is not None:
            arrays["expected"], widths["expected"] = self.expected, self.classes
        for key, rows in arrays.items():
            if len(rows) != count:
                raise StatelineError(key, "not one array a label", expected=count, got=len(rows))
            for number, (row, length) in enumerate(zip(rows, self.lengths, strict=True)):
                where, problem = f"{key}, sequence {number}", "another shape than the others have"
                check_steps(where, row, length, widths[key], problem)
        self._refuse_answers(widths[f"states of {self.reads}"])

    def _refuse_answers(self, units: int) -> None:
        """Check that the readout fits, or that expected predictions are probabilities.

        raises  StatelineError  they are not
        """
        if self.readout is not None:
            weights, bias = self.readout
            if weights.ndim != 2 or weights.shape[1] != units or bias.shape != weights.shape[:1]:
                raise StatelineError(
                    "readout",
                    "does not fit the states",
                    expected=f"weights (K, {units}) and bias (K,)",
                    got=f"{weights.shape} and {bias.shape}",
                )
            if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
                raise StatelineError("readout", "holds what is no number")
            return
        for number, row in enumerate(self.expected or ()):
            if (row < 0).any() or np.abs(row.sum(axis=1) - 1).max() > 1e-4:
                raise StatelineError(
                    f"expected, sequence {number}",
                    "not class probabilities",
                    expected="0 to 1, each row adding up to 1",
                    got=f"{row.min():.3g} to {row.max():.3g}",
                )

    def logits(self) -> Float32Array:
        """Return the logits of all steps, float32 (M, K)."""
        if self.readout is not None:
            return readout_logits(np.concatenate(self.layers[self.reads]), *self.readout)
        ep = np.concatenate(self.expected or [])
        logit: Float32Array = np.log(
            np.maximum(ep / ep.sum(axis=1, keepdims=True), MIN_PROBABILITY)
        )
        return logit


def write_arrays(paths: BuildPaths, arrays: Arrays, label: IntArray, cell: str) -> None:
    """Write the files of the train and extract stages.

    label  int (S,)
    """
    offsets = np.concatenate([[0], np.cumsum(arrays.lengths, dtype=np.int64)])
    logit = arrays.logits()
    prediction = expected_prediction(logit[offsets[1:] - 1])
    units = arrays.layers[arrays.reads][0].shape[1]
    with running(paths, "train") as stage:
        metrics = classification_metrics(prediction, label, False)
        facts = {"layers": [], "cell": cell, "units": units, "parameters": None}
        stage.write_json(TRAINING_FACTS, {**facts, **UNKNOWN_TRAINING, "metrics": metrics})
        stage.rows = len(label)
    with running(paths, "extract") as stage:
        (stage.folder / "states").mkdir()
        for name, rows in arrays.layers.items():
            shape = (int(offsets[-1]), rows[0].shape[1])
            with array_file(stage.folder / state_array(name, "h"), shape) as write:
                for row in rows:
                    write(row)
        np.save(stage.folder / OFFSETS, offsets)
        np.save(stage.folder / PADDING, np.zeros(int(offsets[-1]), dtype=bool))
        np.save(stage.folder / PREDICTION, prediction)
        outputs = logit.shape[1]
        initial = np.zeros(outputs, np.float32)
        if arrays.readout is not None:
            weights, initial = arrays.readout
            np.savez(stage.folder / READOUT, weights=weights, bias=initial)
        else:
            np.save(stage.folder / LOGIT, logit.astype(np.float32))
        stage.write_json(
            EXTRACT_FACTS,
            {
                "layers": [layer_entry(name, rows, cell) for name, rows in arrays.layers.items()],
                "readout": {
                    "layer": arrays.reads,
                    "method": "given" if arrays.readout is None else "linear",
                    "activation": "sigmoid" if outputs == 1 else "softmax",
                    "outputs": outputs,
                    "initial_logit": initial.tolist(),
                },
                "batch_error": None,
                "alone_error": None,
                "tolerance": TOLERANCE,
            },
        )
        stage.rows = int(offsets[-1])


def layer_entry(name: str, rows: list[Float32Array], cell: str) -> LayerFacts:
    """Return the facts of one layer of states, S arrays float32 (T, N), for later stages."""
    return {
        "id": name,
        "layer": name,
        "class": cell,
        "units": rows[0].shape[1],
        "direction": "forward",
        "states": ["h"],
        "gates": [],
        "mapped": ["h"],
    }
