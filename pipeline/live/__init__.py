"""The worker process that answers with a run's own model while somebody waits."""
