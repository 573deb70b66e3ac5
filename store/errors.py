"""The one error that users see: a single line with the place, the fault and its fix."""

from typing import Self


def rebuild(run: str) -> str:
    """Return the fix of a run that must be built again: the command, and Make's in a checkout."""
    return f"Rebuild it: stateline build SOURCE --run {run}, or make run RUN={run}"


def printable(text: str) -> str:
    """Return a text in which a terminal finds nothing to obey: control characters as escapes.

    Also those that turn the direction of writing or have no width, and bytes of file names that are
    no text.
    """
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


class StatelineError(Exception):
    """Bad input, a bad file or a bad command; a programming error is never one of these.

    where     str        the file, setting or command that is at fault
    what      str        what is wrong with it
    expected  str | None the valid values; shown together with `got`
    got       str | None the value that was found
    fix       str | None the command or the change that fixes it

    `str(error)` is the line `<where>: <what>; expected <x>, got <y>. <fix>`.
    """

    def __init__(
        self,
        where: object,
        what: str,
        *,
        expected: object = None,
        got: object = None,
        fix: str | None = None,
    ) -> None:
        line = f"{where}: {what}"
        if expected is not None:
            line += f"; expected {expected}"
        if got is not None:
            line += f", got {got}" if expected is not None else f"; got {got}"
        if fix:
            line += f". {fix}"
        # A message is one line even if a file name or a cell value has line breaks.
        super().__init__(printable(" ".join(line.split())))

    @classmethod
    def from_line(cls, line: str) -> Self:
        """Return the error of a line that another one, or another process, told."""
        where, _, what = line.partition(": ")
        return cls(where, what)
