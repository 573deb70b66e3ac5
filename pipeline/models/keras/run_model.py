"""One sequence through a run's own model: its states and its answers after every step."""

from collections.abc import Iterable

import numpy as np

from stateline.pipeline.numerics.answers import readout_logits
from stateline.store.errors import StatelineError
from stateline.store.reader import Run
from stateline.store.schema import MODEL

# TensorFlow traces a function at its first call.
WARM_UP = 2


class Network:
    """The model of a run; TensorFlow is loaded when one is made.

    weights  float32 (K, N) of a linear readout, else None
    """

    def __init__(self, run: Run) -> None:
        # Before TensorFlow is loaded, so that a missing model is said at once.
        path = run.folder / MODEL
        if run.manifest.model.file is None or not path.is_file():
            raise StatelineError(path, "missing", fix=f"Rebuild the run: make run RUN={run.name}")
        from stateline.pipeline.models.keras.capture import ModelReader
        from stateline.pipeline.models.keras.heads import head_function
        from stateline.pipeline.models.keras.loading import load_model
        from stateline.pipeline.models.keras.structure import anatomy

        model = load_model(path)
        self.about = anatomy(model)
        self.reader = ModelReader(model, self.about, self.about.layers)
        method = self.about.method
        self.weights = self.about.readout.weights if method == "linear" else None
        self.head = head_function(model, self.about) if method == "head" else None
        if self.about.features is None:
            self.read(np.ones(WARM_UP, dtype=np.uint32))

    def read(self, ids: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """States and answers of one sequence of a text.

        ids      uint32 (T,)
        returns  float32 (T, N) by `<layer>.h` and `<layer>.c`; logits float32 (T, K)
        """
        read = self.reader.read(ids.astype(np.int32)[None])
        states = {name: values[0] for name, values in read.items() if values.ndim == 3}
        h = states[f"{self.about.reads.id}.h"]
        if self.about.method == "linear":
            return states, readout_logits(h, self.weights, self.about.readout.bias)
        if self.head is not None:
            return states, self.head(h).numpy()
        return states, np.concatenate([self.reader.logits(each) for each in self._beginnings(ids)])

    def _beginnings(self, ids: np.ndarray) -> Iterable[np.ndarray]:
        """Every beginning of a sequence: in one batch where the model masks padding."""
        count = len(ids)
        if self.about.padding is None:
            return (ids[None, : t + 1].astype(np.int32) for t in range(count))
        read = np.arange(count) <= np.arange(count)[:, None]
        return [np.where(read, ids, int(self.about.padding)).astype(np.int32)]
