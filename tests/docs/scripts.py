"""Names, comments and strings of a script, without a parser of JavaScript."""

import re
from collections.abc import Iterator

# In this order: a comment, a string, a regular expression (only where a value may begin), a name.
PARTS = re.compile(
    r"(?P<comment>//[^\n]*|/\*.*?\*/)"
    r"|(?P<string>\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)"
    r"|(?P<regex>(?<=[(,=:\[!&|?{};])\s*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+/[a-z]*)"
    r"|(?P<name>[A-Za-z_$][\w$]*)",
    re.DOTALL,
)


def script_parts(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield the kind ("name" or "prose"), line and text of each name, comment and string."""
    for match in PARTS.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        if match["name"]:
            yield "name", line, match["name"]
        elif match["comment"] or match["string"]:
            yield "prose", line, match[0]
