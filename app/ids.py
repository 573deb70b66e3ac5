"""Ids of the elements that callbacks, scripts and tests rely on, once."""

RUN_SELECT = "run-select"
PROJECTION_SELECT = "projection-select"
LAYER_SELECT = "layer-select"
COLOUR_SELECT = "colour-select"
THEME_SWITCH = "theme-switch"

GALLERY = "gallery"
WORKSPACE = "workspace"
RUN_FACTS = "run-facts"

MAP = "map"
MAP_FRAME = "map-frame"
MAP_OVERLAY = "map-overlay"
MAP_MESSAGE = "map-message"
MAP_RESET = "map-reset"
LEGEND = "legend"

OVERVIEW = "overview"
DATASET_INFO = "dataset-info"
CLASS_BARS = "class-bars"
CONFUSION = "confusion"

DETAIL = "detail"
DETAIL_CLOSE = "detail-close"
SEQUENCE_INFO = "sequence-info"
WORDS = "words"
HEATMAP = "heatmap"
DISTANCES = "distances"

SEQUENCES = "sequences"
SEQUENCES_COUNT = "sequences-count"

TOOLTIP = "tooltip"
LIVE = "live"

# Dash's own location of the pages; writing to it goes to another page without a reload.
PAGES_LOCATION = "_pages_location"
