"""Worker process that answers requests of the app with a run's own model."""
