"""Tables of a run: their paths, the columns of most of them, and constants of the format.

A run is one folder. Its tables are Parquet files sorted by their key. Their Polars types depend
only on the run's dimensions (classes C, head outputs K, units N, features F) and on the states
that its layers store, so a table is checked by comparing schemas for equality.
"""

import re
from collections.abc import Sequence

import polars as pl

from stateline.store.schema.analyses import CLUSTER_LEVELS
from stateline.store.schema.columns import KEY, Column

SCHEMA_VERSION = 5

SEQUENCES = "sequences.parquet"
STEPS = "steps.parquet"
VOCABULARY = "vocabulary.parquet"
WORDS = "words.parquet"
SWAPS = "swaps.parquet"
MANIFEST = "manifest.json"
MODEL = "model.keras"

# Steps in one Parquet row group. A sequence is read from one or two groups, so they are small:
# with 4,096 rows of 100 units a read takes three times as long. 2.5 million steps make 2,400.
STEP_ROWS_PER_GROUP = 1024

RUN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
# Token ids of the vocabularies that the pipeline builds: padding (never stored), unknown. Those of
# any run, one of a pretrained model included, are in the manifest's corpus.tokens.
RESERVED_ID, UNKNOWN_ID = 0, 1
# How the split into training and test came about: the corpus provides it, the build drew it at
# random, or no training sequence is known.
PROVIDED, DRAWN, UNKNOWN_SPLIT = "provided", "drawn", "unknown"
# Candidates of a search of an index: the library's default of 64 finds fewer of the nearest states.
# It is not stored in the file, so it is set whenever one is opened.
INDEX_DEPTH = 512
# Largest error that may be measured at build, in any run.
TOLERANCE = 1e-5
# Digits after the point of numbers sent to the browser as text: below the precision of float32.
SENT_DIGITS = 6
# Fitted states whose median place on a t-SNE or UMAP map a state gets that was not fitted.
PLACED_BY = 5
# Kinds of state that a layer may store, each with the column of its distances.
DISTANCE_COLUMNS = {"h": "distance", "c": "distance_c"}


def hidden_table(layer: str) -> str:
    """Return the path of the table of a layer's states, relative to the run's folder."""
    return f"hidden/{layer}.parquet"


def projection_table(projection: str) -> str:
    """Return the path of the table of a projection, relative to the run's folder."""
    return f"projections/{projection}.parquet"


def cluster_table(projection: str) -> str:
    """Return the path of the table of a projection's clusters."""
    return f"clusters/{projection}.parquet"


def unit_table(layer: str) -> str:
    """Return the path of the table of a layer's units."""
    return f"units/{layer}.parquet"


def context_table(layer: str) -> str:
    """Return the path of the table of the strongest contexts of a layer's units."""
    return f"contexts/{layer}.parquet"


def response_table(layer: str) -> str:
    """Return the path of the table of responses of a layer's units to words."""
    return f"responses/{layer}.parquet"


def index_file(layer: str) -> str:
    """Return the path of the index of a layer's nearest states (see `INDEX_DEPTH`)."""
    return f"hidden/{layer}.usearch"


def projection_id(layer: str, state: str, method: str) -> str:
    """Return the id of a projection: `<layer>-<method>` of h, `<layer>-c-<method>` of c.

    method  pca, tsne or umap
    """
    return f"{layer}-{method}" if state == "h" else f"{layer}-{state}-{method}"


def gate_column(gate: str) -> str:
    """Return the column of a gate's activations in the table of its layer."""
    return f"gate_{gate}"


