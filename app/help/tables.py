"""Lists of the help page, each entry a name and an explanation: terms, labels, keys, limits."""

from stateline.app.queries.limits import CONFIDENCE, DISTANCE

TERMS = (
    (
        "Sequence and step",
        "A sequence is one text, or one numeric series, as the model reads it. A step is one word "
        "of it, or the numbers read at once, counted from 0.",
    ),
    (
        "Hidden state",
        "The output of the recurrent layer after a word: a vector of one number per unit. The "
        "answer is computed from it, and it is the layer's input at the next word (in an LSTM, "
        "with the cell state).",
    ),
    (
        "Expected prediction",
        "The answer if the text ended at this word: the model's head applied to the hidden state "
        "of the step. At the last step it is the classification itself.",
    ),
    (
        "Hidden-state distance",
        "The Euclidean distance between the hidden state after a word and the one before, over all "
        "units. The state before the first word is zero.",
    ),
    (
        "Class contribution heatmap",
        "One row per class, one column per word: the probability of each class in the expected "
        "prediction.",
    ),
    (
        "Trajectory",
        "The hidden states of one sequence in order, drawn on the map of all states.",
    ),
    (
        "Contribution",
        "The change of a class's logit when a word was read. The logit is the number from which "
        "the probability is computed. All contributions and the logit of the zero state sum to the "
        "final logit.",
    ),
)

LAYERS = (
    (
        "What follows the choice",
        "Map, trajectory, distance bars and their threshold, labels of long jumps, the distance in "
        "tooltips, report and download. The distances of each state kind are shares of its own "
        "largest distance, so that 0.40 in one layer is not the same length as 0.40 in another.",
    ),
    (
        "What does not",
        "Words, heatmap, answers, contributions and all counts: they are of the model as a whole. "
        "The overview says how the answers were computed.",
    ),
    (
        "Cell state",
        "The second state of an LSTM, beside the hidden state. Its values have no bound, so that "
        "its jumps can be far longer.",
    ),
    (
        "Backward",
        "This direction of a layer reads from the end: its state at a word has read that word and "
        "all words after it, none before. A bar is the jump at that word in this order; the first "
        "state, and the start of the trajectory, are at the last word. Colours still show the "
        "answers for the text up to each word.",
    ),
)

LABELS = (
    (
        "Long jump",
        "The distance reaches the threshold, as a share of the largest distance in the run (at "
        f"first {DISTANCE:.2f}).",
    ),
    (
        "Confidence change",
        "The expected prediction of a class changed by the threshold or more (at first "
        f"{CONFIDENCE:.2f}).",
    ),
    ("Class change", "The most likely class is not the one of the step before."),
)

BRUSHES = (
    ("Class bar", "Click it for the sequences of a class, or a part of the lower bar."),
    (
        "Confusion cell",
        "Click it for the stored sequences of one class that are classified as another.",
    ),
    ("Box or lasso", "Choose the tool on the map and draw around states."),
    ("Step axis", "Drag across words, heatmap or distances for the states of those steps."),
    (
        "Search",
        "Words, or a regular expression with the switch beside the field; the case of letters is "
        "ignored.",
    ),
    ("Name of a cluster", "Click it on the map for the states of the cluster."),
    (
        "+ Filter",
        "The same filters as a menu, a range of the confidence, and a word or phrase of two words, "
        "for the states that have just read it.",
    ),
)

KEYS = (
    (("↑", "↓"), "The sequence before or after, in the order of the table."),
    (("←", "→"), "The step before or after."),
    (("/",), "Search the texts."),
    (("?",), "This page."),
    (("Esc",), "Cancel what is in progress, else remove the last filter, or close the sequence."),
)

LIMITS = (
    (
        "Expected prediction",
        "Exact: the model's own head applied to its own state. But the model was trained to answer "
        "at the end only. Before the end, the answer is what the head computes from the state so "
        "far, not a prediction that the training asked for.",
    ),
    (
        "Distance",
        "Exact as well. It shows that the state changed, but neither why, nor whether the answer "
        "did. The visible part of its bar, and the contribution, show how much the answer changed.",
    ),
    (
        "Contribution",
        "An account of when the logit changed, not of why: by how much it changed when the word "
        "was read, after all words before it. The same word can have another contribution "
        "elsewhere. What the answer would be without the word is another question, which Compare "
        "and Edit answer.",
    ),
    (
        "Map",
        "Shows which states are similar, as far as its trust goes. Gaps, sizes of clouds and "
        "angles can be artefacts of the method. Compare two methods before you rely on a shape; "
        "only PCA keeps directions.",
    ),
    (
        "Pattern",
        "A pattern found by looking is a hypothesis. Count it: filter, download, and test it on "
        "sequences that you have not looked at. To show what the model does without a word, or "
        "with another one, change the text and run the model again, with Edit.",
    ),
)
