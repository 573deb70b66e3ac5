"""Trained models, one folder per framework."""
