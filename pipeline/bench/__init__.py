"""Benchmarks of the pipeline and the store."""
