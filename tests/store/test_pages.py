"""How blobs are put into pages: all of them, near to their own place, and few pages more than their bytes need."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.store.pages import PAGE_BYTES, Pages
from hmi.store.schema import open_day

_SIZES = np.random.default_rng(1).choice(
    [23, 120, 900, 1500, 2100, 3300, 8000], 2000, p=[0.2, 0.1, 0.3, 0.2, 0.1, 0.05, 0.05]
)
BLOBS = [bytes(int(size)) for size in _SIZES]


def in_their_order(path: Path, seals: list[list[bytes]], *, ordered: bool) -> int:
    """Pages of a day's file whose blobs were written by so many seals."""
    pages = Pages()
    with closing(open_day(path)) as file:
        for blobs in seals:
            order = pages.order(blobs) if ordered else range(len(blobs))
            file.executemany("INSERT INTO data(b) VALUES (?)", [(blobs[place],) for place in order])
        [count] = file.execute("PRAGMA page_count").fetchone()
    return int(count)


def test_every_blob_has_one_place_and_stays_near_it() -> None:
    order = Pages().order(BLOBS)
    assert sorted(order) == list(range(len(BLOBS)))
    waited = [max(0, number - place) for number, place in enumerate(order)]
    assert np.median(waited) < 64


def test_little_of_a_page_stays_empty(tmp_path: Path) -> None:
    """Over several seals, each of which goes on in the page where the one before ended."""
    seals = [BLOBS[start : start + 400] for start in range(0, len(BLOBS), 400)]
    with closing(open_day(tmp_path / "empty.db")) as file:
        [empty] = file.execute("PRAGMA page_count").fetchone()
    needed = int(_SIZES.sum()) / PAGE_BYTES
    tidy = in_their_order(tmp_path / "tidy.db", seals, ordered=True) - empty
    plain = in_their_order(tmp_path / "plain.db", seals, ordered=False) - empty
    assert tidy <= needed * 1.03 + 2
    assert plain > needed * 1.05


@pytest.mark.parametrize("size", [PAGE_BYTES - 60, PAGE_BYTES - 40, PAGE_BYTES, 3 * PAGE_BYTES + 77])
def test_what_is_longer_than_a_page_is_written_too(size: int, tmp_path: Path) -> None:
    blobs = [bytes(size), bytes(10), bytes(size), bytes(700)]
    assert sorted(Pages().order(blobs)) == [0, 1, 2, 3]
    pages = in_their_order(tmp_path / "long.db", [blobs], ordered=True)
    with closing(sqlite3.connect(tmp_path / "long.db")) as file:
        [total] = file.execute("SELECT sum(length(b)) FROM data").fetchone()
    assert total == 2 * size + 710
    assert pages * PAGE_BYTES > 2 * size


def test_nothing_needs_no_order() -> None:
    assert Pages().order([]) == []
