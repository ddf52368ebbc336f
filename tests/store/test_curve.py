"""What is drawn of blocks is what their samples are; what is kept of it never stands for another file."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hmi.core.batch import FLAG_BACKFILLED
from hmi.core.history import Samples
from hmi.core.quality import BAD_TIMEOUT
from hmi.store import codec, curve, proof
from hmi.store.cache import Cache
from tests.store.made import HOUR, MIDNIGHT, SECOND

_N = 3600


def samples_of(value: NDArray[Any], start: int = MIDNIGHT, **columns: NDArray[Any]) -> Samples:
    count = len(value)
    at = start + np.arange(count) * SECOND + np.random.default_rng(3).integers(-5, 6, count) * 1_000_000
    none = np.zeros(count, np.uint32)
    own: dict[str, Any] = {"raw": np.zeros(count, np.int64), "quality": none, "flags": none, **columns}
    return Samples("a", at, at, np.asarray(value, np.float64), **own)


def _walk() -> NDArray[np.float64]:
    return np.cumsum(np.random.default_rng(1).normal(size=_N))


def _kinds() -> dict[str, Samples]:
    tenths, quality, flags = np.round(50 + _walk() * 0.1, 1), np.zeros(_N, np.uint32), np.zeros(_N, np.uint32)
    quality[100:160], flags[500:700] = BAD_TIMEOUT, FLAG_BACKFILLED
    holes, minus = tenths.copy(), tenths.copy()
    holes[7:20], minus[9] = np.nan, -0.0
    counts = np.arange(_N) * 3
    return {
        "decimals": samples_of(tenths),
        "float32": samples_of(_walk().astype(np.float32)),
        "float64": samples_of(_walk() / 3),
        "steady": samples_of(np.repeat([1.5, 2.5], _N // 2)),
        "constant": samples_of(np.full(_N, 0.1)),
        "counter": samples_of(counts, raw=counts),
        "scaled": samples_of(np.arange(_N) * 0.25 + 3, raw=np.arange(_N)),
        "bad": samples_of(tenths, quality=quality),
        "backfilled": samples_of(tenths, flags=flags),
        "holes": samples_of(holes),
        "minus zero": samples_of(minus),
        "few": samples_of(tenths[:3]),
    }


class File:
    """The two tables of a day's file that blocks name."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("CREATE TABLE data(id INTEGER PRIMARY KEY, b BLOB NOT NULL)")
        self.connection.execute("CREATE TABLE stamps(id INTEGER PRIMARY KEY, b BLOB NOT NULL)")
        self.cache = Cache()

    @property
    def source(self) -> curve.Source:
        return curve.Source(self.connection, self.cache, ("file", 1))

    def add(self, samples: Samples, number: int) -> curve.Wanted:
        stamps, data = codec.encode_times(samples.received), codec.encode(samples)
        self.connection.execute("INSERT OR REPLACE INTO stamps VALUES (?, ?)", (number, stamps))
        if data is not None:
            self.connection.execute("INSERT OR REPLACE INTO data VALUES (?, ?)", (number, data))
        did = None if data is None else number
        return curve.Wanted(len(samples), did, number, proof.bound(data, stamps), float(samples.value[0]))


@pytest.fixture
def file() -> Iterator[File]:
    made = File()
    with closing(made.connection):
        yield made


def assert_same(pieces: list[curve.Piece], parts: list[Samples]) -> None:
    at, value = curve.in_a_row(pieces)
    quality, flags = curve.beside(pieces)
    np.testing.assert_array_equal(at, np.concatenate([part.at for part in parts]))
    np.testing.assert_array_equal(value.view(np.int64), np.concatenate([part.value for part in parts]).view(np.int64))
    np.testing.assert_array_equal(quality, np.concatenate([part.quality for part in parts]))
    np.testing.assert_array_equal(flags, np.concatenate([part.flags for part in parts]))


def test_every_kind_of_block_is_drawn_as_it_is(file: File) -> None:
    kinds = _kinds()
    blocks = [file.add(samples, number) for number, samples in enumerate(kinds.values())]
    for _ in range(2):  # unpacked, then as it is kept
        pieces = curve.read(file.source, blocks)
        assert_same(pieces, list(kinds.values()))
    plain = {name for name, piece in zip(kinds, pieces, strict=True) if piece.is_plain}
    assert set(kinds) - plain == {"bad", "backfilled"}
    for piece, samples in zip(pieces, kinds.values(), strict=True):
        assert_same([piece], [samples])
    file.connection.execute("DELETE FROM data")
    assert_same(curve.read(file.source, blocks), list(kinds.values()))


def test_samples_in_memory_are_pieces_too() -> None:
    for samples in _kinds().values():
        piece = curve.piece_of(samples.received, samples.value, samples.quality, samples.flags)
        assert_same([piece], [samples])
        assert piece.is_plain == (not samples.quality.any() and not samples.flags.any())


def test_what_is_kept_of_a_file_that_is_another_one_now_is_not_drawn(file: File) -> None:
    """A file may be put in the place of another one and even get its number from the system."""
    before, after = samples_of(np.round(_walk(), 2)), samples_of(np.round(_walk(), 1), MIDNIGHT + HOUR)
    assert_same(curve.read(file.source, [file.add(before, 1)]), [before])
    assert_same(curve.read(file.source, [file.add(after, 1)]), [after])


def test_values_of_another_block_and_missing_ones_are_damage(file: File) -> None:
    one, other = (file.add(samples_of(np.round(_walk(), places)), places) for places in (1, 2))
    for wrong in (
        one._replace(did=other.did),
        one._replace(tsid=other.tsid, bound=one.bound ^ 1),
        one._replace(did=9),
        one._replace(tsid=9),
        one._replace(n=one.n - 1),
    ):
        with pytest.raises(codec.Damaged):
            curve.read(file.source, [other, wrong])
    assert len(curve.read(file.source, [one, other])) == 2


def test_more_than_is_at_hand_and_two_threads_at_once() -> None:
    """The memory that columns are put together in is each thread's own."""
    piece = curve.piece_of(*(np.arange(150_000, dtype=kind) for kind in (np.int64, np.float64, np.uint32, np.uint32)))
    at, value = curve.in_a_row([piece, piece])
    assert len(at) == len(value) == 300_000
    mine = curve.in_a_row([piece])
    later = curve.piece_of(piece.stamps.numbers + 7, *piece.shown[1:])
    other = threading.Thread(target=lambda: curve.in_a_row([later]))
    other.start()
    other.join()
    np.testing.assert_array_equal(mine[0], piece.stamps.numbers)
    assert [len(column) for column in curve.in_a_row([])] == [0, 0]
    assert [len(column) for column in curve.beside([])] == [0, 0]


def test_the_newest_sample_at_a_moment() -> None:
    for samples in _kinds().values():
        piece = curve.piece_of(samples.received, samples.value, samples.quality, samples.flags)
        for row in (0, 2, len(samples) - 1):
            found = curve.last_of(piece, "a", int(samples.received[row]) + 1)
            assert (found.at.tolist(), found.quality.tolist()) == ([samples.at[row]], [samples.quality[row]])
            np.testing.assert_array_equal(found.value, samples.value[row : row + 1])
