"""See what a recurrent network held in its hidden state after every word.

`build_store` and `build_store_from_states` turn a trained model, or arrays of states, into a run of
a store; `open_run` and `list_runs` read what is there. The app is `stateline app`.
"""

import tomllib
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stateline.pipeline.build import build_store, build_store_from_states
    from stateline.store.reader import open_run
    from stateline.store.runs import list_runs

    __version__: str

__all__ = ["__version__", "build_store", "build_store_from_states", "list_runs", "open_run"]

# Imported when first used: reading a store needs nothing of what builds one.
_MODULES = {
    "build_store": "stateline.pipeline.build",
    "build_store_from_states": "stateline.pipeline.build",
    "list_runs": "stateline.store.runs",
    "open_run": "stateline.store.reader",
}


def __getattr__(name: str) -> object:
    """Return a public function from the module that defines it.

    raises  AttributeError  for an unknown name
            ImportError     where the function needs a library that the base installation leaves out
    """
    if name == "__version__":
        return _version()
    if name not in _MODULES:
        raise AttributeError(f"module 'stateline' has no attribute {name!r}")
    try:
        return getattr(import_module(_MODULES[name]), name)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if missing.partition(".")[0] == "stateline":
            raise
        raise ImportError(
            f'stateline.{name} needs {missing}: pip install "stateline[keras]"', name=missing
        ) from error


def _version() -> str:
    """Return the version, from what pip installed; in a checkout that it did not, from the file."""
    try:
        return metadata.version("stateline")
    except metadata.PackageNotFoundError:
        project = Path(__file__).parents[1] / "pyproject.toml"
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])


def __dir__() -> list[str]:
    """Return the public names, for completion."""
    return [*globals(), *__all__]
