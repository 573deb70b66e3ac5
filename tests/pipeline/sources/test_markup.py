"""HTML in texts: taken out where there evidently is any, and nothing else touched."""

import hypothesis
import polars as pl
import pytest
from hypothesis import strategies as st

from stateline.pipeline.sources.markup import plain_text, without_markup

MARKUP = {
    "one<br /><br>two": "one\n\ntwo",
    "<p class='a b'>hi</p><i>it</i>alic": "\nhi\nitalic",
    "tea &amp; cake &#8217;t &#x27;x&#x27; &eacute;t&eacute;": "tea & cake ’t 'x' été",
    "&amp;quot;twice&amp;quot;": '"twice"',
    '<a href="http://x.org/?a=1&amp;b=2" target=_blank>link</a>': "link",
    "a<!-- <p> -->b<script>var x = 1 < 2;</script>c": "a\nb\nc",
    "<!DOCTYPE html><html><body>x</body></html>": "\n\n\nx\n\n",
    "<?xml version='1.0'?><!-- a < b -->x<br/ >y": "\n\nx\ny",
    "<INPUT type=checkbox checked>on": "\non",
}
UNTOUCHED = (
    "a < b and c > d", "if a <b and c> d", "x<y>z", "List<String> <T>", "AT&T R&D", "&nosuch; &",
    "I <3 you", "<grin> and </rant>", "5 <6", "<br", "email <jo@x.org>", "Q&A; done", "",
)  # fmt: skip


@pytest.mark.parametrize(("text", "plain"), MARKUP.items())
def test_tags_and_entities_are_taken_out(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def test_what_is_no_html_stays_as_it_is() -> None:
    texts = pl.Series(UNTOUCHED)
    found, changed = without_markup(texts)
    assert changed == 0 and found.to_list() == list(UNTOUCHED)


def test_changed_texts_are_counted() -> None:
    texts = pl.Series(["<b>x</b>", "y", None, "a < b", "&lt;"])
    found, changed = without_markup(texts)
    assert found.to_list() == ["x", "y", None, "a < b", "<"] and changed == 2


@hypothesis.settings(max_examples=200, deadline=None, derandomize=True)
@hypothesis.given(st.text(st.sampled_from("ab <>&;/'\"=1"), max_size=20))
def test_only_whole_tags_of_html_and_entities_go(text: str) -> None:
    """The rest is the text with some stretches taken out."""
    rest = iter(text)
    assert all(character in rest for character in plain_text(text).replace("\n", ""))
