"""The browser's ES modules: which of them a page needs, and addresses that change with them.

An address holds a digest of all modules, so that a browser may keep them without asking again:
after an upgrade of the package, or an edit, the next page that is opened has other addresses.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flask import Blueprint, Response

from stateline.store.errors import StatelineError

ASSETS = Path(__file__).resolve().parents[1] / "assets"
FOLDERS = ("client", "vendor/preact-signals")
MAX_AGE = 31_536_000  # seconds; a year
IMPORT = re.compile(r'^(?:import|export)\b[^;]*?"(\.[^"]+)";', re.MULTILINE)

routes = Blueprint("modules", __name__)


@dataclass(frozen=True)
class Modules:
    """The modules as they were read.

    state   path, time of change in ns and size in bytes of each file
    files   content of each by its path below ASSETS
    """

    state: list[tuple[Path, int, int]]
    files: dict[str, bytes]

    @cached_property
    def prefix(self) -> str:
        """Address below which the modules are, without a slash at its end."""
        total = hashlib.sha256()
        for name, content in self.files.items():
            total.update(f"{name}\0{len(content)}\0".encode() + content)
        return f"/modules/{total.hexdigest()[:16]}"

    def of_page(self, path: str) -> list[str]:
        """Return the addresses of the modules that a page loads, each before what it imports.

        path  of the page's address, such as /explore/reviews
        """
        main = f"client/pages/{path.strip('/').split('/')[0]}/main.js"
        found = ["client/lib/shell.js", *([main] if main in self.files else [])]
        for name in found:  # Grows while it is read.
            for target in IMPORT.findall(self.files[name].decode()):
                other = (ASSETS / name).parent.joinpath(target).resolve()
                imported = other.relative_to(ASSETS).as_posix()
                if imported not in found:
                    found.append(imported)
        return [f"{self.prefix}/{name}" for name in found]


_read = Modules([], {})


def current_modules() -> Modules:
    """Return the modules as the files are now; they are read again only where one has changed."""
    global _read
    paths = [path for folder in FOLDERS for path in sorted((ASSETS / folder).rglob("*.js"))]
    statuses = [path.stat() for path in paths]
    state = [(path, s.st_mtime_ns, s.st_size) for path, s in zip(paths, statuses, strict=True)]
    if state != _read.state:
        files = {path.relative_to(ASSETS).as_posix(): path.read_bytes() for path in paths}
        _read = Modules(state, files)
    return _read


@routes.get("/modules/<digest>/<path:name>")
def module(digest: str, name: str) -> Response:
    """Answer with a module, to be kept; under an old digest with the present one, for once.

    raises  StatelineError  there is no such module
    """
    prefix = f"/modules/{digest}"
    modules = _read if prefix == _read.prefix else current_modules()
    if name not in modules.files:
        raise StatelineError("modules", "unknown module", got=name[:80])
    response = Response(modules.files[name], mimetype="text/javascript")
    if prefix == modules.prefix:
        response.cache_control.max_age = MAX_AGE
        response.cache_control.immutable = True
    else:
        response.cache_control.no_store = True
    return response
