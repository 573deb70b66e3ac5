"""The page `/help`: how to read each view."""
