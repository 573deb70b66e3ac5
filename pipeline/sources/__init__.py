"""Where sequences come from: files, published corpora, arrays."""
