"""The page `/decisions/<run>`: when the model decides, and how well it is calibrated."""
