"""The frame of documents that every source of texts returns.

The frame has the columns `split` (train, validation, test, or null throughout:
then the corpus stage splits), `external_id`, `label` (name of the class),
`text`, and `role` (List[String], one entry a word, or null: demos only).
"""

import polars as pl

DOCUMENT_SCHEMA = pl.Schema(
    {
        "split": pl.String(),
        "external_id": pl.String(),
        "label": pl.String(),
        "text": pl.String(),
        "role": pl.List(pl.String()),
    }
)
