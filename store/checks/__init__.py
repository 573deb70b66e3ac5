"""The checks of a run, a module a family of tables."""
