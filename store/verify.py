"""Files of a run, compared with the manifest's SHA-256 before anything of them is read."""

import hashlib
import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from stateline.store.errors import StatelineError, rebuild
from stateline.store.files import Identity, file_identity, identity
from stateline.store.manifest.models import FileEntry, Manifest

# Of each file that this process has hashed: its identity then, and its SHA-256. An unchanged file
# is not hashed again when its run is opened anew.
_hashed: dict[Path, tuple[Identity, str]] = {}


def check_file(path: Path, entry: FileEntry, run: str, again: bool = True) -> Identity:
    """Check that a file has the size and the SHA-256 of its entry, and return its identity.

    run     name of the run, for the fix
    again   hash it even if this process has done so and the file has not changed since
    raises  StatelineError  it is missing, differs, or changes while it is read
    """
    fix = rebuild(run)
    # Nothing else is opened: a named pipe would wait for ever.
    if not path.is_file():
        raise StatelineError(path, "missing", fix=fix)
    found = file_identity(path)
    size = found[2] if found else 0
    if size != entry.bytes:
        raise StatelineError(
            path, "cut short or changed", expected=f"{entry.bytes:,} bytes", got=f"{size:,}",
            fix=fix,
        )  # fmt: skip
    held, digest = _hashed.get(path, (None, ""))
    if again or found is None or held != found:
        try:
            found, digest = _hash(path)
        except OSError as error:
            reason = error.strerror or error
            raise StatelineError(path, f"cannot be read ({reason})", fix=fix) from None
    if digest != entry.sha256:
        raise StatelineError(
            path,
            "its content is not what was written",
            expected=f"SHA-256 {entry.sha256[:12]}…",
            got=f"{digest[:12]}…",
            fix=f"Copy the run again. {fix}",
        )
    return found


def _hash(path: Path) -> tuple[Identity, str]:
    """Return the identity and the SHA-256 of a file, and keep both.

    raises  StatelineError  it was written to meanwhile
    """
    with path.open("rb") as content:
        found = identity(os.fstat(content.fileno()))
        digest = hashlib.file_digest(content, "sha256").hexdigest()
        if identity(os.fstat(content.fileno())) != found:
            raise StatelineError(path, "changed while it was read", fix="Open the run again")
    _hashed[path] = found, digest
    return found, digest


class Verification:
    """The files of a run that were verified, and the first fault that was found.

    A file is hashed before its first use, and again where it has changed on the disk. Safe to use
    from several threads: who needs a file that another one hashes waits for it.

    names    files of the run, relative to its folder, the first the most needed
    examine  called with the name of a file that is what was written; raises StatelineError for
             content that nothing may read
    fault    None as long as no fault was found
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        names: Iterable[str],
        examine: Callable[[str], None],
    ) -> None:
        self.folder, self.manifest, self.names = folder, manifest, tuple(names)
        self._examine = examine
        self.fault: StatelineError | None = None
        self._verified: dict[str, Identity] = {}
        self._locks = {name: threading.Lock() for name in self.names}

    @property
    def total_bytes(self) -> int:
        """Bytes of all files."""
        return sum(map(self._bytes, self.names))

    @property
    def verified_bytes(self) -> int:
        """Bytes of the files that were verified."""
        return sum(map(self._bytes, list(self._verified)))

    @property
    def are_pending(self) -> bool:
        """Whether files are still to be verified."""
        return self.fault is None and len(self._verified) < len(self.names)

    def verify(self, name: str) -> None:
        """Verify one file, unless that was done and it has not changed; then it costs a stat.

        raises  StatelineError  it is not what was written, or nothing may read it; the first such
                                error is kept as the fault
        """
        path = self.folder / name
        if self._is_verified(name, path):
            return
        with self._locks[name]:
            if self._is_verified(name, path):
                return
            try:
                entry = self.manifest.tables[name]
                found = check_file(path, entry, self.manifest.run, again=False)
                self._examine(name)
            except StatelineError as error:
                self.fault = self.fault or error
                raise
            self._verified[name] = found

    def _is_verified(self, name: str, path: Path) -> bool:
        held = self._verified.get(name)
        return held is not None and held == file_identity(path)

    def _bytes(self, name: str) -> int:
        entry = self.manifest.tables.get(name)
        return entry.bytes if entry else 0
