"""Page by page is the same as all at once, in bounded pieces, whatever lies in how short a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.errors import StoreError, TooMany
from hmi.core.history import Samples
from hmi.store.paging import page, pages
from tests.core.test_history import samples_of


class Shelf:
    """Samples in memory, asked as a reader is."""

    def __init__(self, samples: Samples) -> None:
        self.kept, self.most = samples, 0

    def samples(self, names: list[str], from_ns: int, to_ns: int, limit: int) -> list[Samples]:
        first, last = np.searchsorted(self.kept.time, [from_ns, to_ns + 1]).tolist()
        if last - first > limit:
            raise TooMany("too many")
        self.most = max(self.most, last - first)
        return [self.kept.cut(first, last)]


@settings(deadline=None)
@given(st.lists(st.integers(-1000, 10**6), max_size=200, unique=True), st.integers(1, 40))
def test_all_pages_are_all_samples(times: list[int], most: int) -> None:
    shelf = Shelf(samples_of(*((time, float(time), 0) for time in times)))
    found = list(pages(shelf, "a.b", -1000, 10**6, most))
    assert [value for one in found for value in one.value] == sorted(map(float, times))
    assert found and max(map(len, found)) <= most
    assert all(len(one) for one in found[:-1])


def test_more_at_one_moment_than_a_page_holds_is_said() -> None:
    shelf = Shelf(samples_of(*((5, 1.0, 0) for _ in range(4))))
    with pytest.raises(TooMany):
        list(pages(shelf, "a.b", 0, 10, 3))


def test_damage_is_said_at_once() -> None:
    class Damaged:
        asked = 0

        def samples(self, names: list[str], from_ns: int, to_ns: int, limit: int) -> list[Samples]:
            self.asked += 1
            raise StoreError("history is damaged there")

    shelf = Damaged()
    with pytest.raises(StoreError, match="damaged"):
        page(shelf, "a.b", 0, 10**9)
    assert shelf.asked == 1


def test_where_to_go_on() -> None:
    shelf = Shelf(samples_of((0, 0.0, 0), (90, 1.0, 0)))
    found, after = page(shelf, "a.b", 0, 100, 1)
    assert found.value.tolist() == [0.0]
    assert after == 26
    assert page(shelf, "a.b", 26, 100, 1)[1] is None
