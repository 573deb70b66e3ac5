"""The dashboard: reads a store of runs and never writes to it."""
