"""Times of a block: any of them, and the usual ones in few bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hmi.store.codec_bytes import Damaged, signed
from hmi.store.codec_columns import pack
from hmi.store.codec_times import pack_times, unpack_times
from tests.store.packing import INT64, INT64_MAX, INT64_MIN, with_or_without

_SECOND = 1_000_000_000
_T0 = 1_790_000_000_123_456_789


@settings(max_examples=200)
@given(st.lists(INT64, min_size=1, max_size=40), st.booleans())
@example([INT64_MIN, INT64_MAX], True)
@example([INT64_MAX, INT64_MIN, -1, 0], False)
def test_any_times_come_back(times: list[int], pcodec: bool) -> None:
    at = np.array(times, np.int64)
    with with_or_without(pcodec):
        assert unpack_times(pack_times(at), len(at)).tolist() == times


@settings(max_examples=150)
@given(
    st.integers(1, 600),
    st.integers(-(2**62), 2**62 - 2**58),
    st.sampled_from([0, 1, 1_000, 1_000_000, _SECOND, 60 * _SECOND]),
    st.sampled_from([0, 1, 5_000, 5_000_000]),
    st.sampled_from([0, 3600 * _SECOND]),
)
def test_scans_come_back_with_their_jitter_and_their_gaps(
    n: int, start: int, period: int, jitter: int, gap: int
) -> None:
    random = np.random.default_rng(n)
    at = start + np.arange(n) * period + random.integers(-jitter, jitter + 1, n)
    at[n // 2 :] += gap
    assert (unpack_times(pack_times(at), n) == at).all()


def scan(jitter: float, unit: int) -> np.ndarray:
    """An hour of scans, once a second, with times in this unit."""
    late = np.rint(np.random.default_rng(1).normal(0, jitter, 3600) / unit).astype(np.int64) * unit
    return _T0 + np.arange(3600) * _SECOND + late


def test_the_usual_times_take_few_bytes() -> None:
    gap = scan(5e6, 1_000_000)
    gap[1800:] += 600 * _SECOND
    sleepy = _T0 + np.cumsum(_SECOND + np.random.default_rng(1).integers(0, 5, 3600) * 1_000_000)
    cases = [
        (scan(0, 1), 40),
        (scan(5e6, 1_000_000), 2_200),
        (scan(5e6, 1_000), 6_700),
        (gap, 2_500),
        (sleepy, 1_300),
    ]
    for place, (at, size) in enumerate(cases):
        packed = pack_times(at)
        assert len(packed) <= size, place
        assert (unpack_times(packed, 3600) == at).all()


@pytest.mark.parametrize("unit", [1, 1_000, 1_000_000, _SECOND])
def test_the_coarsest_unit_that_loses_nothing(unit: int) -> None:
    at = _T0 + np.array([0, 3, 4, 9]) * unit
    assert pack_times(at)[1] == [_SECOND, 1_000_000, 1_000, 1].index(unit)


@pytest.mark.parametrize(
    "packed", [b"", b"\2\0", b"\0\4" + signed(0) + pack(np.arange(4)), b"\0\3" + signed(0) + pack(np.full(4, 0.5))]
)
def test_what_are_no_four_times(packed: bytes) -> None:
    with pytest.raises(Damaged):
        unpack_times(packed, 4)


def test_wild_numbers_in_damaged_times_wrap_in_silence() -> None:
    assert len(unpack_times(b"\1\0" + signed(INT64_MAX) + signed(INT64_MIN) + pack(np.full(4, INT64_MAX)), 4)) == 4
