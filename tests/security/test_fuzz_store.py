"""What somebody has done to the records and to an archive: found or refused in words, and nothing lands elsewhere."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.store.backup import backup
from hmi.store.chain import verdict
from hmi.store.jobs import JobReader
from hmi.store.journal import FIELDS, JournalFile
from hmi.store.records import JournalReader
from hmi.store.restore import restore
from hmi.store.store import Store
from tests.security.mutation import FUZZ, fuzz, mutated_bytes
from tests.store.made import DAY, MIDNIGHT, SECOND, TAGS, batch_of

COUNT = 300


def note(number: int) -> Record:
    return Record(time_ns=number, category="note", event="written", subject=f"place {number}", value=float(number))


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of a few hundred records, some of them jobs."""
    folder = tmp_path_factory.mktemp("journal")
    with closing(JournalFile(folder / "journal.db")) as file:
        file.write([note(number) for number in range(COUNT)])
        job = {"category": "job", "event": "started", "subject": "261122-1", "value": '{"kind":"started","key":"k"}'}
        file.write([Record(time_ns=1, **job), Record(time_ns=2, **{**job, "event": "answered", "value": "{}"})])
    return folder


def opened(folder: Path) -> sqlite3.Connection:
    """The file as somebody with a database shell opens it."""
    file = sqlite3.connect(folder / "journal.db", isolation_level=None)
    file.execute("DROP TRIGGER IF EXISTS record_changed")
    file.execute("DROP TRIGGER IF EXISTS record_deleted")
    return file


@pytest.mark.cr("3.9")
def test_any_record_that_is_changed_taken_away_or_moved_is_named(journal: Path, tmp_path: Path) -> None:
    dice = random.Random(7)  # the same ones every time
    for turn in range(60 * FUZZ):
        folder = tmp_path / str(turn)
        shutil.copytree(journal, folder)
        number, other = sorted(dice.sample(range(2, COUNT - 1), 2))
        kind = ("changed", "missing", "moved")[turn % 3]
        with closing(opened(folder)) as file:
            if kind == "changed":
                column = dice.choice(FIELDS)
                value = dice.choice(("x", 1.25, b"\x00", "")) if column not in ("value", "old", "limit") else "other"
                file.execute(f'UPDATE record SET "{column}" = ? WHERE id = ?', (value, number))  # noqa: S608
                changed = file.execute(f'SELECT "{column}" FROM record WHERE id = ?', (number,)).fetchone()[0]  # noqa: S608
                assert changed == value or isinstance(changed, float | int | str | bytes)
            elif kind == "missing":
                file.execute("DELETE FROM record WHERE id = ?", (number,))
            else:
                for was, now in ((number, -1), (other, number), (-1, other)):
                    file.execute("UPDATE record SET id = ? WHERE id = ?", (now, was))
        found = verdict(folder)
        same = kind == "changed" and value == getattr(note(number - 1), column)
        assert found.is_whole == same, (kind, number, found.text)
        assert same or named(found.text, number), (kind, number, found.text)
        assert same or kind != "moved" or named(found.text, other), (kind, other, found.text)
        shutil.rmtree(folder)


def named(text: str, number: int) -> bool:
    """Whether a finding speaks of a record, alone or in a stretch."""
    stretches = re.findall(r"(\d+)(?: to (\d+))?", text.partition(" other records")[0])
    return any(int(first) <= number <= int(last or first) for first, last in stretches)


@pytest.mark.cr("3.5")
@pytest.mark.expect_log("cannot be read from the journal")
def test_rows_of_any_kind_are_read_or_refused_in_words(journal: Path, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    shutil.copytree(journal, folder)
    odd = st.one_of(
        st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(max_size=40), st.binary(max_size=40)
    )

    @fuzz(120)
    @given(st.sampled_from([*FIELDS, "hash"]), odd, st.integers(1, COUNT + 2))
    def any_value(column: str, value: object, number: int) -> None:
        with closing(opened(folder)) as file:
            try:
                file.execute(f'UPDATE record SET "{column}" = ? WHERE id = ?', (value, number))  # noqa: S608
            except (sqlite3.IntegrityError, UnicodeEncodeError):
                return
        reader, jobs = JournalReader(folder), JobReader(folder)
        with closing(reader):
            asked = (
                reader.verify_journal,
                reader.journal,
                lambda: reader.journal(text="x", category="note"),
                lambda: reader.notes(0, 10),
                reader.last_alarm_records,
                reader.alarms_kept_quiet,
                reader.last_link,
                jobs.open_jobs,
                lambda: jobs.find({}),
                lambda: jobs.job("261122-1"),
            )
            for question in asked:
                try:
                    question()
                except StoreError as error:
                    assert "\n" not in str(error)

    any_value()


@pytest.mark.cr("2.10", "3.9")
@pytest.mark.expect_log("the journal is damaged and was set aside")
@pytest.mark.parametrize("value", ["no bytes", 7, b""])
def test_records_go_on_after_whatever_the_newest_one_says(journal: Path, tmp_path: Path, value: object) -> None:
    """What the next record would be chained to is no link any more: it is set aside, and a new journal says so."""
    folder = tmp_path / "data"
    shutil.copytree(journal, folder)
    with closing(opened(folder)) as file:
        file.execute("UPDATE record SET hash = ? WHERE id = (SELECT max(id) FROM record)", (value,))
    assert not verdict(folder).is_whole
    with closing(JournalReader(folder)) as reader:
        if not isinstance(value, bytes):
            with pytest.raises(StoreError, match="hmi journal verify names it"):
                reader.last_link()
    with closing(Store(folder, TAGS, HandClock(MIDNIGHT))) as store:
        store.record(note(1)).result(20)
    with closing(JournalReader(folder)) as reader:
        assert reader.journal(limit=1)[0][1].subject == "place 1"
        kept = [path.name for path in folder.iterdir() if "damaged" in path.name]
        assert bool(kept) == (not isinstance(value, bytes))
        assert not kept or next(record.event for _, record in reader.journal(newest_first=False)) == "damaged"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a small station."""
    folder = tmp_path_factory.mktemp("station")
    clock = HandClock(MIDNIGHT)
    with closing(Store(folder / "data", TAGS, clock)) as store:
        store.append(batch_of(0, [clock.now_ns()], [1.5]))
        store.flush().result(20)
        clock.step_wall(DAY / SECOND)
    backup(folder / "data", folder / "b.zip", MIDNIGHT + DAY)
    return folder / "b.zip"


@pytest.mark.cr("3.5", "7.4")
@pytest.mark.expect_log
def test_an_archive_of_any_bytes_is_restored_whole_or_not_at_all(archive: Path, tmp_path: Path) -> None:
    good, bad = archive.read_bytes(), tmp_path / "in" / "bad.zip"
    bad.parent.mkdir()
    target = tmp_path / "out" / "data"
    target.parent.mkdir()

    @fuzz(100)
    @given(st.one_of(mutated_bytes(good), st.binary(max_size=100)))
    def any_bytes(data: bytes) -> None:
        bad.write_bytes(data)
        try:
            restore(bad, target, MIDNIGHT + DAY, ("a.jones", "desk"))
        except StoreError as error:
            assert "\n" not in str(error)
            assert list(target.parent.iterdir()) == []
        else:
            assert (target / "journal.db").exists()
            shutil.rmtree(target)
        assert [path.name for path in bad.parent.iterdir()] == ["bad.zip"]

    any_bytes()
