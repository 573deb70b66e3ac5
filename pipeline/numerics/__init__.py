"""Functions over arrays that the stages are made of."""
