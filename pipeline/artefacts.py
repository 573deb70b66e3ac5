"""Names of the intermediate files, by the stage that writes them."""

# corpus
SEQUENCES = "sequences.parquet"
VOCABULARY = "vocabulary.parquet"
CORPUS_FACTS = "corpus.json"

# train
TRAINING_FACTS = "training.json"

# extract
HIDDEN, CELL = "h.npy", "c.npy"
OFFSETS = "offsets.npy"
PREDICTION = "prediction.npy"
READOUT = "readout.npz"
EXTRACT_FACTS = "extract.json"

# expected
EXPECTED = "steps.npz"
EXPECTED_FACTS = "expected.json"

# distances
DISTANCES = "distances.npz"

# neighbours
NEIGHBOURS = "neighbours.npz"

# project-<method>
COORDINATES = "coordinates.npz"
PROJECTION_FACTS = "projection.json"
