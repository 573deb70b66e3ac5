"""Gates of LSTM and GRU cells."""

from stateline.pipeline.models.keras.backend import Tensor, keras


def gate_values(
    cell: keras.layers.Layer, kind: str, inputs: Tensor, h: Tensor, first: Tensor | None = None
) -> dict[str, Tensor]:
    """Compute the gates of a cell at every step from its weights and states.

    cell     a Keras LSTMCell or GRUCell; others have no gates
    kind     LSTM or GRU
    inputs   (B, T, D)  what the cell read
    h        (B, T, N)  its hidden states, in the same order
    first    (B, N)  the state before the first step; None: zero
    returns  (B, T, N) each, 0 to 1: input, forget, output of an LSTM; update, reset of a GRU
    """
    if kind not in ("LSTM", "GRU"):
        return {}
    ops = keras.ops
    start = ops.zeros_like(h[:, :1]) if first is None else first[:, None]
    before = ops.concatenate([start, h[:, :-1]], axis=1)
    bias = cell.bias if cell.use_bias else 0.0
    if kind == "GRU" and cell.use_bias and cell.reset_after:
        bias = ops.sum(cell.bias, axis=0)
    drive = ops.matmul(inputs, cell.kernel) + ops.matmul(before, cell.recurrent_kernel) + bias
    parts = ops.split(drive, 4 if kind == "LSTM" else 3, axis=-1)
    open_ = cell.recurrent_activation
    if kind == "LSTM":
        return {"input": open_(parts[0]), "forget": open_(parts[1]), "output": open_(parts[3])}
    return {"update": open_(parts[0]), "reset": open_(parts[1])}
