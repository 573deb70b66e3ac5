"""A cache bounded by bytes: what it drops is computed again."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

from cachetools import LRUCache

T = TypeVar("T")


class ByteCache:
    """Least recently used results, at most `limit` bytes of them together.

    A key carries everything that the result depends on, a run's checksum included, so a
    rewritten run never meets an old result.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        # Each entry carries its own size in bytes, for getsizeof.
        self._entries: LRUCache[Hashable, tuple[Any, float]] = LRUCache(
            limit, getsizeof=lambda entry: entry[1]
        )
        self._lock = Lock()

    @property
    def used(self) -> int:
        """Bytes of all results that are held."""
        return int(self._entries.currsize)

    def __contains__(self, key: Hashable) -> bool:
        """Whether a result is held under `key`."""
        with self._lock:
            return key in self._entries

    def clear(self) -> None:
        """Drop all results."""
        with self._lock:
            self._entries.clear()

    def get(self, key: Hashable, make: Callable[[], T], size: Callable[[T], float]) -> T:
        """Return the result under `key`, from `make()` where it is not held.

        size  its bytes; a result larger than the limit is returned and not held
        """
        with self._lock:
            if key in self._entries:
                return cast(T, self._entries[key][0])
        # Made outside the lock: two requests may do it twice, none waits for another's work.
        value = make()
        cost = size(value)
        with self._lock:
            if key not in self._entries and cost <= self.limit:
                self._entries[key] = (value, cost)
        return value


# Shared by the whole app: points and colours of the maps in use, and states to search among.
CACHE = ByteCache(limit=256 * 2**20)
