"""The page `/words/<run>`: the effect of words and phrases on the answer, over the whole run."""
