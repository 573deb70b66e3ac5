"""See what a recurrent network held in its hidden state after every word.

`build_store` and `build_store_from_states` turn a trained model, or arrays of states, into a run of
a store; `open_run` and `list_runs` read what is there. The app is `stateline app`.
"""

from importlib import import_module

__all__ = ["build_store", "build_store_from_states", "list_runs", "open_run"]

# Imported when first used: reading a store needs nothing of what builds one.
_HOMES = {
    "build_store": "stateline.pipeline.build",
    "build_store_from_states": "stateline.pipeline.build",
    "list_runs": "stateline.store.reader",
    "open_run": "stateline.store.reader",
}


def __getattr__(name: str) -> object:
    """Return a public function from the module that defines it."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'stateline' has no attribute {name!r}")
