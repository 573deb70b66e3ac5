"""A GRU of PyTorch: its states and its answers after every step, passed as arrays.

    .venv/bin/pip install torch
    .venv/bin/python examples/pytorch_gru.py store/data/pytorch-gru

The head runs on every state, not on the last one only; that is the expected prediction.
"""

import sys

import numpy as np
import torch

from stateline import build_store_from_states

TOKENS = ["(", ")", "[", "]"]
CLASSES = ["closed", "open"]


def brackets(rng: np.random.Generator) -> tuple[list[int], int]:
    """Four to twelve brackets, and whether round ones are left open at the end."""
    ids = rng.integers(0, 4, rng.integers(4, 13)).tolist()
    return ids, int(ids.count(0) > ids.count(1))


class Classifier(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = torch.nn.Embedding(len(TOKENS), 6)
        self.gru = torch.nn.GRU(6, 12, batch_first=True)
        self.head = torch.nn.Sequential(torch.nn.Tanh(), torch.nn.Linear(12, len(CLASSES)))

    def forward(self, ids: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
        """States (T, N) of one sequence and the logits (T, C) after each of its steps."""
        states = self.gru(self.embedding(torch.tensor(ids))[None])[0][0]
        return states, self.head(states)


def main(out: str) -> None:
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    ids, labels = zip(*(brackets(rng) for _ in range(500)), strict=True)
    model = Classifier()
    optimiser = torch.optim.Adam(model.parameters(), 0.005)
    for row in 3 * list(range(400)):
        _, logits = model(ids[row])
        loss = torch.nn.functional.cross_entropy(logits[-1], torch.tensor(labels[row]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    with torch.no_grad():
        read = [model(each) for each in ids[400:]]
    build_store_from_states(
        [states.numpy() for states, _ in read],
        labels[400:],
        expected=[logits.softmax(dim=1).numpy() for _, logits in read],
        tokens=[[TOKENS[token] for token in each] for each in ids[400:]],
        **{"classes": CLASSES, "cell": "GRU", "projections": ["pca"], "out": out},
    )


if __name__ == "__main__":
    main(sys.argv[1])
