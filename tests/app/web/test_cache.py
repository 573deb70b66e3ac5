"""The cache bounded by bytes."""

from stateline.app.web.cache import ByteCache


def test_a_result_is_made_once_until_it_is_dropped() -> None:
    cache, made = ByteCache(limit=10), []

    def ask(key: str, size: int) -> bytes:
        return cache.get(key, lambda: made.append(key) or bytes(size), len)

    assert ask("a", 4) is ask("a", 4)
    ask("b", 4)
    ask("a", 4)  # used again: b is now the oldest
    ask("c", 4)
    ask("a", 4)
    ask("b", 4)
    assert made == ["a", "b", "c", "b"]
    assert cache.used <= 10


def test_what_is_larger_than_the_cache_is_handed_out_and_not_held() -> None:
    cache = ByteCache(limit=10)
    assert len(cache.get("a", lambda: bytes(11), len)) == 11
    assert cache.used == 0
