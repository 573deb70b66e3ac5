"""Compressed files: gzip, bzip2, xz, and zip archives of one file."""

import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from stateline.pipeline.sources.excel import ZIP, is_excel
from stateline.store.errors import StatelineError

# First bytes of a compressed file: what is said of it, and what decompresses it.
COMPRESSED: dict[bytes, tuple[str, Callable[[bytes], bytes]]] = {
    b"\x1f\x8b": ("gzip", gzip.decompress),
    b"BZh": ("bzip2", bz2.decompress),
    b"\xfd7zXZ\0": ("xz", lzma.decompress),
}
ENDINGS = (".gz", ".bz2", ".xz", ".zip")
# Files of an archive that hold no rows.
BESIDES = re.compile(r"readme.*|licen[cs]e.*|copying.*|changelog.*|\..*|thumbs\.db", re.IGNORECASE)
# Where an archive of tar says what it is.
TAR = slice(257, 262)


def unpacked(path: Path) -> tuple[bytes, Path, list[str]]:
    """Return the content of a file, its path without the ending of a packer, and what was unpacked.

    raises  StatelineError  a damaged file, an archive of tar, or a zip archive of several files
    """
    data, inner, facts = path.read_bytes(), path, []
    for mark, (name, decompress) in COMPRESSED.items():
        if data.startswith(mark):
            try:
                data = decompress(data)
            except (OSError, EOFError, ValueError, lzma.LZMAError, zlib.error) as error:
                raise StatelineError(path, f"cannot be unpacked as {name} ({error})") from None
            facts.append(name)
            break
    if data.startswith(ZIP) and not is_excel(data):
        data, member = only_member(data, path)
        facts.append(f"zip of {member}")
        inner = path / member
    if data[TAR] == b"ustar":
        raise StatelineError(
            path, "is an archive of tar", fix="Unpack it (tar -xf) and name the file or folder."
        )
    if inner.suffix.lower() in ENDINGS:
        inner = inner.with_suffix("")
    return data, inner, facts


def only_member(data: bytes, path: Path) -> tuple[bytes, str]:
    """Return the content and the name of the one file of a zip archive, a README aside.

    raises  StatelineError  a damaged archive, a password, or not one file
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [
                each.filename
                for each in archive.infolist()
                if not each.is_dir()
                and "__MACOSX/" not in each.filename
                and not BESIDES.fullmatch(PurePosixPath(each.filename).name)
            ]
            if len(names) != 1:
                raise StatelineError(
                    path,
                    f"holds {len(names):,} files" + (f" ({', '.join(names[:3])}, …)" * bool(names)),
                    expected="one",
                    fix="Unpack it and name the file or folder.",
                )
            return archive.read(names[0]), names[0]
    except (zipfile.BadZipFile, RuntimeError, zlib.error, EOFError) as error:
        raise StatelineError(path, f"cannot be unpacked as zip ({error})") from None
