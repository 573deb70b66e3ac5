"""The manifest's checksum of itself."""

import json
from pathlib import Path

import numpy as np
import pytest

from stateline.store.errors import StatelineError
from stateline.store.manifest.checksum import KEY, check_checksum, to_bytes
from stateline.store.manifest.read import read_manifest
from stateline.store.schema import MANIFEST

CONTENT = {"run": "mine", "other": "0" * 64, "numbers": [1, 0.5, None]}


def check(file: bytes) -> None:
    check_checksum(file, json.loads(file), "here", "Copy it")


def test_a_manifest_holds_its_checksum_under_its_last_key() -> None:
    file = to_bytes(CONTENT)
    content = json.loads(file)
    assert list(content) == [*CONTENT, KEY] and len(content[KEY]) == 64
    check(file)
    assert to_bytes(content) == file


@pytest.mark.parametrize("change", [(b"0.5", b"0.6"), (b" ", b"\t"), (b"mine", b"yours")])
def test_any_other_byte_is_refused(change: tuple[bytes, bytes]) -> None:
    with pytest.raises(StatelineError, match="here: its content is not what was written; expected"):
        check(to_bytes(CONTENT).replace(*change, 1))


@pytest.mark.parametrize("digest", [None, 7, "", "0" * 63, "é" * 64, "0" * 64])
def test_another_digest_is_refused(digest: object) -> None:
    content = json.loads(to_bytes(CONTENT)) | {KEY: digest}
    with pytest.raises(StatelineError, match="expected"):
        check(json.dumps(content).encode())


def test_a_missing_digest_is_refused() -> None:
    with pytest.raises(StatelineError, match="key sha256; expected .*, got nothing"):
        check(json.dumps(CONTENT).encode())


def test_every_changed_byte_of_a_manifest_is_refused(run: Path, tmp_path: Path) -> None:
    content = (run / MANIFEST).read_bytes()
    rng = np.random.default_rng(0)
    for place in rng.integers(len(content), size=100):
        changed = bytearray(content)
        changed[place] ^= int(rng.integers(1, 256))
        (tmp_path / MANIFEST).write_bytes(changed)
        with pytest.raises(StatelineError, match=MANIFEST):
            read_manifest(tmp_path)
