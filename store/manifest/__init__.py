"""The manifest of a run: its schema, its consistency, and reading it."""
