"""The page `/decisions/<run>`: when the model decides, and how far to believe its confidence."""
