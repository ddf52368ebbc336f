"""Minutes in which not everything was good come back exactly as well, beside those in which all was."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.history import Samples
from hmi.store import minutes
from hmi.store.codec_bytes import Damaged
from hmi.store.minutes_odd import Odd, told
from tests.store.test_minutes import assert_exact, hour_of

_HOUR = 494_444 * minutes.HOUR_NS


def walk(seed: int, decimals: int = 1) -> Samples:
    """An hour of a level, a value a second."""
    return hour_of(np.round(50 + np.cumsum(np.random.default_rng(seed).normal(0, 0.1, 3600)), decimals))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32),
    st.lists(
        st.tuples(
            st.integers(0, 3599),
            st.integers(1, 900),
            st.sampled_from([q.BAD_TIMEOUT, q.BAD, q.UNCERTAIN, q.UNCERTAIN_LAST_USABLE, q.GOOD]),
            st.booleans(),
        ),
        min_size=1,
        max_size=6,
    ),
    st.integers(0, 12),
)
def test_any_hour_with_bad_stretches_comes_back(
    seed: int, stretches: list[tuple[int, int, int, bool]], decimals: int
) -> None:
    samples = walk(seed, decimals)
    value, quality = samples.value.copy(), samples.quality.copy()
    for start, count, code, is_hole in stretches:
        quality[start : start + count] = code
        if is_hole:
            value[start : start + count] = np.nan
    samples = replace(samples, value=value, quality=quality)
    blob = minutes.pack(samples)
    if blob is not None:
        assert_exact(minutes.unpack([blob], np.array([_HOUR])), samples)
    else:
        assert decimals > 3 or not (quality < q.BAD).any() or np.isnan(value).all()


def test_a_loss_of_communication_costs_few_bytes() -> None:
    good = walk(1)
    quality = good.quality.copy()
    quality[1000:1045] = q.BAD_TIMEOUT
    plain, odd = (minutes.pack(replace(good, quality=own)) or b"" for own in (good.quality, quality))
    assert minutes.is_odd(odd)
    assert not minutes.is_odd(plain)
    assert len(odd) - len(plain) < 85
    always = replace(good, quality=np.full(3600, q.UNCERTAIN, np.uint32))
    packed = minutes.pack(always) or b""
    assert len(packed) - len(plain) < 90
    assert minutes.pack(always, plain=plain) == packed
    assert minutes.pack(replace(good, quality=quality), plain=plain) == odd
    assert_exact(minutes.unpack([packed], np.array([_HOUR])), always)


def test_an_hour_that_begins_and_ends_with_nothing() -> None:
    good = walk(2)
    quality = np.where((np.arange(3600) < 500) | (np.arange(3600) > 3300), q.BAD, q.GOOD).astype(np.uint32)
    samples = replace(good, quality=quality)
    found = minutes.unpack([minutes.pack(samples) or b""], np.array([_HOUR]))
    assert_exact(found, samples)
    assert np.isnan(found.vmin[:8]).all()
    assert (found.count[:8] == 0).all()
    assert found.worst[[0, 30, 59]].tolist() == [q.BAD, q.GOOD, q.BAD]


def test_what_it_says_must_fit_its_hour() -> None:
    odd = Odd(np.array([3, 5]), np.array([1, 2], np.uint32), np.array([0, 7], np.uint8))
    packed, present = odd.pack(), 0b1111000
    again = Odd.unpack(packed, present)
    assert [column.tolist() for column in again] == [column.tolist() for column in odd]
    for wrong, minutes_there in (
        (packed[:-1], present),
        (packed + b"x", present),
        (packed, 0b0111),  # of a minute that the hour has not
        (packed[:5], present),
        (bytes(9) + packed[9:], present),
        (packed[:8] + b"\x07" + packed[9:], present),
    ):
        with pytest.raises(Damaged):
            Odd.unpack(wrong, minutes_there)


def test_where_nothing_is_usable_there_is_nothing_to_tell() -> None:
    value, bad = np.arange(4.0), np.full(4, q.BAD, np.uint32)
    assert told(value, bad, np.array([0, 2]), np.array([0, 1])) is None
    bad[3] = q.GOOD
    found = told(value, bad, np.array([0, 2]), np.array([0, 1]))
    assert found is not None
    odd, count, reals = found
    assert (odd.slots.tolist(), odd.missing.tolist(), count.tolist()) == ([0, 1], [7, 1], [0, 1])
    assert reals.tolist() == [[3.0, 3.0]] * 4
