"""What the help page lists: terms, labels, brushes, keys and limits, a name and a sentence each."""

from stateline.app.queries.limits import CONFIDENCE, DISTANCE

TERMS = (
    (
        "Sequence and step",
        "A sequence is one text, or one numeric series, as the model reads it. A step is one word "
        "of it, or the numbers read at once, counted from 0.",
    ),
    (
        "Hidden state",
        "The numbers, one a unit, that the recurrent layer holds after a word. The answer is read "
        "from it, and the next word is read with it (in an LSTM, beside its cell state).",
    ),
    (
        "Expected prediction",
        "The answer, had the text ended at this word: the trained head applied to the hidden "
        "state of the step. At the last step it is the classification itself.",
    ),
    (
        "Hidden-state distance",
        "How far a word moved the hidden state, over all units (Euclidean). The first word is "
        "measured from the zero state.",
    ),
    (
        "Class contribution heatmap",
        "A row a class, a column a step: the share of each class in the expected prediction.",
    ),
    (
        "Trajectory",
        "The hidden states of one sequence in order, drawn on the map of all states.",
    ),
    (
        "Contribution",
        "What a word added to the logit of a class, the number behind its probability. All "
        "contributions and the logit of the zero state sum to the final logit.",
    ),
)

LAYERS = (
    (
        "What follows the choice",
        "map, trajectory, distance bars and their threshold, labels of long jumps, the distance in "
        "tooltips, report and download. Each kind of state is measured against its own largest "
        "distance, so that 0.40 in one layer is another length than 0.40 in the next.",
    ),
    (
        "What does not",
        "words, heatmap, answers, contributions and all counts: they are of the model, whichever "
        "of its states one looks at. The overview says how the answers were found.",
    ),
    (
        "Cell state",
        "what an LSTM keeps beside its hidden state. It has no bound, so that its jumps can be "
        "far longer.",
    ),
    (
        "Backward",
        "this direction of a layer reads from the end: its state at a word has read that word and "
        "all after it, and nothing before. A bar is the jump that the word caused in this order; "
        "the first state, and the start of the trajectory, are at the last word. Colours stay "
        "the answers for the text up to each word, of which this state has read that word only.",
    ),
)

LABELS = (
    (
        "Long jump",
        "the state moved by the threshold or more, as a share of the largest distance in the run "
        f"(at first {DISTANCE:.2f})",
    ),
    (
        "Confidence change",
        "the expected prediction of a class changed by the threshold or more "
        f"(at first {CONFIDENCE:.2f})",
    ),
    ("Class change", "the most likely class is another one than before"),
)

BRUSHES = (
    ("Class bar", "click it for the sequences of a class, or a part of the bar under it"),
    (
        "Confusion cell",
        "click it for the stored sequences of one class that are classified as another",
    ),
    ("Box or lasso", "choose the tool on the map and draw around states"),
    ("Step axis", "drag across words, heatmap or distances of it for the states of those steps"),
    (
        "Search",
        "plain words, or a regular expression with the switch beside the field; capitals do not "
        "matter",
    ),
    ("Name of a cluster", "click it on the map for the states in it"),
    (
        "+ Filter",
        "the same by menu, the confidence, as a range, and a word or two that follow each other, "
        "for the states that have just read them",
    ),
)

KEYS = (
    (("↑", "↓"), "the sequence before or after, in the order of the table as it is sorted"),
    (("←", "→"), "the step before or after"),
    (("/",), "search the texts"),
    (("?",), "this page"),
    (("Esc",), "give up what is under way, else take back the last: a filter, or the sequence"),
)

LIMITS = (
    (
        "Expected prediction",
        "is exact: the model's own head on its own state. But the model was trained "
        "to answer at the end only. In the middle of a text its answer is what the "
        "state gives so far, not a judgement that it was ever asked for.",
    ),
    (
        "Distance",
        "is exact as well, and says that the memory changed, not why, nor that the "
        "answer did. The visible part of its bar, and the contribution, say how far it did.",
    ),
    (
        "Contribution",
        "is what the answer gained at a word, with all words before it read. The same "
        "word can add something else elsewhere. It does not say what the answer would "
        "be without the word.",
    ),
    (
        "A map",
        "shows which states are alike, as far as its trust goes. Gaps, sizes of "
        "clouds and angles can be the method's own. Compare two methods before you "
        "believe a shape; PCA alone keeps directions.",
    ),
    (
        "A pattern",
        "found by looking is a guess. Count it: filter, download, and test it on "
        "sequences that you have not looked at. A cause is shown only by changing the "
        "text and running the model again: Edit does that.",
    ),
)
