"""A column comes back from its planes bit by bit, and what is at hand from the second before is never another one's."""

from __future__ import annotations

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hmi.store.planes import column_in, planes, released, squeezed, tag_planes, tags_in

KINDS = st.sampled_from(["<u4", "<i4", "<i8", "<f8"])


@given(KINDS.flatmap(lambda kind: arrays(kind, st.integers(0, 50))), st.integers(0, 7))
def test_what_goes_in_comes_out(column: np.ndarray, place: int) -> None:
    plain = bytes(place) + planes(column) + b"rest"
    found = column_in(plain, column.dtype.str, len(column), place)
    assert found.tobytes() == column.tobytes()
    assert found.dtype == column.dtype


def test_numbers_that_are_not_all_there_are_refused() -> None:
    with pytest.raises(ValueError, match="buffer is smaller"):
        column_in(bytes(15), "<f8", 2, 0)


@given(st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=9).map(sorted), max_size=6))
def test_tags_are_those_of_their_own_second(seconds: list[list[int]]) -> None:
    for tags in seconds:
        column = np.array(tags, np.uint32)
        again = tags_in(tag_planes(column), len(column))
        assert again.tolist() == tags
        assert tags_in(tag_planes(column), len(column)) is again
    assert tags_in(bytes(8), 2).tolist() == [0, 0]


def test_what_is_squeezed_is_released_and_no_more_than_is_wanted() -> None:
    assert released(squeezed(b"abc" * 1000), 3000) == b"abc" * 1000
    with pytest.raises(zstandard.ZstdError):
        released(b"no zstd at all", 3000)
