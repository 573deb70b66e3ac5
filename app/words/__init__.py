"""The page `/words/<run>`: what words and phrases do to the answer, over the whole run."""
