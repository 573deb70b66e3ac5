"""Markup of web pages in texts: tags and entities of HTML, taken out where there evidently are any.

A parser of HTML drops whatever it takes for a tag. Here only complete tags of HTML's own elements
go, and entities that HTML defines: "a < b", "List<String>" and "AT&T" stay.
"""

import html
import re
from html.entities import html5

import polars as pl

# Elements within a line, which do not separate words; all others do.
INLINE = set(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt "
    "ruby s samp small span strike strong sub sup time tt u var wbr".split()
)
BLOCK = set(
    "address applet area article aside audio base blink blockquote body br button canvas caption "
    "center col colgroup dd details dialog dir div dl dt embed fieldset figcaption figure footer "
    "form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input legend li "
    "link main map marquee menu meta meter nav noframes noscript object ol optgroup option output "
    "p param picture pre progress section select source summary svg table tbody td template "
    "textarea tfoot th thead title tr track ul video".split()
)
ATTRIBUTE = r"""\s+[\w:@.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'|[^\s"'<>=`]+)"""
SWITCH = r"\s+(?:checked|disabled|selected|nowrap|noshade|hidden|controls|async|defer|compact)"
NAME = "|".join(sorted(INLINE | BLOCK, key=len, reverse=True))
TAG = re.compile(rf"</?({NAME})(?:{ATTRIBUTE}|{SWITCH})*\s*/?\s*>", re.IGNORECASE)
# What is no text at all: comments, the kind of document, scripts and styles.
UNSEEN = re.compile(
    r"<!--.*?-->|<\?xml\b[^<>]*\?>|<!doctype\b[^<>]*>|<(script|style)\b[^<>]*>.*?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Texts without these hold no markup: most are told apart without Python.
PERHAPS = r"<[!?/A-Za-z][^<>]*>|<!--|&#?[A-Za-z0-9]+;"
# An entity that was written twice (&amp;quot;) is resolved twice.
MAX_TIMES = 3


def without_markup(texts: pl.Series) -> tuple[pl.Series, int]:
    """Return texts without tags and entities of HTML, and how many had any.

    texts    String (S,)
    returns  String (S,); a tag that does not stand within a line becomes a line break
    """
    places = texts.str.contains(PERHAPS).fill_null(False).arg_true()
    old = texts.gather(places)
    new = pl.Series([plain_text(text) for text in old], dtype=pl.String)
    changed = int((new != old).sum())
    return (texts.scatter(places, new) if changed else texts), changed


def plain_text(text: str) -> str:
    """Return a text without tags and entities of HTML."""
    text = UNSEEN.sub("\n", text)
    text = TAG.sub(lambda tag: "" if tag[1].lower() in INLINE else "\n", text)
    for _ in range(MAX_TIMES):
        resolved = ENTITY.sub(resolve, text)
        if resolved == text:
            break
        text = resolved
    return text


def resolve(entity: re.Match[str]) -> str:
    """Return the character of an entity; what HTML does not define stays."""
    name = entity[0][1:]
    return html.unescape(entity[0]) if name.startswith("#") or name in html5 else entity[0]
