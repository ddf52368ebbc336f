"""Which day files there are: known without listing them once nothing has moved for a while, and never wrong."""

from __future__ import annotations

import os
from pathlib import Path

from hmi.store.daylist import DayList
from hmi.store.folder import HOT

SECOND = 1_000_000_000
NOON = 1_770_000_000 * SECOND


def stamped(path: Path, at_ns: int) -> None:
    os.utime(path, ns=(at_ns, at_ns))


def test_a_folder_that_settled_is_listed_once_and_again_when_a_file_comes_or_goes(tmp_path: Path) -> None:
    samples = tmp_path / "samples"
    samples.mkdir()
    (samples / "2026-02-16.db").touch()
    (tmp_path / HOT).touch()
    stamped(samples, NOON)
    stamped(tmp_path / HOT, NOON + 4 * SECOND)
    listed = DayList(tmp_path)
    assert [listed.look().is_known for _ in range(3)] == [False, True, True]
    (samples / "2026-02-17.db").touch()
    stamped(samples, NOON + SECOND)
    stamped(tmp_path / HOT, NOON + 5 * SECOND)
    found = listed.look()
    assert (len(found.days), found.is_known) == (2, False)
    assert listed.look().is_known
    (samples / "2026-02-16.db").unlink()  # its folder's time is now, and nothing was written after it
    assert [(len(found.days), found.is_known) for found in (listed.look(), listed.look())] == [(1, False)] * 2


def test_two_changes_within_one_step_of_the_clock_are_both_seen(tmp_path: Path) -> None:
    samples = tmp_path / "samples"
    samples.mkdir()
    (tmp_path / HOT).touch()
    listed = DayList(tmp_path)
    for number in range(1, 6):
        (samples / f"2026-02-{10 + number}.db").touch()
        stamped(samples, NOON)
        stamped(tmp_path / HOT, NOON + 2 * SECOND)
        assert len(listed.look().days) == number


def test_without_a_folder_or_an_engine_there_is_nothing_to_go_by(tmp_path: Path) -> None:
    listed = DayList(tmp_path)
    assert listed.look() == ({}, False)
    (tmp_path / "samples").mkdir()
    assert listed.look() == listed.look() == ({}, False)
