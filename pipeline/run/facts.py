"""Facts that stages write as JSON and later stages read, by the stage that writes them."""

from typing import Any, NotRequired, TypedDict

Settings = dict[str, Any]  # of one stage by the lower-case name of the knob, as JSON holds them


class CorpusFacts(TypedDict):
    """Facts of the corpus stage: the manifest's corpus, without colours and stored counts."""

    name: str
    source: str
    kind: str
    classes: list[dict[str, Any]]
    sizes: dict[str, int | None]
    split: dict[str, Any]
    truncation: dict[str, Any]
    words: str | None
    html: str | None
    ends: NotRequired[dict[str, Any] | None]
    tokenizer: NotRequired[dict[str, Any] | None]
    tokens: dict[str, int | None]
    features: list[str]
    picture: bool
    blank_dropped: NotRequired[int]
    without_known_word: NotRequired[int]
    in_training: NotRequired[int | None]


class Training(TypedDict):
    """How a model was trained; null or empty where that is not known."""

    seed: int | None
    epochs: int | None
    refit_epochs: int | None
    settings: Settings
    history: list[dict[str, float]]


class BaselineFacts(TypedDict):
    """Facts of the baseline stage: the manifest's `model.baseline` without its seconds."""

    name: str | None
    settings: str | None
    accuracy: float | None
    train: int | None
    reason: str | None


UNKNOWN_TRAINING: Training = {
    "seed": None,
    "epochs": None,
    "refit_epochs": None,
    "settings": {},
    "history": [],
}

# `class` is a keyword of Python, so this one is written as a call.
LayerFacts = TypedDict(
    "LayerFacts",
    {
        "id": str,
        "layer": str,
        "class": str,
        "units": int,
        "direction": str,
        "states": list[str],
        "gates": list[str],
        "mapped": list[str],
    },
)


class ReadoutFacts(TypedDict):
    """The readout: the layer that it reads, and how its answers are found."""

    layer: str
    method: str
    activation: str
    outputs: int
    initial_logit: list[float]


class ExtractFacts(TypedDict):
    """Facts of the extract stage; errors are null where there was no model to compare with."""

    layers: list[LayerFacts]
    readout: ReadoutFacts
    batch_error: float | None
    alone_error: float | None
    tolerance: float
