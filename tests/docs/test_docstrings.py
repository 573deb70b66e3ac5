"""Docstrings of public functions say what is raised, and shape and dtype of arrays."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.docs.project_files import ROOT, files

PACKAGES = ("app", "pipeline", "store", "stateline")
ARRAYS = re.compile(r"\b(?:ndarray|NDArray)\b")
SHAPE = re.compile(r"\((?:[A-Z]\w?|n|m|count|rows|length|height|\d+|\.\.\.)(?: [+-] \d+)?,[^()]*\)")
DTYPE = re.compile(r"\b(?:float|int|uint)(?:8|16|32|64)?\b|\bbool\b|\bany type\b")


class Function(NamedTuple):
    """A public function or method, with where it is defined."""

    where: str
    node: ast.FunctionDef

    @property
    def docstring(self) -> str:
        """Its docstring, empty where it has none."""
        return ast.get_docstring(self.node) or ""


def is_interface(node: ast.FunctionDef) -> bool:
    """Return whether a function is a signature only, as in a Protocol."""
    return ast.unparse(node.body[-1]) == "..."


def is_command(node: ast.FunctionDef) -> bool:
    """Return whether a docstring is the help text of a command, whose errors its caller names."""
    decorated = any("command" in ast.unparse(each) for each in node.decorator_list)
    return decorated or node.name == "main"


def public_functions(path: Path) -> Iterator[Function]:
    """Yield the public functions of a module, and the public methods of its public classes."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [tree.body]
    bodies += [
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]
    for node in (each for body in bodies for each in body):
        public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if public and not is_interface(node):
            yield Function(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node)


FUNCTIONS = [each for path in files({".py"}, PACKAGES) for each in public_functions(path)]


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a function, without those of functions defined inside of it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            yield child
            yield from own_nodes(child)


def raised(node: ast.FunctionDef) -> set[str]:
    """Return the names of the errors that a function raises by itself."""
    names = set()
    for each in own_nodes(node):
        if isinstance(each, ast.Raise) and isinstance(each.exc, ast.Call):
            name = ast.unparse(each.exc.func)
            names |= {name} if name.endswith("Error") else set()
    return names


def array_aliases() -> set[str]:
    """Return the names of the project's type aliases of arrays."""
    found = set()
    for path in files({".py"}, PACKAGES):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                value = node.value
                named = isinstance(value, ast.Subscript | ast.Attribute | ast.BinOp)
                if named and isinstance(target, ast.Name) and ARRAYS.search(ast.unparse(value)):
                    found.add(target.id)
    return found


ALIASES = array_aliases()


def annotations(node: ast.FunctionDef) -> str:
    """Return the annotations of a function as text."""
    parts = [node.args.vararg, *node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    found = [part.annotation for part in parts if part is not None and part.annotation]
    return " ".join(ast.unparse(each) for each in (*found, *([node.returns] * bool(node.returns))))


def takes_arrays(node: ast.FunctionDef) -> bool:
    """Return whether a parameter or the result of a function is annotated as an array."""
    text = annotations(node)
    return bool(ARRAYS.search(text)) or bool(set(re.findall(r"\w+", text)) & ALIASES)


def describes_arrays(function: Function) -> bool:
    """Return whether a docstring gives shape and dtype; of AnyArray alone, shape."""
    text = annotations(function.node)
    typed = ARRAYS.search(text) or set(re.findall(r"\w+", text)) & (ALIASES - {"AnyArray"})
    shaped = bool(SHAPE.search(function.docstring))
    return shaped and (not typed or bool(DTYPE.search(function.docstring)))


def test_functions_that_raise_say_so() -> None:
    raising = [each for each in FUNCTIONS if raised(each.node) and not is_command(each.node)]
    assert len(raising) > 60
    assert [each.where for each in raising if not re.search(r"\braises\b", each.docstring)] == []


def test_functions_of_arrays_give_shape_and_dtype() -> None:
    arrays = [each for each in FUNCTIONS if takes_arrays(each.node)]
    assert len(arrays) > 80
    assert [each.where for each in arrays if not describes_arrays(each)] == []


def test_public_functions_have_docstrings() -> None:
    assert [each.where for each in FUNCTIONS if not each.docstring] == []
