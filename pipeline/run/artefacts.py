"""Names of the intermediate files, by the stage that writes them."""

# corpus
SEQUENCES = "sequences.parquet"
VOCABULARY = "vocabulary.parquet"
CORPUS_FACTS = "corpus.json"

# train
TRAINING_FACTS = "training.json"

# extract
OFFSETS = "offsets.npy"
PREDICTION = "prediction.npy"
READOUT = "readout.npz"
EXTRACT_FACTS = "extract.json"

# expected
EP, LOGIT, CONTRIBUTION = "ep.npy", "logit.npy", "contribution.npy"
DECISIONS = "decisions.npz"
EXPECTED_FACTS = "expected.json"

# distances
VISIBLE, SILENT = "visible.npy", "silent.npy"
DISTANCES = "distances.npz"

# project-<method>
PROJECTION_FACTS = "projection.json"

# clusters-<method>
CLUSTER_FACTS = "clusters.json"


def distance_array(layer: str, state: str) -> str:
    """Distances of one kind of state of one layer, of the stage distances."""
    return f"{layer}.{state}.npy"


def map_arrays(layer: str, state: str) -> str:
    """What neighbours, project-<method> and clusters-<method> made of a layer's kind of state."""
    return f"{layer}.{state}.npz"


def state_array(layer: str, kind: str) -> str:
    """States of one layer, of the stage extract: kind h, c or gate_<name>, float32 (M, N)."""
    return f"states/{layer}.{kind}.npy"


def layer_id(path: str) -> str:
    """A layer's name as the store can hold it: lower case, no blanks, a letter or digit first."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in path.lower())
    return kept.lstrip("._-")[:40] or "layer"
