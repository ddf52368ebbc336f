"""Columns of many hours are taken out of their bytes whole or number by number, and that is the same."""

from __future__ import annotations

import numpy as np
import pytest

from hmi.store import minutes
from hmi.store.codec_bytes import Damaged
from hmi.store.minutes_packed import DECIMALS, Packed, raised, whole
from tests.store.test_minutes import KINDS, hour_of

_HOUR = 494_444 * minutes.HOUR_NS


def packed_hours() -> Packed:
    hours = [hour_of(value, hour=_HOUR + k * minutes.HOUR_NS) for k, (value, _) in enumerate(KINDS.values())]
    hours.append(hour_of(KINDS["level"][0], hour=_HOUR + 40 * minutes.HOUR_NS).cut(600, 2400))
    blobs = [minutes.pack(hour) or b"" for hour in hours]
    return Packed(blobs, np.array([int(hour.time[0]) // minutes.HOUR_NS * minutes.HOUR_NS for hour in hours]))


def test_single_numbers_are_those_of_the_whole_column() -> None:
    packed = packed_hours()
    rows, places = np.nonzero(packed.kept)
    for column in range(1, 5):
        numbers = np.full((len(packed.minutes), 60), 99.0)
        with np.errstate(all="ignore"):
            packed.fill(column, numbers)
            found = packed.take(column, rows, places)
        np.testing.assert_array_equal(found, numbers[rows, places])
    assert len(set(packed.codes.ravel().tolist())) == 6  # every width was met


def test_times_are_those_of_the_minutes_that_are_there() -> None:
    packed = packed_hours()
    assert not packed.is_full
    assert packed.minutes.tolist() == [60] * len(KINDS) + [30]
    assert packed.t()[-30:].tolist() == [_HOUR + 40 * minutes.HOUR_NS + k * minutes.MINUTE_NS for k in range(10, 40)]
    full = Packed([minutes.pack(hour_of(KINDS["level"][0])) or b""], np.array([_HOUR]))
    assert full.is_full
    assert full.t(np.empty((1, 60), np.int64)).tolist() == [_HOUR + k * minutes.MINUTE_NS for k in range(60)]


def test_steps_become_integers_and_these_values() -> None:
    packed = packed_hours()
    columns = np.empty((4, len(packed.minutes), 60))
    with np.errstate(all="ignore"):
        for place, column in enumerate(columns):
            packed.fill(place + 1, column)
        low = columns[0].copy()
        raised(packed, low)
        whole(packed, columns)
    decimal = np.flatnonzero(packed.head["kind"] < DECIMALS)
    assert 0 < len(decimal) < len(low)
    for row in decimal.tolist():
        own = slice(int(packed.minutes[row]))
        np.testing.assert_array_equal(low[row, own], np.rint(low[row, own]))
        np.testing.assert_array_equal(low[row, own] / 10.0 ** packed.head["kind"][row], columns[0, row, own])


def test_the_hour_that_is_damaged_is_named() -> None:
    good = minutes.pack(hour_of(KINDS["level"][0])) or b""
    for bad in (good[:20], good[:-1], good + b"x", good[:9] + b"\x00" + good[10:], b"\x07" + good[1:]):
        with pytest.raises(Damaged, match=f"began at {_HOUR + minutes.HOUR_NS} ns UTC are damaged"):
            Packed([good, bad], np.array([_HOUR, _HOUR + minutes.HOUR_NS]))
    changed = good[:-1] + bytes([good[-1] ^ 1])
    with pytest.raises(Damaged, match="checksum"):
        Packed([changed], np.array([_HOUR]))
    assert Packed([changed], np.array([_HOUR]), proven=True).joined[: len(good)] == changed
