"""Requests that need the model itself: typed texts and attribution."""
