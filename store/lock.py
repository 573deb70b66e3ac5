"""A lock on a run while it is built or written, which ends with the processes that hold it."""

import errno
import fcntl
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from stateline.store.errors import StatelineError

# Names the locks under which the processes work that a holder starts.
INHERITED = "STATELINE_LOCKS"
# What a file system without locks answers.
WITHOUT = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}

_held: ContextVar[frozenset[str]] = ContextVar("held", default=frozenset())


def acquire(path: Path) -> int | None:
    """Take the lock of a file, which is made where it does not exist.

    The system frees it when the last process that has the descriptor ends, however it ends; a
    file that is left over locks nothing.

    returns  descriptor of the locked file, to be released; None: another process has it
    raises   OSError  the file cannot be made
    """
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if not lock_descriptor(lock, path):
            os.close(lock)
            return None
        # Its holder may have removed the file between the two calls: that one locks nothing.
        if is_at(lock, path):
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
            return lock
        os.close(lock)


def lock_descriptor(lock: int, path: Path) -> bool:
    """Lock an open file; False where another process has its lock."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in WITHOUT:
            os.close(lock)
            raise
        warnings.warn(
            f"{path.parent}: its file system has no locks; do not build one run twice at once",
            stacklevel=2,
        )
    return True


def is_at(lock: int, path: Path) -> bool:
    """Whether a path leads to the file of a descriptor."""
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False


def release(lock: int, path: Path) -> None:
    """Remove the file of a lock that this process has, and free the lock."""
    if is_at(lock, path):
        path.unlink()
    os.close(lock)


def is_locked(path: Path) -> bool:
    """Whether a living process has the lock of a file."""
    try:
        lock = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        return not lock_descriptor(lock, path)
    finally:
        os.close(lock)


def holder(path: Path) -> str:
    """Return `process N` of the one that took a lock, for a message."""
    try:
        number = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        number = ""
    return f"process {number}" if number.isdecimal() else "another process"


def held_locks() -> frozenset[str]:
    """Return the paths of the locks under which this thread works, its process' own included."""
    inherited = os.environ.get(INHERITED, "").split(os.pathsep)
    return _held.get() | {path for path in inherited if path}


def child_environment() -> dict[str, str]:
    """Return the environment of a process that is to work under the locks of this thread."""
    return {**os.environ, INHERITED: os.pathsep.join(sorted(held_locks()))}


@contextmanager
def locked(path: Path, run: str) -> Iterator[None]:
    """Hold the lock of a run; nothing is done where this thread works under it already.

    raises  StatelineError  another process, or another thread, has it
    """
    name = str(path.resolve())
    if name in held_locks():
        yield
        return
    lock = take(path, run)
    token = _held.set(_held.get() | {name})
    try:
        yield
    finally:
        _held.reset(token)
        release(lock, path)


def take(path: Path, run: str) -> int:
    """Take the lock of a run; returns its descriptor.

    raises  StatelineError  another process has it, or its file cannot be made
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = acquire(path)
    except OSError as error:
        reason = error.strerror or error
        raise StatelineError(path.parent, f"cannot be written ({reason})") from None
    if lock is None:
        raise StatelineError(
            f"run {run}",
            f"is being built by {holder(path)}",
            fix="Wait until that ends, stop it, or name another run",
        )
    return lock
