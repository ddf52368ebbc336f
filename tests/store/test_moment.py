"""Many tags of a day's file at once: the newest block of each, and nothing told out of what is damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.core.batch import ROW
from hmi.store import moment
from hmi.store.block import blocks_of
from hmi.store.codec_bytes import Damaged
from hmi.store.days import Days, last_of
from hmi.store.folder import day_files
from hmi.store.unsealed import Mark, Second
from tests.store.made import HOUR, MIDNIGHT, SECOND, slab_of

TAGS = [(1, "a", "c", "float64", "", ""), (2, "b", "c", "float64", "", ""), (3, "e", "c", "float64", "", "")]
STOP = MIDNIGHT + 5 * HOUR
BEGUN = slab_of((2, [MIDNIGHT - 9], [4.0]), (3, [MIDNIGHT - 7], [5.0]))


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Two hours of two tags."""
    with closing(Days(tmp_path, None)) as days:
        for seq, hour in enumerate((MIDNIGHT, MIDNIGHT + HOUR), 1):
            times = [hour + n * SECOND for n in range(300)]
            slab = slab_of((1, times, [100 * seq + n / 10 for n in range(300)]), (2, times[100:], [seq] * 200))
            made = blocks_of([Second(seq, hour, slab)], {}, lambda: None)
            days.write(made, Mark(hour, seq), last_of(slab), TAGS)
    with closing(sqlite3.connect(next(iter(day_files(tmp_path).values())), isolation_level=None)) as connection:
        yield connection


def told(file: sqlite3.Connection, when_ns: int) -> dict[int, float]:
    around = moment.look(file, [2, 3, 1, 2], when_ns, STOP, BEGUN)
    rows = np.zeros(4, ROW)
    around.write(rows, when_ns)
    return {place: float(rows["value"][place]) for place in sorted(around.of.tolist())}


def test_the_newest_of_each(file: sqlite3.Connection) -> None:
    assert told(file, MIDNIGHT - 8) == {0: 4.0, 3: 4.0}
    assert told(file, MIDNIGHT + 50 * SECOND) == {0: 4.0, 1: 5.0, 2: 105.0, 3: 4.0}
    assert told(file, MIDNIGHT + 150 * SECOND) == {0: 1.0, 1: 5.0, 2: 115.0, 3: 1.0}
    assert told(file, MIDNIGHT + HOUR - 1) == {0: 1.0, 1: 5.0, 2: 129.9, 3: 1.0}
    assert told(file, MIDNIGHT + 2 * HOUR) == {0: 2.0, 1: 5.0, 2: 229.9, 3: 2.0}


def test_it_is_good_until_the_next_block_of_any(file: sqlite3.Connection) -> None:
    first = moment.look(file, [1, 2], MIDNIGHT + 150 * SECOND, STOP, None)
    assert (first.from_ns, first.to_ns) == (MIDNIGHT + 100 * SECOND, MIDNIGHT + HOUR)
    last = moment.look(file, [1, 2], MIDNIGHT + 2 * HOUR, STOP, None)
    assert (last.from_ns, last.to_ns) == (MIDNIGHT + HOUR + 100 * SECOND, STOP)


@pytest.mark.parametrize(
    "ruin",
    [
        "UPDATE block SET vmax = 99.0 WHERE tag = 1",
        "DELETE FROM data",
        "DELETE FROM stamps",
        "UPDATE data SET b = zeroblob(length(b))",
        "UPDATE stamps SET b = substr(b, 1, length(b) - 1)",
        "UPDATE data SET b = (SELECT b FROM data ORDER BY id DESC LIMIT 1)",
    ],
)
def test_what_is_not_as_it_was_written_is_not_told(file: sqlite3.Connection, ruin: str) -> None:
    file.execute(ruin)
    with pytest.raises(Damaged):
        moment.look(file, [1, 2, 3], MIDNIGHT + 150 * SECOND, STOP, BEGUN)
