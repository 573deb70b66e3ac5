"""Trained models, a folder a framework."""
