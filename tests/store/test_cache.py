"""What was unpacked a moment ago is at hand, as much of it as memory allows."""

from __future__ import annotations

from hmi.store.cache import Cache


def test_the_cache_lets_the_least_recently_used_go() -> None:
    cache = Cache(100)
    for number in range(10):
        cache.put(number, str(number), 30)
        assert cache.get(0 if number < 3 else number) is not None
    assert [cache.get(number) for number in range(10)] == [None] * 7 + ["7", "8", "9"]


def test_what_is_larger_than_all_there_is_room_for_drives_nothing_out() -> None:
    cache = Cache(100)
    cache.put("kept", 1, 30)
    cache.put("large", 2, 101)
    assert (cache.get("kept"), cache.get("large")) == (1, None)


def test_what_takes_the_place_of_another_counts_once() -> None:
    cache = Cache(100)
    cache.put("kept", 1, 30)
    for size in (10, 60, 20, 70):
        cache.put("again", size, size)
    assert (cache.get("kept"), cache.get("again")) == (1, 70)
    cache.put("again", 80, 80)
    assert (cache.get("kept"), cache.get("again")) == (None, 80)
