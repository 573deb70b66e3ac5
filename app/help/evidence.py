"""Help on contributions, the turning point, and what each measure does and does not show."""

from dash import html

from stateline.app.help.parts import Body, terms

MEASURES = (
    (
        "Contribution",
        "By how much did the logit change when the model read this word, after everything before "
        "it? With a linear head it is exact, W·(h[t] − h[t−1]), and all contributions sum to the "
        "final logit minus the logit before the first step. It is an account of when the logit "
        "changed, and does not say which words caused the change.",
    ),
    (
        "Leave-one-out",
        "What would the answer be without this word? The final logit minus the final logit of the "
        "same sequence without the step, from another run of the model. The model may never have "
        "seen such a text, and where two words say the same, each may get little.",
    ),
    (
        "Integrated gradients",
        "How sensitive is the logit to the word, along the path from an empty input? The "
        "gradients along the line from zero embeddings to the real ones, shared out among the "
        "steps. They sum to the change of the logit, up to a small numerical error. The line "
        "passes through inputs that no text has, and another baseline gives other values.",
    ),
    (
        "Agreement",
        "ρ is Spearman's rank correlation with the contributions: 1 for the same order of steps. A "
        "framed column has another sign than in the contributions, and a bar of at least a quarter "
        "of the longest one in both rows. They answer different questions: name the one that you "
        "report.",
    ),
)


def evidence_section() -> Body:
    """Return how to read the sentence above a sequence and the bars under the heatmap."""
    return [_sentence(), _contributions(), _distances(), *_comparison(), _stretch()]


def _sentence() -> html.P:
    return html.P(
        "The sentence above a sequence says for how long the answer was correct, at which step it "
        "gained most, and when it settled. The gain is the change of the answer's logit minus that "
        "of another class: the actual one in a misclassified sequence, else the second most likely "
        "one. In a misclassified sequence the step is the turning point. It is framed in the text "
        "and on the map, and shaded on the step axis. Where no step raised the answer, the "
        "sentence says so, and there is no turning point. The step says when the logits changed, "
        "not why."
    )


def _contributions() -> html.P:
    return html.P(
        "The contribution bars under the heatmap point upwards for steps that raised the logit of "
        "the class chosen above them (at first the predicted one), and downwards for steps that "
        "lowered it. The line above them is the sum, from the logit before the first step to the "
        "final logit, which is written at its end. With one sigmoid unit the bars of the two "
        "classes are mirror images. With softmax a bar is the change of one class's logit; what "
        "all classes gain alike does not change the answer. Contributions belong to the head, "
        "whichever layer the map shows. If the head is not linear, the page says that they are "
        "measured differences: still the change of the logit, but not a weight times a change of "
        "the state. If the model answers whole texts only, the sum starts at zero."
    )


def _distances() -> html.P:
    return html.P(
        "If the head reads the states shown, a distance bar has two parts. The lower part, in full "
        "colour, changes the prediction: the component of the jump in the directions of the head's "
        "weights, visible in the tables. The pale rest is memory only, silent in the tables: it "
        "changed the state but not the prediction. The two add up by their squares, visible² + "
        "silent² = distance², and the bar is divided in that proportion. A bar that is pale "
        "throughout left the logits as they were at that step; a later step can make the change "
        "visible."
    )


def _comparison() -> Body:
    return [
        html.P(
            "Compare computes two other measures of the same sequence and class with the model "
            "itself, where it is installed. All bars are logits on one scale."
        ),
        terms(MEASURES),
        html.P(
            "Two reviews of demo-reviews show the difference; the bounds held at every seed that "
            "was tried. In “I enjoyed the story. However, I hated the humour. …” the logit of "
            "positive rises by more than 5 when “enjoyed” is read, yet without it the final logit "
            "differs by less than 1: in this grammar the half before “However” decides nothing. In "
            "“The mood was not superb. …” the logit falls by less than 1 when “not” is read, if at "
            "all, yet without it the final logit is higher by more than 10: “not” reverses "
            "the meaning of the word after it."
        ),
    ]


def _stretch() -> html.P:
    return html.P(
        "A map distorts lengths. A segment is dotted if it is drawn at least three times too long "
        "for its distance, compared with the other segments of the map, and a double line if it is "
        "drawn at least three times too short. The legend counts both, and the tooltip of a "
        "segment says by what factor it is too long or too short."
    )
