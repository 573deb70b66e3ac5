"""Default thresholds and sizes that both a page and the help page tell, once."""

# Share of the run's largest distance, and change of the expected prediction, from which a step is
# labelled; the thresholds of Garcia et al. 2021.
DISTANCE, CONFIDENCE = 0.4, 0.3

LONGEST_TEXT = 1_500  # characters of a typed text in an address

# Neighbours of a state.
DEFAULT_NEIGHBOURS, MAX_NEIGHBOURS = 10, 50
NEIGHBOUR_CONTEXT = 5  # words on either side of a neighbour
NEAR = 0.05  # of the map's longer side: a neighbour that lies closer is near on the map

# Words page.
MIN_OCCURRENCES = 5  # that a word must have to be shown by default

# Units page.
UNIT_THRESHOLD = 0.3  # value from which a unit is on; the default of LSTMVis (Strobelt et al. 2018)
UNIT_CONTEXT = 6  # words on either side of a context of a unit
