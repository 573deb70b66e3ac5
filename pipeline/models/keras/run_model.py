"""Run a run's own model on one sequence: its states and its answers after every step."""

from collections.abc import Callable, Iterable

import numpy as np

from stateline.pipeline.numerics.answers import readout_logits
from stateline.pipeline.numerics.arrays import Float32Array, Int32Array, UInt32Array
from stateline.pipeline.numerics.ends import Ends
from stateline.store.errors import StatelineError, rebuild
from stateline.store.reader import Run
from stateline.store.schema import MODEL

# TensorFlow traces a function at its first call.
WARM_UP = 2
BEGINNINGS = 64  # padded beginnings that are read at once


def run_ends(run: Run) -> Ends | None:
    """Return how the beginnings of a run are padded; None: they are read as they are."""
    readout, padding = run.manifest.readout, run.manifest.corpus.tokens.padding
    if readout.ends is None or readout.steps is None:
        return None
    return Ends(readout.ends, readout.steps, float(padding or 0))


class Network:
    """The model of a run; TensorFlow is loaded when one is made.

    readout  weights and bias of a linear readout, else None
    """

    def __init__(self, run: Run, report: Callable[[str], None] = lambda _: None) -> None:
        """Load the model of a run.

        report  called with a line on each stage of the loading, before the stage begins
        raises  StatelineError  the model's file is missing, or cannot be loaded
        """
        # Before TensorFlow is loaded, so that a missing model is said at once.
        path = run.folder / MODEL
        if run.manifest.model.file is None or not path.is_file():
            raise StatelineError(path, "missing", fix=rebuild(run.name))
        report("importing TensorFlow")
        from stateline.pipeline.models.keras.capture import ModelReader
        from stateline.pipeline.models.keras.heads import head_function
        from stateline.pipeline.models.keras.loading import load_model
        from stateline.pipeline.models.keras.structure import model_structure

        report("loading the model")
        model = load_model(path)
        self.ends = run_ends(run)
        self.structure = model_structure(model, self.ends)
        self.reader = ModelReader(model, self.structure, self.structure.layers)
        self.readout = self.structure.readout
        by_head = self.structure.method == "head"
        self.head = head_function(model, self.structure) if by_head else None
        if self.structure.features is None:
            steps = WARM_UP if self.ends is None else self.ends.steps
            self.read(np.ones(steps, dtype=np.uint32))

    def read(self, ids: UInt32Array) -> tuple[dict[str, Float32Array], Float32Array]:
        """Return states and answers of one sequence of a text.

        ids      uint32 (T,)  padded where beginnings are
        returns  float32 (T, N) by `<layer>.h` and `<layer>.c`; logits float32 (T, K)
        """
        read = self.reader.read(ids.astype(np.int32)[None])
        states = {name: values[0] for name, values in read.items() if values.ndim == 3}
        h = states[f"{self.structure.reads.id}.h"]
        if self.readout is not None:
            return states, readout_logits(h, self.readout.weights, self.readout.bias)
        if self.head is not None:
            return states, self.head(h).numpy()
        if self.ends is not None:
            from stateline.pipeline.models.keras.heads import beginning_logits, padding_logit

            empty = padding_logit(self.reader, ids)
            return states, beginning_logits(self.reader, self.ends, ids, empty, BEGINNINGS)
        return states, np.concatenate([self.reader.logits(each) for each in self._beginnings(ids)])

    def _beginnings(self, ids: UInt32Array) -> Iterable[Int32Array]:
        """Return every prefix of a sequence, uint32 (T,); in one batch where padding is masked."""
        count = len(ids)
        if self.structure.padding is None:
            return (ids[None, : t + 1].astype(np.int32) for t in range(count))
        read = np.arange(count) <= np.arange(count)[:, None]
        return [np.where(read, ids, int(self.structure.padding)).astype(np.int32)]
