"""Attribution of an answer to its steps, by two methods that run the model.

They complement the contributions of the store: leaving a step out measures how later steps
respond to its absence, and integrated gradients distribute the logit over all steps.
"""

from collections.abc import Callable
from contextlib import ExitStack

import numpy as np

from stateline.pipeline.models.keras.backend import Tensor, keras, tf
from stateline.pipeline.models.keras.capture import without_activation
from stateline.pipeline.models.keras.graphs import functional
from stateline.pipeline.models.keras.run_model import Network
from stateline.pipeline.models.keras.variable_length import any_length, attribute
from stateline.pipeline.numerics.arrays import AnyArray, Float32Array, Float64Array
from stateline.pipeline.numerics.ends import Ends

# The line from the baseline to a sequence: initial intervals, points in each, the tolerance of an
# interval's integral against the rise of the logit, and the largest number of points.
PARTS, NODES = 8, 8
CLOSE = 1e-3
MAX_POINTS = 1_000
BATCH_STEPS = 16_384  # steps that are read at once, all sequences of a batch together
MAX_LEFT_OUT = 4_000_000  # steps to read for leaving every step out: those of 2,000 steps
# Operations that make a mask of what the model reads, and the input itself.
MASKS = {"InputLayer", "NotEqual", "Any"}


