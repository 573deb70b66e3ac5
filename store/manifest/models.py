"""The manifest as frozen pydantic models: its keys and the type of each.

Keys that the models do not name are allowed and kept, so that a newer release may add some.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from stateline.store.manifest.model_info import ModelInfo
from stateline.store.manifest.reliance import MeanTrust, UnitGroups
from stateline.store.manifest.swap_test import SwapTest
from stateline.store.manifest.tokenizer import TokenizerRule
from stateline.store.manifest.values import (
    Colour,
    Count,
    Digest,
    Entry,
    Gate,
    Instant,
    Items,
    Name,
    Number,
    Split,
    State,
    StateKey,
)


class Counts(Entry):
    """Sequences by split, and those that are stored; null where a split is not known."""

    train: Count | None
    validation: Count | None
    test: Count
    stored: Count

    def of(self, split: Split) -> int | None:
        """Return the sequences of one split; None where it is not known."""
        return {"train": self.train, "validation": self.validation, "test": self.test}[split]


class CorpusClass(Counts):
    """One class with its colour and its sequences."""

    name: Name
    colour: Colour


class CorpusSplit(Entry):
    """How the split into training and test came about.

    origin  provided by the corpus, drawn at random by the build, or unknown, as no training
            sequence is known
    seed    of a drawn one; else null
    """

    origin: Literal["provided", "drawn", "unknown"]
    seed: int | None


class Truncation(Entry):
    """Most steps that the model reads and which end of a sequence is kept; null: nothing is cut."""

    max_steps: Count | None
    keep: Literal["first", "last"] | None


class Tokens(Entry):
    """Token ids with a meaning; null where the model has none."""

    padding: Count | None
    unknown: Count | None
    start: Count | None

    @property
    def ids(self) -> dict[str, int | None]:
        """Every token id by its key."""
        return {"padding": self.padding, "unknown": self.unknown, "start": self.start}


class Feature(Entry):
    """One of the numbers of each step of a series, with its smallest and largest stored value."""

    name: Name
    low: Number
    high: Number


class Corpus(Entry):
    """The sequences: source, classes, splits, input of a step; words and html as the knobs.

    tokenizer  how texts are cut into words; null: as `words` says
    """

    name: Name
    source: str
    kind: Literal["text", "series"]
    classes: Items[CorpusClass]
    sizes: Counts
    split: CorpusSplit
    truncation: Truncation
    words: Literal["auto", "words", "characters"] | None
    html: Literal["strip", "keep"] | None
    tokens: Tokens
    tokenizer: TokenizerRule | None
    features: Items[Feature]
    picture: bool


class Readout(Entry):
    """All that lies between the recurrent layer and the class probabilities.

    outputs        K, output units of the head
    initial_logit  K, before the first step
    ends, steps    side on which beginnings are padded, pre (in front) or post (behind), and to
                   how many steps, as the sequences are; null: they are read as they are
    weights, bias  (K, N) and K of a linear readout; else null
    """

    layer: str
    method: Literal["linear", "head", "prefix", "given"]
    activation: Literal["sigmoid", "softmax"]
    outputs: Count
    initial_logit: Items[Number]
    ends: Literal["pre", "post"] | None
    steps: Count | None
    weights: Items[Items[Number]] | None
    bias: Items[Number] | None


class Layer(Entry):
    """One recurrent layer whose states are stored.

    max_distance  largest distance by kind of state, of those whose distances are stored
    unit_groups   null: all units and words are one group, or there are none
    """

    id: str
    layer: str
    class_: str = Field(alias="class")
    units: Count
    direction: Literal["forward", "backward"]
    states: Items[State]
    gates: Items[Gate]
    max_distance: Mapping[StateKey, Number]
    index: bool
    unit_groups: UnitGroups | None


class Projection(Entry):
    """One map of the states of a layer: how it was made, and its quality."""

    id: str
    layer: str
    state: State
    method: Literal["t-SNE", "PCA", "UMAP"]
    settings: Mapping[str, Any]
    seed: int
    seconds: Number
    fitted_states: Count
    placed_states: Count
    trustworthiness: Number
    continuity: Number
    quality_sample: Count
    mean_trust: MeanTrust
    segment_scale: Number | None
    cluster_sizes: Items[Count]


class LeftOut(Entry):
    """Parts of the corpus that the stored run does not show.

    in_training  test sequences that stand in the training or validation split too; null where
                 those splits are not known
    """

    truncated_sequences: Count
    truncated_words: Count
    unknown_steps: Count
    padding_steps: Count
    unstored_test_sequences: Count
    blank_dropped: Count
    without_known_word: Count
    in_training: Count | None


class Verified(Entry):
    """Errors measured at build and their tolerance; null where there is no model to compare with.

    prediction_error  of the stored answers, against the model's own prediction
    batch_error       between batches of different composition
    alone_error       between a batch and single-sequence runs
    """

    tolerance: Number
    prediction_error: Number | None
    batch_error: Number | None
    alone_error: Number | None

    @property
    def errors(self) -> dict[str, float | None]:
        """Every measured error by its key."""
        return {
            "prediction_error": self.prediction_error,
            "batch_error": self.batch_error,
            "alone_error": self.alone_error,
        }


class Stage(Entry):
    """Cost of one stage of the build."""

    stage: str
    seconds: Number
    rows: Count
    bytes: Count
    peak_memory_bytes: Count


class FileEntry(Entry):
    """One file of the run; rows are null of a file that is no table.

    reproducible  another build of the same input and settings writes the same bytes, with the
                  same versions on the same machine
    """

    rows: Count | None
    reproducible: bool
    bytes: Count
    sha256: Digest


class ManifestDraft(Entry):
    """A manifest before its tables are written: all but their list."""

    schema_version: int
    run: str
    created: Instant
    corpus: Corpus
    model: ModelInfo
    readout: Readout
    layers: Items[Layer]
    projections: Items[Projection]
    default_projection: str
    left_out: LeftOut
    swap_test: SwapTest | None
    verified: Verified
    stages: Items[Stage]
    versions: Mapping[str, Any]


class Manifest(ManifestDraft):
    """The manifest of a written run."""

    tables: Mapping[str, FileEntry]

    def rows(self, table: str) -> int:
        """Return the rows of a Parquet table, by its path relative to the run's folder."""
        rows = self.tables[table].rows
        assert rows is not None, "the consistency of the manifest was checked"
        return rows


def to_json(manifest: ManifestDraft) -> dict[str, Any]:
    """Return a manifest as the JSON object of its file."""
    return manifest.model_dump(mode="json", by_alias=True)
