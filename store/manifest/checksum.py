"""The checksum that a manifest holds of itself: a changed byte of it is never read as a number."""

import hashlib
import json
from collections.abc import Mapping

from stateline.store.errors import StatelineError

KEY = "sha256"
_ZEROS = b"0" * 64


def to_bytes(content: Mapping[str, object]) -> bytes:
    """Return a manifest as the bytes of its file, with its own SHA-256 under its last key.

    The digest is of these bytes with zeros in place of its 64 digits.
    """
    others = {key: value for key, value in content.items() if key != KEY}
    text = json.dumps(others | {KEY: _ZEROS.decode()}, indent=1) + "\n"
    before, after = _around(text.encode(), _ZEROS)
    digest = hashlib.sha256(before + _ZEROS + after).hexdigest()
    return before + digest.encode() + after


def check_checksum(file: bytes, content: Mapping[str, object], where: object, fix: str) -> None:
    """Check the digest that a manifest holds of its own bytes.

    file     its bytes
    content  what they say
    where    the file, for the message
    raises   StatelineError  the digest is missing, or of other bytes
    """
    digest = content.get(KEY)
    if not isinstance(digest, str) or len(digest) != len(_ZEROS) or not digest.isascii():
        raise StatelineError(
            where, f"key {KEY}", expected="a SHA-256 digest in hexadecimal",
            got="nothing" if digest is None else repr(digest)[:40], fix=fix,
        )  # fmt: skip
    before, after = _around(file, digest.encode())
    found = hashlib.sha256(before + _ZEROS + after).hexdigest()
    if found != digest:
        raise StatelineError(
            where,
            "its content is not what was written",
            expected=f"SHA-256 {digest[:12]}…",
            got=f"{found[:12]}…",
            fix=fix,
        )


def _around(file: bytes, digest: bytes) -> tuple[bytes, bytes]:
    """Return what stands before and behind the last occurrence of a digest."""
    before, _, after = file.rpartition(digest)
    return before, after
