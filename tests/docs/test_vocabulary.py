"""Names, comments, messages and documents use the terms of docs/glossary.md.

Words that are always wrong are looked for everywhere. Words that are also plain English or a
library's (given, shape, gate) are looked for in names only, and where they would be wrong.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.project_files import ROOT, files
from tests.docs.scripts import script_parts

CODE = ("app", "pipeline", "store", "stateline", "examples", "tests")
SCRIPTS = ("app", "tests")

# Words of names: of files, functions, classes, variables, parameters and CSS classes.
NAMES = set(
    "given anatomy heard unheard company mates lexicon contradictions mend mended "
    "amiss usual".split()
)
# Names that one folder must not use; elsewhere they are English, a library's or a model's.
NAMES_OF = {
    "app/assets": {"pen", "sheets", "strokes", "turned", "ending"},
    "app/queries/state_kinds.py": {"measured"},
    "app/web": {"gate"},
    "pipeline": {"alone"},
    "store/manifest": {"shape"},
}
# Limits are named MAX_ and MIN_.
LIMITS = re.compile(r"^_?(MOST|LEAST)_")
# Wrong wherever they stand: in comments, docstrings, messages, help texts and documents.
PROSE = re.compile(
    r"\blexicon\w*|\banatom\w*|\bmend(?:s|ed|ing)?\b|\bamiss\b|\b(?:un)?heard\b|\bbatch.mates?\b"
    r"|\bin (?:other |different |two )?compan(?:y|ies)\b|\bhand(?:s|ed|ing)? over\b"
    r"|\bno such one\b|\bstands? there twice\b|\bcontradictions?\b|\busual\b",
    re.IGNORECASE,
)
# Texts of the pages that another wording has replaced: one name for each thing.
WORDING = re.compile(
    r"\bhad the\b.*\bended|all sequences pass|read from each state|element-wise|right and then lost"
    r"|least sure at best|visible in the answer|share of the run's longest|lines of density"
    r"|\bmean trust\b.*\d|light them on|when decided|opens it here|filters by it|a row a class"
    r"|a column a step|esc takes back",
    re.IGNORECASE,
)
# Name or text, where it may stand, and why.
EXCEPTIONS = {
    ("alone_error", ""): "key of the manifest",
}
# Files that hold the words on purpose: this test, and corpora whose texts are data.
DATA = ("tests/docs/test_vocabulary.py", "pipeline/demos/news_words.py",
        "pipeline/demos/review_words.py")  # fmt: skip


def words(name: str) -> set[str]:
    """Return the lower-case words of a name in snake, kebab or camel case."""
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name.replace("StyleSheet", "Stylesheet"))
    return {part.lower() for part in re.split(r"[^A-Za-z0-9]+|\s", parts) if part}


def wrong_name(name: str, where: str) -> bool:
    """Return whether a name of a file uses a word that it must not."""
    if any(name == each and where.startswith(place) for each, place in EXCEPTIONS):
        return False
    if name.startswith("test_"):  # A sentence.
        return bool(PROSE.search(name.replace("_", " ")))
    refused = NAMES.union(*(more for place, more in NAMES_OF.items() if where.startswith(place)))
    return bool(words(name) & refused) or bool(LIMITS.match(name))


def python_parts(text: str) -> Iterator[tuple[str, int, str]]:
    """Yield the kind ("name" or "prose"), line and text of each name, comment and string."""
    # Attributes of libraries, such as array.shape, are names that nobody here chose.
    previous = ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        kind = tokenize.tok_name[token.type]
        if kind == "NAME" and previous != ".":
            yield "name", token.start[0], token.string
        elif kind in ("COMMENT", "STRING", "FSTRING_MIDDLE"):
            yield "prose", token.start[0], token.string
        previous = token.string


def faults(path: Path) -> list[str]:
    """Return the wrong words of a file, each with its line."""
    where = path.relative_to(ROOT).as_posix()
    if where in DATA:
        return []
    found = [f"{where}: name of the file"] if wrong_name(path.stem, where) else []
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        parts = list(python_parts(text))
    elif path.suffix in (".js", ".mjs"):
        parts = list(script_parts(text))
    else:
        if path.name == "glossary.md":
            text = text.partition("## Words not used")[0]
        parts = [("prose", number, line) for number, line in enumerate(text.splitlines(), 1)]
    for kind, line, part in parts:
        if kind == "name" and wrong_name(part, where):
            found.append(f"{where}:{line}: {part}")
        elif kind == "prose":
            found += [f"{where}:{line}: {match[0]}" for match in PROSE.finditer(part)]
    return found


@pytest.mark.parametrize("folder", CODE)
def test_python_uses_the_terms_of_the_glossary(folder: str) -> None:
    assert [each for path in files({".py"}, (folder,)) for each in faults(path)] == []


@pytest.mark.parametrize("folder", SCRIPTS)
def test_scripts_styles_and_templates_use_the_terms_of_the_glossary(folder: str) -> None:
    suffixes = {".js", ".mjs", ".css", ".j2", ".toml"}
    assert [each for path in files(suffixes, (folder,)) for each in faults(path)] == []


def test_documents_use_the_terms_of_the_glossary() -> None:
    documents = [*ROOT.glob("*.md"), *files({".md", ".svg"}, (*CODE, "docs")), ROOT / "Makefile"]
    assert [each for path in documents for each in faults(path)] == []


def test_the_pages_use_one_wording() -> None:
    suffixes = {".py", ".js", ".j2", ".md"}
    shown = [*files(suffixes, ("app",)), ROOT / "docs" / "exploring.md"]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in shown
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for match in WORDING.finditer(line)
    ]
    assert found == []


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the docstring of each module, class and function of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "lineno", 1), text


@pytest.mark.parametrize("folder", CODE)
def test_no_docstring_opens_with_what(folder: str) -> None:
    opened = [
        f"{path.relative_to(ROOT)}:{line}: {text.splitlines()[0]}"
        for path in files({".py"}, (folder,))
        for line, text in docstrings(path)
        if re.match(r"what\b", text, re.IGNORECASE)
    ]
    assert opened == []


def test_wrong_words_are_found() -> None:
    assert wrong_name("given_files", "app/x.py") and wrong_name("LexiconMap", "app/x.py")
    assert wrong_name("MOST_ROWS", "app/x.py") and wrong_name("gate", "app/web/gate.py")
    assert not wrong_name("gate", "pipeline/models/keras/gates.py")
    assert not wrong_name("styleSheets", "app/x.js")
    assert PROSE.search("# the command that mends it") and PROSE.search("read in other company")
    assert not PROSE.search("unusually") and not PROSE.search("recommended, amended")


def test_exceptions_are_needed() -> None:
    text = {path: path.read_text(encoding="utf-8") for path in files({".py"}, CODE)}
    for name, place in EXCEPTIONS:
        assert any(
            re.search(rf"\b{name}\b", body)
            for path, body in text.items()
            if path.relative_to(ROOT).as_posix().startswith(place)
            and path.name != "test_vocabulary.py"
        ), f"{name} in {place or 'any folder'} is no longer there: remove the exception"
