"""Sources of sequences: files, published corpora, arrays."""
