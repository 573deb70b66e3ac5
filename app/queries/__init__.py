"""Queries of a run that several pages ask: Polars in, plain arrays and JSON out."""
