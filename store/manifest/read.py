"""Reading the manifest of a run's folder."""

import json
import os
from pathlib import Path

from stateline.store.errors import StatelineError, rebuild
from stateline.store.files import Identity, identity
from stateline.store.manifest.checksum import check_checksum
from stateline.store.manifest.models import Manifest
from stateline.store.manifest.validation import check_version, validate_manifest
from stateline.store.schema import MANIFEST

MAX_BYTES = 64 * 2**20  # a readout of a thousand classes and units takes half of that


def read_manifest(folder: Path) -> Manifest:
    """Read and validate the manifest of a run's folder.

    raises  StatelineError  it is missing, cannot be read, or is not valid
    """
    return parse_manifest(manifest_bytes(folder)[0], folder)


def manifest_bytes(folder: Path) -> tuple[bytes, Identity]:
    """Return the bytes of the manifest of a run's folder, and the identity of its file.

    raises  StatelineError  it is missing, too large, or cannot be read
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise StatelineError(path, "missing", fix=rebuild(folder.name))
    try:
        with path.open("rb") as content:
            # First: a file written later has another identity.
            file = identity(os.fstat(content.fileno()))
            if file[2] > MAX_BYTES:
                raise StatelineError(
                    path,
                    "too large",
                    expected=f"{MAX_BYTES:,} bytes at the most",
                    got=f"{file[2]:,}",
                )
            return content.read(), file
    except OSError as error:
        raise StatelineError(path, f"cannot be read ({error.strerror or error})") from None


def parse_manifest(content: bytes, folder: Path) -> Manifest:
    """Parse and validate the manifest of a run's folder.

    raises  StatelineError  it is not JSON, of another version, not what was written, or not valid
    """
    path, fix = folder / MANIFEST, rebuild(folder.name)
    try:
        manifest = json.loads(content.decode("utf-8"))
    # A whole number of some thousand digits is a ValueError of its own.
    except (ValueError, RecursionError) as error:
        raise StatelineError(path, f"is not JSON ({error})", fix=fix) from None
    check_version(manifest, path)
    if isinstance(manifest, dict):
        check_checksum(content, manifest, path, f"Copy the run again. {fix}")
    return validate_manifest(manifest, path)
