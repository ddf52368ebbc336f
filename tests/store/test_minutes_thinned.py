"""Buckets made straight of packed minutes are those that the unpacked ones make."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hmi.core import quality as q
from hmi.store import minutes, minutes_thinned, thin
from hmi.store.codec_bytes import Damaged
from hmi.store.minutes import HOUR_NS, MINUTE_NS
from tests.store.test_minutes import KINDS, hour_of

_HOUR = 494_444 * HOUR_NS
_DAY_HOURS = 24


def some_hours(kind: str, *, odd: bool, gaps: bool) -> tuple[list[bytes], np.ndarray]:
    """Two days, of one kind or (``) of all kinds, with bad stretches and missing minutes where that is wanted."""
    rng, blobs, hours = np.random.default_rng(5), [], []
    for number in range(48):
        if gaps and number in (0, 7, 8, 47):
            continue
        value = KINDS[kind or sorted(KINDS)[number % len(KINDS)]][0]
        samples = hour_of(np.roll(value, number), hour=_HOUR + number * HOUR_NS)
        if odd and number % 5 == 0:
            start = int(rng.integers(0, 3000))
            bad = (np.arange(3600) >= start) & (np.arange(3600) < start + 400)
            samples = replace(samples, quality=np.where(bad, q.BAD, q.GOOD).astype(np.uint32))
        if gaps and number % 6 == 1:
            samples = samples.cut(600 * (number % 3), 3600 - 300 * (number % 4))
        blob = minutes.pack(samples)
        if blob is not None:
            blobs.append(blob)
            hours.append(_HOUR + number * HOUR_NS)
    return blobs, np.array(hours)


@pytest.mark.parametrize("kind", ["", "level", "level in hundredths", "constant", "switch", "counter", "float32"])
@pytest.mark.parametrize(("odd", "gaps"), [(False, False), (True, False), (False, True), (True, True)])
def test_buckets_are_those_of_the_minutes(kind: str, odd: bool, gaps: bool) -> None:
    blobs, hours = some_hours(kind, odd=odd, gaps=gaps)
    table = minutes.unpack(blobs, hours)
    for first, last, width in ((0, 2880, 22), (-100, 3000, 7), (61, 2000, 59), (5, 400, 2), (1437, 1439, 2)):
        span = (_HOUR + first * MINUTE_NS, _HOUR + last * MINUTE_NS, width * MINUTE_NS)
        found, expected = minutes_thinned.thinned(blobs, hours, span), thin.reduce(table, *span)
        assert found is not None
        for name, column in expected.items():
            np.testing.assert_array_equal(found[name], column, name)
            assert found[name].dtype == column.dtype, name
        for name in ("vmin", "first", "last"):
            np.testing.assert_array_equal(np.signbit(found[name]), np.signbit(expected[name]), name)


def test_outside_of_them_there_is_nothing() -> None:
    blobs, hours = some_hours("level", odd=False, gaps=False)
    assert minutes_thinned.thinned(blobs, hours, (0, HOUR_NS, MINUTE_NS * 2)) is None


def test_answers_stay_as_they_are_when_the_next_ones_are_made() -> None:
    one, other = some_hours("level", odd=True, gaps=False), some_hours("counter", odd=True, gaps=False)
    span = (_HOUR, _HOUR + 48 * HOUR_NS, 10 * MINUTE_NS)
    found = minutes_thinned.thinned(*one, span) or {}
    copied = {name: column.copy() for name, column in found.items()}
    minutes_thinned.thinned(*other, span)
    for name, column in copied.items():
        np.testing.assert_array_equal(found[name], column, name)


def test_half_a_year_of_hours_needs_no_room_at_hand() -> None:
    blob = minutes.pack(hour_of(KINDS["level"][0])) or b""
    hours = _HOUR + np.arange(2000) * HOUR_NS
    span = (_HOUR, _HOUR + 2000 * HOUR_NS, 60 * MINUTE_NS)
    found = minutes_thinned.thinned([blob] * 2000, hours, span) or {}
    assert found["count"].tolist() == [3600] * 2000


def test_damage_is_told() -> None:
    blobs, hours = some_hours("level", odd=False, gaps=False)
    blobs[3] = blobs[3][:-1]
    with pytest.raises(Damaged, match=str(hours[3])):
        minutes_thinned.thinned(blobs, hours, (_HOUR, _HOUR + HOUR_NS, 2 * MINUTE_NS))