class Attribution:
    """Attribution of the answers of one model.

    network  the model of a run
    initial  float32 (K,) its logit before the first step; None where that is not known
    """

    def __init__(self, network: Network, initial: Float32Array | None) -> None:
        self.reader, self.structure, self.initial = network.reader, network.structure, initial
        steps = self.structure.ends.steps if self.structure.ends else None
        shape = (steps,) if self.structure.features is None else (steps, self.structure.features)
        dtype = tf.int32 if self.structure.features is None else tf.float32
        signature = [
            tf.TensorSpec(shape, dtype),
            tf.TensorSpec((None,), tf.float32),
            tf.TensorSpec((self.structure.outputs,), tf.float32),
        ]
        # What they hand on is scaled, so that masks go by what the model really reads: ids, and
        # steps of which none on the way may look like padding. Without them the input itself is.
        kind = keras.layers.Embedding if self.structure.features is None else keras.layers.Masking
        self.scaled = first_layers(functional(self.reader.model), kind)
        # Without autograph, whose wrapping would hide what an error says.
        self._on_the_way = tf.function(self._gradients, input_signature=signature, autograph=False)

    def of(self, sequence: AnyArray, towards: int) -> dict[str, object]:
        """Attribute the logit of one class to the steps of one sequence.

        sequence  uint32 ids (T,), or float32 numbers (T, F) of a series
        towards   the class; with one sigmoid unit class 0 counts minus the logit
        returns   `leave_one_out` and `integrated_gradients`, (T,) or None; `reason`, why one is
                  None or holds one; `logit` of the sequence, `baseline` of what integrated
                  gradients begin at, `gap` by which they miss the difference of the two; `class`
        """
        sequence = sequence.astype(np.int32 if self.structure.features is None else np.float32)
        weight = class_weight(self.structure.outputs, towards)
        logit = float(self.reader.logits(sequence[None])[0] @ weight)
        without, too_long = self._leave_one_out(sequence, weight, logit)
        found, baseline, unread = self._integrated(sequence, weight, logit)
        gap = None
        if found is not None and baseline is not None:
            gap = float(found.sum() - (logit - baseline))
        reasons = [reason for reason in (too_long, unread) if reason]
        return {
            "class": towards,
            "logit": logit,
            "leave_one_out": without,
            "integrated_gradients": found,
            "baseline": baseline,
            "gap": gap,
            "reason": "; ".join(reasons) or None,
        }

    def _leave_one_out(
        self, sequence: AnyArray, weight: Float32Array, logit: float
    ) -> tuple[AnyArray | list[None] | None, str | None]:
        """Difference of the logit when each step is left out, and the reason where there is none.

        sequence  (T,) or (T, F)
        weight    float32 (K,)  of the logits
        returns   float32 (T,), or None for the reason that is returned with it
        source  Li, Monroe and Jurafsky 2016, "Understanding neural networks through
                representation erasure"
        """
        count = len(sequence)
        if self.structure.ends is not None:
            return self._padded_without(self.structure.ends, sequence, weight, logit), None
        if count == 1:
            if self.initial is None:
                return [None], "without its only step there is nothing that this model could read"
            return np.array([logit - float(self.initial @ weight)]), None
        if count * (count - 1) > MAX_LEFT_OUT:
            most = int(MAX_LEFT_OUT**0.5)
            return None, f"leaving out each of {count:,} steps takes too long; {most:,} at the most"
        steps = np.arange(count - 1)
        rows = max(1, BATCH_STEPS // count)
        without = []
        for start in range(0, count, rows):
            left_out = np.arange(start, min(start + rows, count))[:, None]
            without.append(self.reader.logits(sequence[steps + (steps >= left_out)]))
        return logit - np.concatenate(without) @ weight, None

    def _padded_without(
        self, ends: Ends, sequence: AnyArray, weight: Float32Array, logit: float
    ) -> Float32Array:
        """Difference of the logit when each step is left out and the rest is padded; 0 of padding.

        sequence  (L,) or (L, F)
        weight    float32 (K,)  of the logits
        returns   float32 (L,)
        """
        where = ends.body(sequence)
        inner = sequence[where]
        rows = [ends.fill(np.delete(inner, step, axis=0)) for step in range(len(inner))]
        size = max(1, BATCH_STEPS // ends.steps)
        parts = [np.stack(rows[start : start + size]) for start in range(0, len(rows), size)]
        difference = np.zeros(len(sequence), np.float32)
        without = np.concatenate([self.reader.logits(part) for part in parts])
        difference[where] = logit - without @ weight
        return difference

    def _integrated(
        self, sequence: AnyArray, weight: Float32Array, logit: float
    ) -> tuple[Float64Array | None, float | None, str | None]:
        """Integrated gradients, the logit of the baseline, and the reason for a missing result.

        The straight line from the baseline is cut into intervals. In each the integral must equal
        the difference of the logit; where it does not, since the answer of a recurrent layer may
        change abruptly, the interval is halved.

        sequence  (T,) or (T, F)
        weight    float32 (K,)  of the logits
        returns   float64 (T,), logit, None; or None, None and the reason
        source  Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks", from a
                baseline of zero embeddings or of zeros; Gauss-Legendre points on the straight way
        """
        if not self.scaled and self.structure.features is None:
            return None, None, "the model reads its token ids in another way than by an Embedding"
        nodes, shares = np.polynomial.legendre.leggauss(NODES)
        # Both ends of an interval are evaluated too, with weight 0: for the rise of the logit.
        nodes, shares = np.concatenate([[-1], nodes, [1]]), np.concatenate([[0], shares, [0]]) / 2
        found, asked = np.zeros(len(sequence)), 0
        baseline: float | None = None
        ends = np.linspace(0, 1, PARTS + 1)
        low, high = ends[:-1], ends[1:]
        while len(low):
            way = (low + high)[:, None] / 2 + (high - low)[:, None] / 2 * nodes
            logits, slopes = self._points(sequence, way.ravel(), weight)
            logits = logits.reshape(way.shape)
            slopes = slopes.reshape(*way.shape, len(sequence))
            baseline = float(logits[0, 0]) if baseline is None else baseline
            of_part = (high - low)[:, None] * np.einsum("k,pkt->pt", shares, slopes)
            error = np.abs(of_part.sum(axis=1) - (logits[:, -1] - logits[:, 0]))
            asked += way.size
            good = error <= CLOSE * (1 + abs(logit - baseline))
            if asked + 2 * (~good).sum() * len(nodes) > MAX_POINTS:
                good[:] = True
            found += of_part[good].sum(axis=0)
            low, high, middle = low[~good], high[~good], ((low + high) / 2)[~good]
            low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
        return found, baseline, None

    def _points(
        self, sequence: AnyArray, way: Float64Array, weight: Float32Array
    ) -> tuple[Float64Array, Float64Array]:
        """Return logits float64 (A,) and slopes float64 (A, T) of points, batch by batch."""
        rows = max(1, BATCH_STEPS // len(sequence))
        way = way.astype(np.float32)
        parts = [
            self._on_the_way(sequence, way[start : start + rows], weight)
            for start in range(0, len(way), rows)
        ]
        logits, slopes = (np.concatenate(each) for each in zip(*parts, strict=True))
        return logits.astype(np.float64), slopes.astype(np.float64)

    def _gradients(self, sequence: Tensor, way: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (A,) of points between the baseline and a sequence, and slopes (A, T).

        A slope is the derivative of the logit along the way, the share of each step.

        sequence  int32 (T,) or float32 (T, F)
        way       float32 (A,)  0 is the baseline, 1 the sequence
        weight    float32 (K,)  of the logits
        """
        points: list[tuple[Tensor, Tensor]] = []  # what was scaled, and whole
        with ExitStack() as changed, tf.GradientTape() as tape:
            changed.enter_context(any_length(self.reader.model))
            changed.enter_context(without_activation(self.structure.output))

            def scaled(whole: Tensor) -> Tensor:
                point = whole * way[:, None, None]
                tape.watch(point)
                points.append((point, whole))
                return point

            batch = tf.repeat(sequence[None], tf.shape(way)[0], axis=0)
            for layer in self.scaled:
                changed.enter_context(attribute(layer, "call", scaled_call(layer, scaled)))
            batch = batch if self.scaled else scaled(batch)
            logit = tf.linalg.matvec(self.reader.model(batch, training=False), weight)
            total = tf.reduce_sum(logit)
        slopes = tape.gradient(
            total,
            [point for point, _ in points],
            unconnected_gradients=tf.UnconnectedGradients.ZERO,
        )
        shares = [
            tf.reduce_sum(slope * whole, axis=-1)
            for slope, (_, whole) in zip(slopes, points, strict=True)
        ]
        return logit, tf.add_n(shares)


def class_weight(outputs: int, towards: int) -> Float32Array:
    """Return the weights of K logits that give the logit of a class: float32 (K,)."""
    if outputs == 1:
        return np.array([1 if towards else -1], np.float32)
    weight: Float32Array = np.eye(outputs, dtype=np.float32)[towards]
    return weight


def scaled_call(
    layer: keras.layers.Layer, scaled: Callable[[Tensor], Tensor]
) -> Callable[..., Tensor]:
    """Return a replacement of a layer's `call` that scales its output."""
    own = layer.call

    def call(inputs: Tensor) -> Tensor:
        return scaled(own(inputs))

    return call


def first_layers(graph: keras.Model, kind: type) -> list[keras.layers.Layer]:
    """Return the layers of one kind that read a model's input; none if any other layer reads it.

    Operations that compute a mask from the input do not count.
    """
    found = []
    for operation in graph.operations:
        tensors = [tensor for call in operation._inbound_nodes for tensor in call.input_tensors]
        if type(operation).__name__ in MASKS or not any(
            each is graph.inputs[0] for each in tensors
        ):
            continue
        inner = [operation] if isinstance(operation, kind) else []
        if isinstance(operation, keras.Model):
            inner = first_layers(functional(operation), kind)
        if not inner:
            return []
        found += inner
    return found
