"""Files as the store reads and writes them: digests, identities, JSON that is flushed."""

import hashlib
import json
import os
from pathlib import Path

# What tells a file from another one that took its place, and from itself once it is rewritten.
Identity = tuple[int, int, int]


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def write_json(path: Path, content: object) -> None:
    """A JSON file, flushed to the disk."""
    with path.open("w", encoding="utf-8") as out:
        json.dump(content, out, indent=1)
        out.write("\n")
        out.flush()
        os.fsync(out.fileno())


def identity(file: os.stat_result) -> Identity:
    """The identity of a file from what the disk says of it."""
    return file.st_ino, file.st_mtime_ns, file.st_size


def file_identity(path: Path) -> Identity | None:
    """The identity of the file that is there; None where there is none."""
    try:
        return identity(path.stat())
    except FileNotFoundError:
        return None
