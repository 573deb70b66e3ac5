"""Names of the intermediate files, by the stage that writes them."""

# corpus
SEQUENCES = "sequences.parquet"
VOCABULARY = "vocabulary.parquet"
CORPUS_FACTS = "corpus.json"

# train
TRAINING_FACTS = "training.json"

# baseline
BASELINE_FACTS = "baseline.json"

# extract
OFFSETS = "offsets.npy"
PADDING = "padding.npy"
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

# swaps
SWAP_FACTS = "swaps.json"

# units
UNIT_FACTS = "units.json"

# project-<method>
PROJECTION_FACTS = "projection.json"

# clusters-<method>
CLUSTER_FACTS = "clusters.json"


def distance_array(layer: str, state: str) -> str:
    """Return the file of the distances of a layer's state kind (stage distances)."""
    return f"{layer}.{state}.npy"


def map_arrays(layer: str, state: str) -> str:
    """Return the file of neighbours, project-<method> and clusters-<method> of a state kind."""
    return f"{layer}.{state}.npz"


def state_array(layer: str, kind: str) -> str:
    """Return the file of a layer's states: kind h, c or gate_<name>, float32 (M, N)."""
    return f"states/{layer}.{kind}.npy"


def layer_id(path: str) -> str:
    """Return a layer's name for the store: lower case, no blanks, a letter or digit first."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in path.lower())
    return kept.lstrip("._-")[:40] or "layer"
