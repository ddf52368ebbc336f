"""The store as the engine uses it: handed over is kept, said to be on the disk is on the disk, trouble is told."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock, MachineClock
from hmi.core.batch import Batch
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.plant.model import History
from hmi.core.tags import Tag
from hmi.store.journal import SILENT
from hmi.store.query import Reader
from hmi.store.store import Store

TAGS = [Tag(0, "a.level", "filler", "x", "float64", unit="%"), Tag(1, "a.speed", "palletiser", "y", "uint16")]
SECOND = 1_000_000_000
DAY = 86_400 * SECOND


def until(state: Callable[[], object]) -> None:
    """Wait for a state with a generous deadline."""
    deadline = time.monotonic() + 30
    while not state():
        assert time.monotonic() < deadline, "the state never came"
        time.sleep(0.005)


def batch(now: int, *values: float, tag: int = 0) -> Batch:
    """Values a millisecond apart."""
    times = now + np.arange(len(values)) * 1_000_000
    return Batch.of([tag] * len(values), values, times, now)


def event(clock: HandClock | MachineClock, subject: str = "a.level.hh", **more: object) -> Record:
    told = {"category": "alarm", "event": "raised"} | more
    return Record(time_ns=clock.now_ns(), subject=subject, **told)  # type: ignore[arg-type]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[Store]:
    store = Store(tmp_path, TAGS, clock)
    yield store
    store.close()


def test_what_is_handed_over_is_on_the_disk_within_about_a_second(tmp_path: Path) -> None:
    clock = MachineClock()
    store = Store(tmp_path, TAGS, clock)
    now = clock.now_ns()
    store.append(batch(now, 1.0, 2.0, 3.0))
    until(lambda: store.stored == 3)
    assert store.waiting == 0
    [samples] = Reader(tmp_path).samples(["a.level"], 0, now + SECOND)
    assert samples.value.tolist() == [1.0, 2.0, 3.0]
    store.close()


def test_flush_does_not_wait_for_the_second(store: Store, clock: HandClock, tmp_path: Path) -> None:
    store.append(batch(clock.now_ns(), 1.0))
    store.flush().result(20)
    assert (store.stored, store.waiting, store.lost, store.fault) == (1, 0, 0, "")
    assert store.disk_free_mb > 0
    assert len(Reader(tmp_path).samples(["a.level"], 0, clock.now_ns())[0]) == 1


def test_a_record_has_its_number_when_it_is_on_the_disk(store: Store, clock: HandClock, tmp_path: Path) -> None:
    first, second = store.record(event(clock)), store.record(event(clock, "a.speed.l"))
    assert (first.result(20), second.result(20)) == (1, 2)
    assert [number for number, _ in Reader(tmp_path).journal()] == [2, 1]


def test_one_thread_more_and_none_after(tmp_path: Path, clock: HandClock) -> None:
    before = set(threading.enumerate())
    store = Store(tmp_path, TAGS, clock)
    assert sorted(thread.name for thread in set(threading.enumerate()) - before) == [
        "hmi-store-sealer",
        "hmi-store-writer",
    ]
    store.close()
    store.close()
    assert set(threading.enumerate()) == before


def test_closing_keeps_everything_and_leaves_single_files(tmp_path: Path, clock: HandClock) -> None:
    store = Store(tmp_path, TAGS, clock)
    store.append(batch(clock.now_ns(), 1.0, 2.0))
    store.record(event(clock))
    store.close()
    reader = Reader(tmp_path)
    assert len(reader.samples(["a.level"], 0, clock.now_ns() + DAY)[0]) == 2
    assert len(reader.journal()) == 1
    names = sorted(path.name for path in tmp_path.rglob("*"))
    assert names == ["hot.db", "journal.db", "lock"]


@pytest.mark.fault(rows=[23])
def test_a_second_engine_is_refused_in_one_line(store: Store, tmp_path: Path, clock: HandClock) -> None:
    with pytest.raises(StoreError, match=rf"another engine \(process {os.getpid()}\)[^\n]*--data$"):
        Store(tmp_path, TAGS, clock)


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path, clock: HandClock) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot be used.*--data"):
        Store(tmp_path / "file", TAGS, clock)
    (tmp_path / "d" / "journal.db").mkdir(parents=True)
    with pytest.raises(StoreError, match=r"cannot be used.*--data"):
        Store(tmp_path / "d", TAGS, clock)
    assert not [thread for thread in threading.enumerate() if thread.name == "hmi-store-writer"]


def test_the_time_without_an_engine_is_a_gap(tmp_path: Path, clock: HandClock) -> None:
    Store(tmp_path, TAGS, clock).close()
    stopped = clock.now_ns()
    clock.advance(60)
    Store(tmp_path, TAGS, clock).close()
    [gap] = Reader(tmp_path).gaps(0, clock.now_ns() + 1)
    assert gap == (stopped, clock.now_ns(), "the engine was not running (it was stopped)")


def test_a_connection_silent_as_the_run_ended_has_its_gap_declared_by_the_next(
    tmp_path: Path, clock: HandClock
) -> None:
    run, begun = Store(tmp_path, TAGS, clock), clock.now_ns()
    run.record(event(clock, "engine", category="system", event="started"))
    for connection, *events in (("filler", "silent"), ("palletiser", "silent", "live")):
        for one in events:
            run.record(event(clock, connection, category="connection", event=one, source_ns=begun))
    clock.advance(60)
    run.close()
    stopped = clock.now_ns()
    clock.advance(60)
    for _ in range(2):
        run = Store(tmp_path, TAGS, clock)
        run.record(event(clock, "engine", category="system", event="started"))
        run.close()
    gaps = Reader(tmp_path).gaps(0, clock.now_ns(), "filler")
    assert [gap for gap in gaps if gap.reason == SILENT] == [(begun, stopped, SILENT)]
    assert SILENT not in [gap.reason for gap in Reader(tmp_path).gaps(0, clock.now_ns(), "palletiser")]


@pytest.mark.parametrize("first", ["record", "append"])
def test_a_gap_is_on_the_disk_before_what_comes_after_it(
    store: Store, clock: HandClock, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """A kill in between would make a loss unsaid: the values behind it, or the record that it is over, are there."""
    order: list[str] = []

    def noted(name: str) -> Callable[..., object]:
        does = getattr(store._writer, name)
        return lambda *given: (order.append(name), does(*given))[1]

    store.flush().result(20)
    for name in ("declare_gap", "write_records", "take"):
        monkeypatch.setattr(store._writer, name, noted(name))
    store.declare_gap(10, 20, "filler", SILENT)
    if first == "record":
        store.record(event(clock, "filler", category="connection", event="live")).result(20)
    else:
        store.append(batch(clock.now_ns(), 1.0))
        store.flush().result(20)
    assert order == ["declare_gap", "write_records" if first == "record" else "take"]


def test_a_store_knows_how_far_the_run_before_it_came(tmp_path: Path, clock: HandClock) -> None:
    first = Store(tmp_path, TAGS, clock)
    assert first.run_before is None
    made = clock.now_ns() - 3_000_000_000
    first.append(Batch.of([1], [5.0], made, clock.now_ns()))
    first.close()
    stopped = clock.now_ns()
    clock.advance(60)
    second = Store(tmp_path, TAGS, clock)
    assert second.run_before is not None
    assert second.run_before.ended_ns == stopped
    assert second.run_before.newest_ns[1] == made
    assert second.run_before.newest_ns[0] < 0  # of that tag nothing is stored
    second.close()


def test_declared_gaps_are_found_by_connection(store: Store, tmp_path: Path) -> None:
    store.declare_gap(10, 20, "filler", "no communication")
    store.declare_gap(30, 40, "", "all of it")
    store.flush().result(20)
    reader = Reader(tmp_path)
    assert [gap.reason for gap in reader.gaps(0, 100)] == ["no communication", "all of it"]
    assert [gap.reason for gap in reader.gaps(0, 100, "palletiser")] == ["all of it"]
    assert reader.gaps(20, 30) == []


def test_values_follow_their_names_through_a_plant_edit(tmp_path: Path, clock: HandClock) -> None:
    store = Store(tmp_path, TAGS, clock)
    store.append(batch(clock.now_ns(), 1.0))
    store.close()
    clock.advance(10)
    edited = [Tag(0, "new", "filler", "x", "bool"), Tag(1, "a.level", "filler", "x", "float64")]
    store = Store(tmp_path, edited, clock)
    store.append(batch(clock.now_ns(), 2.0, tag=1))
    store.append(batch(clock.now_ns(), 0.0, tag=0))
    store.close()
    new, level = Reader(tmp_path).samples(["new", "a.level"], 0, clock.now_ns() + 1)
    assert (new.value.tolist(), level.value.tolist()) == ([0.0], [1.0, 2.0])


def test_a_value_told_again_after_a_restart_is_kept_once(tmp_path: Path, clock: HandClock) -> None:
    told = batch(clock.now_ns(), 1.0)
    for _ in range(2):
        store = Store(tmp_path, TAGS, clock)
        store.append(told)
        store.close()
        clock.advance(DAY / SECOND)
    assert len(Reader(tmp_path).samples(["a.level"], 0, clock.now_ns())[0]) == 1


def test_old_days_are_dropped_at_start(tmp_path: Path, clock: HandClock) -> None:
    for _ in range(3):
        store = Store(tmp_path, TAGS, clock)
        store.append(batch(clock.now_ns(), 1.0))
        store.close()
        clock.advance(DAY / SECOND)
    store = Store(tmp_path, TAGS, clock, History(keep_days=1))
    until(lambda: len(list((tmp_path / "samples").glob("*.db"))) == 2)
    assert store.retain(clock.now_ns()).result(20) == []
    store.close()
    assert len(Reader(tmp_path).samples(["a.level"], 0, clock.now_ns())[0]) == 1


@pytest.mark.expect_log("nearly full", "could not be stored")
def test_a_buffer_that_runs_over_drops_the_oldest_and_says_so(tmp_path: Path, clock: HandClock) -> None:
    store = Store(tmp_path, TAGS, clock, reserve_mb=1e12, buffer_rows=10)  # no disk has that much: it takes none
    for number in range(20):
        clock.advance(0.001)
        store.append(batch(clock.now_ns(), float(number)))
    with pytest.raises(StoreError, match="nearly full"):
        store.flush().result(20)
    assert (store.waiting, store.lost, store.stored) == (10, 10, 0)
    until(lambda: "10 of at most 10, 10 were lost" in store.fault)
    assert store.record(event(clock)).result(20) == 1  # the reserve is the journal's
    store.close()
