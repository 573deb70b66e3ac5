"""The page `/`: every run of the store."""
