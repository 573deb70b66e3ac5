"""A cache bounded by bytes: what it drops is worked out again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

T = TypeVar("T")


class ByteCache:
    """Least recently used results, at most `limit` bytes of them together.

    A key carries everything that the result depends on, a run's checksum included, so a
    rewritten run never meets an old result.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0
        self._entries: OrderedDict[Hashable, tuple[object, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T], size: Callable[[T], int]) -> T:
        """The result under `key`, from `make()` where it is not held; `size` is in bytes."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key][0]  # type: ignore[return-value]
        # Made outside the lock: two requests may do it twice, none waits for another's work.
        value = make()
        self._keep(key, value, size(value))
        return value

    def _keep(self, key: Hashable, value: object, cost: int) -> None:
        with self._lock:
            if key in self._entries or cost > self.limit:
                return
            self._entries[key] = (value, cost)
            self.used += cost
            while self.used > self.limit:
                _, (_, dropped) = self._entries.popitem(last=False)
                self.used -= dropped


# The one that the app shares: points and colours of the maps in use, and states to search among.
CACHE = ByteCache(limit=256 * 2**20)