def sequence_columns() -> tuple[Column, ...]:
    """Return the columns of sequences.parquet, one row per sequence, sorted by sequence_id."""
    return (
        KEY[0],
        Column("external_id", pl.String(), "the corpus' own id of the sequence"),
        Column("label", pl.UInt16(), "actual class, an index into the manifest's classes"),
        Column("predicted", pl.UInt16(), "class the model itself predicts for the whole sequence"),
        Column("correct", pl.Boolean(), "label equals predicted"),
        Column("confidence", pl.Float32(), "probability of the predicted class", "0 to 1"),
        Column("length", pl.UInt32(), "steps the model reads", "steps"),
        Column("length_full", pl.UInt32(), "steps before truncation", "steps"),
        Column("unknown", pl.UInt32(), "steps whose word is not in the vocabulary", "steps"),
        Column("padding", pl.UInt32(), "steps that are padding which the model reads", "steps"),
        Column("flips", pl.UInt32(), "how often the predicted class changes from step to step"),
        Column(
            "settle_step",
            pl.UInt32(),
            "first step from which the predicted class never changes again; 0 when nothing flips",
            "steps",
        ),
        Column(
            "max_distance",
            pl.Float32(),
            "largest distance of h in the layer the head reads",
            "hidden-state units",
        ),
        Column("max_distance_step", pl.UInt32(), "the step of max_distance", "steps"),
        Column(
            "turning_step",
            pl.UInt32(),
            "step with the largest fall of logit[label] - logit[predicted]",
            "steps",
            "classified correctly, or no step lowers it",
        ),
        Column(
            "right_until",
            pl.UInt32(),
            "last step at which the predicted class is the actual one",
            "steps",
            "at no step",
        ),
        Column("peak_label", pl.Float32(), "largest ep of the actual class at any step", "0 to 1"),
        Column("peak_confidence", pl.Float32(), "largest confidence at any step", "0 to 1"),
        Column("text", pl.String(), "the whole text, truncated part included; empty for a series"),
    )


def hidden_columns(
    units: int,
    states: Sequence[str] = ("h",),
    distances: Sequence[str] = ("h",),
    gates: Sequence[str] = (),
) -> tuple[Column, ...]:
    """Return the columns of hidden/<layer>.parquet, one row per step, sorted as the steps are.

    units      N, the units of the layer
    states     kinds that are stored: h, or h and c
    distances  kinds whose distances are stored: those of `states` that have maps; h always
    gates      names of the gates that are stored
    """
    state = pl.Array(pl.Float32(), units)
    moved = (
        "how far {} moved at this step, from the zero state before the first one read; a layer of "
        "direction backward reads from the end"
    )
    columns: tuple[Column, ...] = (
        *KEY,
        Column("h", state, "hidden state after this step"),
        Column("distance", pl.Float32(), moved.format("h"), "hidden-state units"),
    )
    if "c" in states:
        columns += (Column("c", state, "cell state after this step; only where stored"),)
    if "c" in distances:
        far = f"{moved.format('c')}; only where stored"
        columns += (Column(DISTANCE_COLUMNS["c"], pl.Float32(), far, "cell-state units"),)
    opened = "how far this gate of each unit is open at this step; only where stored"
    return columns + tuple(Column(gate_column(each), state, opened, "0 to 1") for each in gates)


def projection_columns() -> tuple[Column, ...]:
    """Return the columns of projections/<id>.parquet, one row per step, sorted as the steps are."""
    return (
        *KEY,
        Column("x", pl.Float32(), "first coordinate on the map"),
        Column("y", pl.Float32(), "second coordinate on the map"),
        Column(
            "trust",
            pl.Float32(),
            "share of the state's 15 nearest neighbours among the units "
            "that are still among its 15 nearest on the map; where states were placed out of "
            "sample, neighbours are the fitted states alone",
            "0 to 1",
        ),
        Column(
            "fitted",
            pl.Boolean(),
            "the map was fitted on the state; else it was placed: by PCA's two axes, or on a t-SNE "
            "or UMAP map at the median of its 5 nearest fitted states; all states of a sequence "
            "alike, but padding, which is placed",
        ),
        Column(
            "stretch",
            pl.Float32(),
            "log2 of the length on the map of the segment from the step before, divided by the "
            "distance of the two states and by the manifest's segment_scale: 1 is drawn twice as "
            "long as others of its distance; a length below a thousandth of the median one counts "
            "as that",
            "",
            "the first step, padding or behind it, the state did not move, or the map has no "
            "segment_scale",
        ),
        Column(
            "cluster",
            pl.Array(pl.Int32(), CLUSTER_LEVELS),
            "the state's cluster at each level, coarse to fine; -1 where it is in none",
        ),
    )


def vocabulary_columns(classes: int) -> tuple[Column, ...]:
    """Return the columns of vocabulary.parquet, sorted by token_id; no row for a series.

    classes  C, the number of classes
    """
    unknown = "the training split is not known"
    return (
        Column(
            "token_id",
            pl.UInt32(),
            "row of the model's embedding; the manifest's corpus.tokens names those with a meaning",
        ),
        Column("token", pl.String(), "the word, or `[padding]`, `[unknown]`, `[start]`"),
        Column("count", pl.UInt32(), "how often it occurs in the training split", "", unknown),
        Column(
            "sequences",
            pl.Array(pl.UInt32(), classes),
            "sequences of the training split that hold it, by class",
            "",
            unknown,
        ),
    )
