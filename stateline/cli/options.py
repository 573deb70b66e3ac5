"""What several commands share."""

STORE = "store/data"
