"""The help page on contributions, the turning point and how far both can be believed."""

from dash import html

from stateline.app.help.parts import terms

PROOFS = (
    (
        "A contribution",
        "says what the logit of a class gained at the very step, with all before it read. With a "
        "linear head it is exact, W·(h[t] − h[t−1]), and all of them add up to the final logit. It "
        "gives a word what the state did there: a word that only prepares the next one, such as "
        "“not”, may get little, and the next one all of it. It does not say what the answer would "
        "be without the word.",
    ),
    (
        "Leave-one-out",
        "says that: the final logit less the one that the model gives without the step, run again. "
        "But a text with a hole is one that the model may never have seen, and of two words that "
        "say the same neither is missed.",
    ),
    (
        "Integrated gradients",
        "follow the final logit from a text of zero embeddings to the real one and share its "
        "change out among the steps; they sum to that change, within the small gap of the method. "
        "The way leads through inputs that no text has, and another starting point shares out "
        "otherwise.",
    ),
    (
        "Agreement",
        "ρ is Spearman's rank correlation with the contributions, 1 for the same order of steps. A "
        "framed column has the other sign in both rows, with bars of a quarter of their row's "
        "longest or more. Where the three agree, a word mattered whichever way one asks; where "
        "they do not, say which question you asked.",
    ),
)


def evidence_section() -> list:
    """How to read the bars under the heatmap, the sentence at the head, and their limits."""
    return [
        html.P(
            "The sentence at the head of a sequence says how the answer came about: how long it "
            "was right, which step moved it most, and when it settled. In a sequence that is "
            "classified wrongly that step is the turning point: there the actual class lost most "
            "against the predicted one, and the number is that loss, in logits. It is framed in "
            "the text and on the map, and shaded on the step axis. Elsewhere the number is what "
            "the answer gained on the runner-up."
        ),
        html.P(
            "Contribution bars stand under the heatmap: upwards for the class that is chosen over "
            "them, at first the answer, downwards against it. Over them runs the sum, from the "
            "logit before the first step to the final one, which stands at its end. With one "
            "sigmoid unit the two classes are each other's mirror. With softmax a bar is the raw "
            "logit of the one class; what all classes gain at once changes no answer. They are "
            "the head's, whichever layer the map shows. Where the head is not linear the page "
            "says that they are measured differences: still what the logit gained, but not a "
            "weight times a change of the state; where the model gives answers for whole texts "
            "only, the sum starts at zero."
        ),
        html.P(
            "A distance bar has two parts where the head reads these states. Its foot, in full "
            "colour, is the visible share: the part of the jump that the head's weights see. The "
            "pale rest is silent: it changed the memory, not the answer. Lengths add up by their "
            "squares, visible² + silent² = distance², and so does the bar's division. A long pale "
            "bar is no influence, at least not yet: a later step can make it visible."
        ),
        html.P(
            "Compare asks the model itself, where it is installed, for two other measures of the "
            "same sequence and class. All bars are logits on one scale."
        ),
        terms(PROOFS),
        html.P(
            "A map bends lengths. A segment that is drawn three times too long for its distance, "
            "or more, measured by how others of the map are drawn, is dotted; one that is drawn "
            "three times too short is a double line. The legend counts both, and the tooltip of a "
            "segment says how many times as long it is drawn."
        ),
    ]
