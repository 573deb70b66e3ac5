"""Sharing a run: one archive to unpack and open elsewhere."""

import glob
import os
import zipfile
from contextlib import suppress
from pathlib import Path

from stateline.store.checks.run import check_run
from stateline.store.errors import StatelineError
from stateline.store.exchange import standing
from stateline.store.lock import acquire, is_locked
from stateline.store.manifest.read import read_manifest
from stateline.store.schema import MANIFEST


def share_run(folder: Path | str, out: Path | str | None = None) -> Path:
    """Pack a checked run into one zip archive, whose root is the folder `<run>/`.

    folder   the run's folder
    out      the archive, or a folder for it; None: `<run>.zip` in the current directory
    returns  the archive
    raises   StatelineError for a run that fails its check, or a place that cannot be written;
             an archive that was there before stays as it was
    """
    folder = standing(Path(folder))
    check_run(folder)
    manifest = read_manifest(folder)
    run = manifest.run
    archive = Path(out) if out is not None else Path(f"{run}.zip")
    if archive.is_dir():
        archive = archive / f"{run}.zip"
    temporary = archive.with_name(f".{archive.name}.tmp-{os.getpid()}")
    lock = None
    try:
        clear_archives(archive)
        lock = acquire(temporary)
        # Stored as they are: the tables are compressed already.
        with zipfile.ZipFile(temporary, "w", strict_timestamps=False) as packed:
            for name in [MANIFEST, *manifest.tables]:
                packed.write(folder / name, f"{run}/{name}")
        temporary.replace(archive)
    except OSError as error:
        raise StatelineError(
            archive,
            f"cannot be written ({error.strerror or error})",
            fix="Free the disk, or name another place: --out FILE",
        ) from None
    finally:
        # Below a file, say, there is nothing to remove: the error above tells it.
        with suppress(OSError):
            temporary.unlink()
        if lock is not None:
            os.close(lock)
    return archive


def clear_archives(archive: Path) -> None:
    """Remove what writers of an archive left that were killed; the living have theirs locked."""
    for left in archive.parent.glob(f".{glob.escape(archive.name)}.tmp-*"):
        if not is_locked(left):
            left.unlink()
