"""Texts as Plotly writes them: it reads tags, entities and templates in any text that it draws."""

import re

# Of tags and entities, of templates such as %{meta}, and of formulas between dollars.
SPECIAL = re.compile(r"[&<>{$]")


def plotly_text(text: str) -> str:
    """Return a text that Plotly draws letter by letter, whatever is in it.

    The same rule stands in client/lib/plotly-text.js.
    """
    return SPECIAL.sub(lambda letter: f"&#{ord(letter[0])};", text)
