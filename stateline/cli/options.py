"""Constants that several commands share."""

STORE = "store/data"
