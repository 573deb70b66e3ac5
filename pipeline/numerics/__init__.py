"""Numeric functions over arrays, which the stages share."""
