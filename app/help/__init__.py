"""The page `/help`: how to read each view, and what it does not show."""
