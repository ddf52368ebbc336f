"""The sealer: hours that are over, too much that is unsealed, faults of the disk, and never twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.plant.model import History
from hmi.store.folder import day_files
from hmi.store.sealer import GRACE_NS, Sealer
from hmi.store.unsealed import Mark, Second, Unsealed
from tests.store.made import HOUR, MIDNIGHT, SECOND, slab_of

LONG_S = 20


class Desk:
    """A sealer with what it works on, and a place to wait for what it says."""

    def __init__(self, folder: Path, seal_rows: int = 1000) -> None:
        self.clock = HandClock(MIDNIGHT)
        self.unsealed = Unsealed()
        self.marks: list[Mark] = []
        self.told = threading.Condition()
        self.sealer = Sealer(folder, self.unsealed, self.clock, History(), self._forget, seal_rows=seal_rows)
        self.sealer.tags = [(1, "a", "c", "float64", "", "")]

    def _forget(self, mark: Mark) -> None:
        with self.told:
            self.marks.append(mark)
            self.told.notify()

    def commit(self, seq: int, at: int, count: int = 1) -> None:
        hour = at // HOUR * HOUR
        self.unsealed.add([Second(seq, hour, slab_of((1, at + np.arange(count), np.arange(count))))])

    def wait(self, count: int) -> None:
        with self.told:
            assert self.told.wait_for(lambda: len(self.marks) >= count, LONG_S), self.sealer.fault


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.sealer.close(LONG_S)


def test_an_hour_is_sealed_once_it_is_over_and_late_values_had_their_time(desk: Desk, tmp_path: Path) -> None:
    desk.commit(1, MIDNIGHT + 5)
    desk.commit(2, MIDNIGHT + HOUR + 5)
    desk.clock.step_wall((HOUR + GRACE_NS) / SECOND)
    desk.sealer.start(None)
    desk.wait(1)
    assert desk.marks == [Mark(MIDNIGHT, 1)]
    assert desk.sealer.sealed_until_ns == MIDNIGHT + HOUR
    assert desk.unsealed.first_hour == MIDNIGHT + HOUR
    assert len(day_files(tmp_path)) == 1


def test_hours_that_ended_while_no_engine_ran_are_sealed_each_for_itself(desk: Desk, tmp_path: Path) -> None:
    for seq, hour in enumerate((20, 23, 24), start=1):
        desk.commit(seq, MIDNIGHT + hour * HOUR)
    desk.clock.step_wall(99 * 3600)
    desk.sealer.start(None)
    desk.wait(3)
    assert [mark.seq for mark in desk.marks] == [1, 2, 3]
    assert len(day_files(tmp_path)) == 2


def test_too_much_is_sealed_before_the_hour_is_over(desk: Desk) -> None:
    desk.commit(1, MIDNIGHT, 1001)
    desk.sealer.start(None)
    desk.wait(1)
    assert len(desk.unsealed) == 0


def test_a_seal_asked_for_is_done_when_it_says_so(desk: Desk, tmp_path: Path) -> None:
    desk.sealer.start(None)
    desk.commit(1, MIDNIGHT)
    desk.sealer.seal().result(LONG_S)
    assert (len(desk.unsealed), len(day_files(tmp_path))) == (0, 1)
    assert desk.sealer.retain(MIDNIGHT).result(LONG_S) == []


@pytest.mark.expect_log("history cannot be sealed")
def test_a_disk_that_takes_nothing_loses_nothing(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "samples").write_text("in the way")
    desk.commit(1, MIDNIGHT, 1001)
    desk.sealer.start(None)
    with pytest.raises(StoreError):
        desk.sealer.seal().result(LONG_S)
    assert len(desk.unsealed) == 1001
    (tmp_path / "samples").unlink()
    desk.clock.advance(3600)
    desk.wait(1)
    assert len(desk.unsealed) == 0
    desk.sealer.seal().result(LONG_S)


def test_closing_ends_the_thread_and_leaves_the_rest_to_the_next_start(desk: Desk) -> None:
    desk.sealer.start(None)
    desk.commit(1, MIDNIGHT)
    desk.sealer.close(LONG_S)
    assert "hmi-store-sealer" not in [thread.name for thread in threading.enumerate()]
    assert len(desk.unsealed) == 1


def test_a_question_that_never_ends_does_not_keep_history_from_being_sealed(desk: Desk) -> None:
    desk.sealer.start(None)
    desk.commit(1, MIDNIGHT + 5, 100)
    with desk.unsealed.asked():
        desk.sealer.seal().result(LONG_S)
    assert desk.marks == [Mark(MIDNIGHT, 1)]


def test_a_sealer_that_never_started_can_be_closed(desk: Desk) -> None:
    desk.sealer.close(LONG_S)
