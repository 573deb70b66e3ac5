"""Page elements that several pages have in common."""
