"""Detecting that a run was rebuilt while it is open."""

import hashlib
from pathlib import Path

from stateline.store.errors import StatelineError
from stateline.store.files import Identity, file_identity
from stateline.store.schema import MANIFEST


class RebuildGuard:
    """Detect that the folder of a run has another build by now.

    folder    the run's folder
    checksum  SHA-256 of the bytes of the manifest that was read
    file      identity of its file when it was read; None: that of the one there now
    """

    def __init__(self, folder: Path, checksum: str, file: Identity | None = None) -> None:
        self.folder, self.checksum = folder, checksum
        self._file = file or file_identity(folder / MANIFEST)

    def check(self) -> None:
        """Raise if the folder has another build; costs no more than a stat.

        raises  StatelineError  the manifest is gone, or another one
        """
        path = self.folder / MANIFEST
        found = file_identity(path)
        if found == self._file:
            return
        # A file that was only touched, or copied back, still has the same content.
        try:
            content = path.read_bytes()
        except OSError:
            content = b""
        if hashlib.sha256(content).hexdigest() != self.checksum:
            what = "was rebuilt" if content else "is gone"
            raise StatelineError(self.folder, f"{what} since it was opened", fix="Open it again")
        self._file = found
