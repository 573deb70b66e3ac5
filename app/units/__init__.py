"""The page `/units/<run>`: single hidden units and groups of them."""
