"""Tags that are kept for a shorter time leave their closed days; all others stay as they were, bit by bit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.plant.model import History, HistoryGroup
from hmi.store import shed as shedding
from hmi.store.query import Reader
from hmi.store.rollup import Rollup
from hmi.store.shed import Shedder, without
from hmi.store.store import Store
from hmi.store.verify import check
from tests.store.made import DAY, MIDNIGHT, SECOND, TAGS, batch_of, bits, texts_of
from tests.store.test_store import until

ALL = (-(2**63), 2**63 - 1)
NAMES = [tag.name for tag in TAGS]
HISTORY = History(400, 20.0, (HistoryGroup(("a.level",), 10), HistoryGroup(("a.*", "c.*"), 2)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four days with three tags each."""
    clock = HandClock(MIDNIGHT)
    rng = np.random.default_rng(3)
    with closing(Store(tmp_path, TAGS, clock)) as store:
        for _ in range(4):
            times = clock.now_ns() + np.arange(2000) * SECOND
            for tag in (0, 2):
                store.append(batch_of(tag, times, rng.random(2000)))
            store.append(texts_of(1, times[:2].tolist(), ["läuft", "steht"]))
            store.flush().result(20)
            store.seal().result(20)
            clock.step_wall(DAY / SECOND)
    return tmp_path


def counts(folder: Path) -> list[int]:
    return [len(samples) for samples in Reader(folder).samples(NAMES, *ALL)]


def test_others_stay_bit_by_bit_and_the_file_shrinks(folder: Path) -> None:
    path = folder / "samples" / "2026-02-16.db"
    before = [bits(samples) for samples in Reader(folder).samples(NAMES, *ALL)]
    mode = path.stat().st_mode
    assert without(path, [1, 3])
    assert not without(path, [1, 3, 99])
    level, state, count = (bits(samples) for samples in Reader(folder).samples(NAMES, *ALL))
    assert (level, state, count) == (before[0][2000:], before[1], before[2][2000:])
    assert path.stat().st_mode == mode
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA freelist_count").fetchone() == (0,)
        assert file.execute("SELECT (SELECT count(*) FROM data), (SELECT count(*) FROM stamps)").fetchone() == (1, 1)
        assert file.execute("SELECT first, last FROM span").fetchone() == (MIDNIGHT, MIDNIGHT + SECOND)
    assert check(folder).findings == ()
    assert sorted(one.name for one in path.parent.iterdir()) == [f"2026-02-{day}.db" for day in (16, 17, 18, 19)]


def test_days_whose_time_is_over_one_a_call_and_never_the_newest(folder: Path) -> None:
    shedder, rollup = Shedder(folder, HISTORY), Rollup(folder)
    with closing(rollup):
        assert shedder.shed(MIDNIGHT + 2 * DAY, rollup) is None
        shed = [shedder.shed(MIDNIGHT + 4 * DAY, rollup) for _ in range(3)]
        assert [path and path.stem for path in shed] == ["2026-02-16", "2026-02-17", None]
        assert counts(folder) == [8000, 4, 8000]
        shed = [shedder.shed(MIDNIGHT + 99 * DAY, rollup) for _ in range(4)]
        assert [path and path.stem for path in shed] == ["2026-02-16", "2026-02-17", "2026-02-18", None]
    assert counts(folder) == [2000, 2, 8000]
    with closing(sqlite3.connect(folder / "rollup.db")) as file:
        hours = file.execute("SELECT tag, sum(samples) FROM hours GROUP BY tag ORDER BY tag").fetchall()
    assert hours == [("a.level", 6000), ("a.state", 6), ("b.count", 6000)]  # the summaries stay


def test_what_an_hour_was_is_known_to_the_reader_that_had_the_file_open(folder: Path) -> None:
    reader = Reader(folder)
    assert len(reader.samples(["a.level"], *ALL)[0]) == 8000
    without(folder / "samples" / "2026-02-16.db", [1])
    assert len(reader.samples(["a.level"], *ALL)[0]) == 6000


def test_a_disk_without_room_for_it_leaves_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shedding, "_has_room", lambda path: False)
    with closing(Rollup(folder)) as rollup:
        assert Shedder(folder, HISTORY).shed(MIDNIGHT + 99 * DAY, rollup) is None
    assert counts(folder) == [8000, 8, 8000]


def test_the_store_does_it_by_itself(folder: Path) -> None:
    clock = HandClock(MIDNIGHT + 4 * DAY)
    with closing(Store(folder, TAGS, clock, HISTORY)):
        for shed in (1, 2):
            until(lambda shed=shed: counts(folder)[1] == 8 - 2 * shed)
            clock.advance(601)
    assert counts(folder) == [8000, 4, 8000]
