"""A file is proven once, and again as soon as anything about it is another."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.store import proof
from hmi.store.folder import day_path
from hmi.store.proven import Proven
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of


def record(folder: Path, day: int) -> None:
    """Two hours of a tag on some day."""
    with closing(Store(folder, TAGS, HandClock(MIDNIGHT + day * DAY + 3 * HOUR))) as store:
        for hour in (0, 1):
            start = MIDNIGHT + day * DAY + hour * HOUR
            store.append(batch_of(0, [start + n * SECOND for n in range(300)], [*range(300)]))
            store.flush().result(20)
            store.seal().result(20)


def asked(folder: Path) -> tuple[int, int]:
    """How many values a reader of its own finds on the first day, and how many gaps."""
    with closing(Reader(folder)) as reader:
        [window] = reader.window(["a.level"], MIDNIGHT, MIDNIGHT + 2 * HOUR, 2)
        return int(window.count.sum()), len([gap for gap in window.gaps if "damaged" in gap.reason])


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The tags that were looked at, in turn."""
    seen: list[int] = []
    real = proof.doubt

    def doubt(file: sqlite3.Connection, number: int, *others: object) -> proof.Doubt | None:
        seen.append(number)
        return real(file, number, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(proof, "doubt", doubt)
    return seen


@pytest.mark.parametrize("days", [1, 2])  # of which the last is open
def test_readers_share_what_was_found_whole_until_the_file_changes(
    tmp_path: Path, days: int, proofs: list[int]
) -> None:
    for day in range(days):
        record(tmp_path, day)
    assert [asked(tmp_path) for _ in range(3)] == [(600, 0)] * 3
    assert len(proofs) == 1
    path = day_path(tmp_path, MIDNIGHT // DAY)
    path.chmod(0o600)
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE block SET vmax = 5 WHERE t0 = ?", (MIDNIGHT,))
        file.commit()
    assert [asked(tmp_path) for _ in range(2)] == [(300, 1)] * 2
    assert len(proofs) == 3  # a doubt is not shared


def test_what_a_seal_adds_is_looked_at(tmp_path: Path, proofs: list[int]) -> None:
    record(tmp_path, 0)
    assert asked(tmp_path) == (600, 0)
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT + 3 * HOUR))) as store:
        store.append(batch_of(0, [MIDNIGHT + 90 * 60 * SECOND], [1.0]))
        store.flush().result(20)
        store.seal().result(20)
        assert asked(tmp_path) == (601, 0)
    assert len(proofs) == 2


def test_what_nobody_asked_for_in_a_long_time_is_forgotten() -> None:
    proven = Proven()
    for file in range(1500):
        proven.add(file, 7)
        proven.add(0, file)
    assert proven.has(0, 3)
    assert proven.has(1499, 7)
    assert not proven.has(1499, 8)
    assert not proven.has(400, 7)
