"""Options of reading a file: its columns, and what is not left to be found."""

from collections.abc import Sequence
from dataclasses import dataclass

from stateline.pipeline.run.facts import Settings
from stateline.store.errors import StatelineError

# Names of separators that are awkward to type.
TYPED = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "blank": " "}


@dataclass(frozen=True)
class ReadOptions:
    """Columns of a file and how to read it; empty or `auto` where that is found from the file.

    text, label  names of columns, or their numbers from 1
    id, split    of optional columns; empty: there is none
    classes      names that are classes even if they look like a missing value
    """

    text: str = "text"
    label: str = "label"
    id: str = ""
    split: str = ""
    header: str = "auto"
    quotes: str = "auto"
    separator: str = ""
    encoding: str = ""
    classes: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, str]:
        """The column of each knob; empty: there is none."""
        return {"TEXT": self.text, "LABEL": self.label, "ID": self.id, "SPLIT": self.split}

    @property
    def wanted(self) -> list[str]:
        """Columns that must be there."""
        return [name for name in self.columns.values() if name]

    @property
    def numbered(self) -> bool:
        """Whether every column is named by its number, counted from 1."""
        return all(name.isdecimal() and int(name) for name in self.wanted)

    def names_in(self, names: Sequence[str]) -> bool:
        """Return whether a header holds every column that is asked for."""
        return set(self.wanted) <= {name.strip() for name in names}


def read_options(settings: Settings) -> ReadOptions:
    """Return the options of the corpus stage's settings.

    raises  StatelineError  a separator of several characters
    """
    typed: str = settings["separator"]
    separator = TYPED.get(typed, typed)
    if len(separator) > 1:
        raise StatelineError(
            f"SEPARATOR={separator}",
            "not a separator",
            expected=f"one character, or one of {', '.join(TYPED)}",
        )
    named = ("text", "label", "id", "split", "header", "quotes", "encoding")
    return ReadOptions(
        **{name: settings[name] for name in named},
        separator=separator,
        classes=tuple(settings["classes"]),
    )
