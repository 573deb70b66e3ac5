"""Shared parts of the stages: settings, files, timing and tables."""
