"""Blocks side by side: a place and a number of each at once are what unpacking each by itself gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hmi.store import codec
from hmi.store.codec_bytes import Damaged
from hmi.store.codec_columns import pack
from hmi.store.compact import ZERO, Columns, Lines, Shelf

START = 1_770_000_000_000_000_000
SECOND = 1_000_000_000


def times() -> list[np.ndarray]:
    """A steady scan, one with jitter, one with a hole, one told on change, equal ones, single ones."""
    rng = np.random.default_rng(4)
    steady = START + np.arange(3600) * SECOND
    jitter = steady[:900] + np.sort(rng.integers(0, 900, 900)) * 1_000_003
    hole = np.concatenate([steady[:100], steady[3000:]])
    change = START + np.cumsum(rng.integers(1, 90, 200)) * SECOND
    equal = np.repeat(steady[:50], 4)
    return [at - at[0] + START for at in (steady, jitter, hole, change, equal, steady[:1])]


def lines_of(all_times: list[np.ndarray]) -> Lines:
    shelf = Shelf()
    lines = []
    for at in all_times:
        line = codec.line_in(codec.encode_times(at), len(at))
        lines.append((line, shelf.put(line.numbers, len(at)), len(at)))
    return Lines(shelf.filled(), lines)


def test_the_place_of_a_moment_is_that_of_the_last_sample_before_it() -> None:
    all_times = times()
    lines = lines_of(all_times)
    rng = np.random.default_rng(5)
    last = START + 3600 * SECOND
    walk = [START, START + 1, last, START, *rng.integers(START, last, 40).tolist()]
    walk += range(START + 90 * SECOND, START + 130 * SECOND, 777_000_000)
    for when in walk:
        places = lines.places(when)
        assert places.tolist() == [int(at.searchsorted(when, "right")) - 1 for at in all_times]
        assert lines.at(places).tolist() == [at[place] for at, place in zip(all_times, places, strict=True)]


def test_columns_of_all_kinds_lie_side_by_side() -> None:
    rng = np.random.default_rng(6)
    drift = np.cumsum(rng.integers(-9, 10, 700))
    columns: list[Any] = [
        drift.astype(np.int16),
        drift.astype(np.int32) * 1000,
        drift.astype(np.int64) * 2**40,
        (drift / 7).astype(np.float32),
        drift / 3,
        np.repeat([5, 7, 5], [300, 300, 100]).astype(np.int16),
    ]
    shelf = Shelf()
    spots = [shelf.put(pack(column), 700) for column in columns]
    held = Columns(shelf.filled(), [*spots, ZERO])
    for place in (0, 1, 350, 699):
        places = np.full(7, place)
        assert held.at(places, np.float64).tolist() == [*(float(column[place]) for column in columns), 0.0]
        assert held.at(places[:, None] - [[0, 0]], np.float64).shape == (7, 2)
    assert not held.is_zero
    assert Columns(shelf.filled(), [ZERO]).is_zero


def test_one_number_for_all_places() -> None:
    shelf = Shelf()
    spots = [shelf.same(-5), shelf.same(2.5), shelf.same(2**62)]
    held = Columns(shelf.filled(), spots)
    assert held.at(np.array([0, 999, 7]), np.float64).tolist() == [-5.0, 2.5, 2.0**62]


def test_what_is_not_eight_bytes_wide_has_no_bits_of_doubles() -> None:
    shelf = Shelf()
    assert shelf.same(1).as_double.kind == shelf.same(1.0).kind
    with pytest.raises(Damaged):
        _ = shelf.lay(np.arange(3, dtype=np.int16)).as_double
