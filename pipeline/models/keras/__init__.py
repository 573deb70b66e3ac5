"""Keras models: their structure, their states and their answers."""
