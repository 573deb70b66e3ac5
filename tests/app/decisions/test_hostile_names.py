"""Names of classes that Plotly would read as tags, entities or templates."""

import json
import re
from collections.abc import Iterator

import pytest

from stateline.app.decisions import cards
from stateline.app.decisions.choices import parse_choices
from stateline.store.reader import Run
from tests.hostile import NAMES

# Keys of a figure whose text Plotly draws; all others of ours are tooltips, which scripts escape.
DRAWN = {"name", "text", "title", "ticktext", "hovertext", "hovertemplate", "texttemplate"}


def drawn_texts(value: object, key: str = "") -> Iterator[str]:
    """Every text of a figure's JSON that Plotly draws."""
    if isinstance(value, dict):
        for inner, each in value.items():
            if inner not in ("meta", "customdata"):
                yield from drawn_texts(each, inner)
    elif isinstance(value, list):
        for each in value:
            yield from drawn_texts(each, key)
    elif isinstance(value, str) and key in DRAWN:
        yield value


def figures(value: object) -> Iterator[dict]:
    """Every Plotly figure of a layout's JSON."""
    if isinstance(value, dict):
        if "data" in value and "layout" in value:
            yield value
        for each in value.values():
            yield from figures(each)
    elif isinstance(value, list):
        for each in value:
            yield from figures(each)


@pytest.fixture
def hostile(several: Run) -> Run:
    """The run of four classes, with hostile names."""
    corpus = several.manifest.corpus
    classes = [
        each.model_copy(update={"name": name})
        for each, name in zip(corpus.classes, NAMES, strict=True)
    ]
    renamed = corpus.model_copy(update={"classes": classes})
    manifest = several.manifest.model_copy(update={"corpus": renamed})
    return Run(several.folder, manifest, "hostile")


def test_no_figure_holds_a_text_that_plotly_would_read_as_more_than_letters(hostile: Run) -> None:
    made = cards.cards(hostile, parse_choices(hostile, {}))
    text = json.dumps(made, default=lambda part: part.to_plotly_json())
    found = list(figures(json.loads(text)))
    texts = [text for figure in found for text in drawn_texts(figure)]
    assert len(found) >= 5
    # Of what is written to be read, the entities of escaped letters are all that is left.
    assert not [text for text in texts if re.search(r"[<>{$]|&(?!#\d+;)", text)]
    read = {re.sub(r"&#(\d+);", lambda code: chr(int(code[1])), text) for text in texts}
    present = {NAMES[label] for label in hostile.sequences["label"].unique()}
    assert present <= read and len(present) > 1
