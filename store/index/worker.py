"""The process that searches one index: a JSON line in, a JSON line out.

Started by its path, see `search.OpenIndex`, and imports nothing of Stateline. The library follows
offsets in the file without a check: a crafted file may end this process, and nothing but this one.
"""

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from usearch.index import Index

SPARE_BYTES = 4 * 2**30  # of memory beside the file's own bytes: libraries, threads and answers


def limit_memory(file_bytes: int) -> None:
    """Bound what this process may allocate, and let a crash leave no file behind."""
    try:
        import resource
    except ImportError:  # not on Windows
        return
    bounds = {resource.RLIMIT_AS: file_bytes + SPARE_BYTES, resource.RLIMIT_CORE: 0}
    for kind, most in bounds.items():
        with contextlib.suppress(OSError, ValueError):  # a lower limit is set already
            resource.setrlimit(kind, (most, most))


def read_verified(path: str, digest: str, size: int) -> bytes:
    """Return the bytes of a file, which are those that were hashed.

    raises  ValueError  they are not of this size and SHA-256
    """
    with open(path, "rb") as file:
        found = os.fstat(file.fileno()).st_size
        if found != size:
            raise ValueError(f"cut short or changed; expected {size:,} bytes, got {found:,}")
        content = file.read()
    got = hashlib.sha256(content).hexdigest()
    if got != digest:
        raise ValueError(
            f"its content is not what was written; expected SHA-256 {digest[:12]}…, got {got[:12]}…"
        )
    return content


def open_index(content: bytes, states: int, units: int, depth: int) -> Index:
    """Return the index in a buffer, which the caller keeps.

    states  M, that it must hold
    units   N, of each
    depth   candidates of a search
    raises  ValueError  it is no index, or one of something else
    """
    meta = Index.metadata(content)
    if not meta:
        raise ValueError("no index of states")
    shape = (meta["dimensions"], meta["count_present"], meta["count_deleted"])
    if shape != (units, states, 0):
        raise ValueError(
            f"not the index of this layer's states; expected {states:,} states of {units} units, "
            f"got {shape[1]:,} of {shape[0]}"
        )
    index = Index(
        ndim=units, dtype=meta["kind_scalar"], metric=meta["kind_metric"], expansion_search=depth
    )
    index.view(content)
    if len(index) != states:
        raise ValueError(f"not the index of this layer's states; it holds {len(index):,}")
    return index


def answer(index: Index, request: dict[str, Any]) -> dict[str, Any]:
    """Return the nearest states of one, or the state that stands under a row's number.

    request  {"state": N numbers, "count": of states wanted}, or {"row": its number}
    returns  {"rows": ..., "squares": distances, squared}, or {"state": N numbers or null}
    """
    if "row" in request:
        state = index.get(request["row"])
        return {"state": None if state is None else np.asarray(state, dtype=np.float64).tolist()}
    found = index.search(np.array(request["state"], np.float32), request["count"], threads=1)
    return {"rows": found.keys.tolist(), "squares": found.distances.tolist()}


def replies(path: str, digest: str, size: int, shape: list[int]) -> Iterator[dict[str, Any]]:
    """Yield that the index is open, or why it is not, then an answer a request."""
    limit_memory(size)
    try:
        content = read_verified(path, digest, size)
        index = open_index(content, *shape)
    except Exception as error:  # of the library, which raises what it likes
        yield {"error": " ".join(str(error).split()) or type(error).__name__}
        return
    yield {"states": len(index)}
    for line in sys.stdin:
        yield answer(index, json.loads(line))


if __name__ == "__main__":
    _, path, digest, size, *shape = sys.argv
    for reply in replies(path, digest, int(size), [int(number) for number in shape]):
        print(json.dumps(reply), flush=True)
