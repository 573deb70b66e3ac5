"""Why a word is called a shortcut, in a sentence."""


def reason(word: dict, classes: list[dict]) -> str:
    """What a shortcut does to the answer, and what the labels say of it.

    word     a row of words.parquet whose `shortcut` is not null: several test sequences hold it
    classes  C  the manifest's, with the test sequences of each
    """
    towards = word["towards"]
    name, split = classes[towards]["name"], word["test"]
    # A small error keeps a second digit: ± 0.0 would say that there is none.
    digits = 1 if word["effect_se"] >= 0.05 else 2
    everywhere = classes[towards]["test"] / sum(each["test"] for each in classes)
    return (
        f"pushes {word['effect']:+.{digits}f} (± {word['effect_se']:.{digits}f}) towards {name}, "
        f"while of the {sum(split):,} test sequences that hold it "
        f"{_percent(split[towards] / sum(split))} are {name} (all: {_percent(everywhere)}); "
        f"{_training(word['train'], towards)}; {_errors(word)}."
    )


def _training(counts: list[int] | None, towards: int) -> str:
    """What the model met: the share of the class among the training sequences that hold it."""
    if counts is None:
        return "the training split is not known"
    if not sum(counts):
        return "in training it never occurs"
    return f"in training {_percent(counts[towards] / sum(counts))}"


def _errors(word: dict) -> str:
    with_it = f"wrong {_percent(word['error_with'])} with it"
    if word["error_without"] is None:
        return f"{with_it}, and every stored sequence holds it"
    return f"{with_it}, {_percent(word['error_without'])} without"


def _percent(share: float) -> str:
    """A whole number; the sign stays on its line."""
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
