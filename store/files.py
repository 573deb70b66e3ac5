"""Digests and identities of files, and files that are flushed to the disk."""

import hashlib
import os
from pathlib import Path

# Differs between a file and another one that took its place, or the same one once rewritten.
Identity = tuple[int, int, int]


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def write_flushed(path: Path, content: bytes) -> None:
    """Write a file and flush it to the disk."""
    with path.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def identity(file: os.stat_result) -> Identity:
    """Return the identity of a file from its status."""
    return file.st_ino, file.st_mtime_ns, file.st_size


def file_identity(path: Path) -> Identity | None:
    """Return the identity of a file; None if there is none."""
    try:
        return identity(path.stat())
    except FileNotFoundError:
        return None
