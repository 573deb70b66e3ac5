"""No Keras at all: arrays of states and a linear readout, of an echo state network in NumPy.

    .venv/bin/python examples/arrays.py store/data/arrays

Whatever made the states, a run needs S arrays (T, N) of them and what would have been answered
after every step: either the weights and bias of a linear readout, as here, or, with expected=,
S arrays (T, C) of class probabilities (examples/pytorch_gru.py).
"""

import sys

import numpy as np

from stateline import build_store_from_states

CLASSES = {"vowels win": "aeiou", "consonants win": "bdgkt"}
LETTERS = "".join(CLASSES.values())
UNITS = 40


def babble(rng: np.random.Generator) -> tuple[str, int]:
    """Letters of which one kind is in the majority."""
    letters = "".join(rng.choice(list(LETTERS), 2 * rng.integers(2, 7) + 1))
    return letters, int(sum(letter in "aeiou" for letter in letters) * 2 < len(letters))


def run_network(letters: str, read: np.ndarray, recurrent: np.ndarray) -> np.ndarray:
    """States float32 (T, N) of a network whose own weights are random and never trained."""
    h, states = np.zeros(UNITS), []
    for letter in letters:
        h = np.tanh(read[LETTERS.index(letter)] + recurrent @ h)
        states.append(h)
    return np.array(states, dtype=np.float32)


def main(out: str) -> None:
    rng = np.random.default_rng(1)
    texts, labels = zip(*(babble(rng) for _ in range(500)), strict=True)
    read = rng.normal(0, 0.1, (len(LETTERS), UNITS))
    recurrent = 0.95 * np.eye(UNITS) + rng.normal(0, 0.01, (UNITS, UNITS))
    states = [run_network(text, read, recurrent) for text in texts]

    # Ridge regression from the last states to plus and minus one; as a sigmoid unit's logit.
    last, wanted = np.array([h[-1] for h in states[:400]]), 2 * np.array(labels[:400]) - 1
    weights = np.linalg.solve(last.T @ last + 0.01 * np.eye(UNITS), last.T @ wanted)

    build_store_from_states(
        states[400:],
        labels[400:],
        readout=(weights[None], np.zeros(1)),
        tokens=[list(text) for text in texts[400:]],
        classes=list(CLASSES),
        cell="echo state network",
        out=out,
        projections=["pca"],
    )


if __name__ == "__main__":
    main(sys.argv[1])
