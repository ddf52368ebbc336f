"""A backup of a folder that is being written: whole, private, and the plant's data only."""

from __future__ import annotations

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.store import backup as backups
from hmi.store.backup import backup
from hmi.store.days import Days
from hmi.store.query import Reader
from hmi.store.restore import restore
from hmi.store.store import Store
from tests.store.made import DAY, HOUR, MIDNIGHT, SECOND, TAGS, batch_of

WHO = ("a.jones", "desk-1")


def fill(store: Store, clock: HandClock, count: int = 3) -> None:
    for number in range(count):
        store.append(batch_of(0, [clock.now_ns()], [float(number)]))
        clock.advance(1)
    store.flush().result(20)


def names(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as file:
        return sorted(file.namelist())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two days, one of them over, and something that is not sealed."""
    clock = HandClock(MIDNIGHT)
    folder = tmp_path / "data"
    with closing(Store(folder, TAGS, clock)) as store:
        fill(store, clock)
        store.seal().result(20)
        clock.step_wall(DAY / SECOND)
        fill(store, clock)
        store.seal().result(20)
        clock.step_wall(HOUR / SECOND)
        fill(store, clock)
        store.record(Record(time_ns=clock.now_ns(), category="alarm", event="raised", subject="x")).result(20)
    with closing(Days(folder, None)) as days:
        days.tidy()
    return folder


def test_what_is_the_engines_own_or_was_set_aside_stays_behind(folder: Path, tmp_path: Path) -> None:
    for name in (
        "link.json",
        "engine.log",
        "samples/2026-02-01.db.damaged-7",
        "samples/2026-02-02.db.salvaged",
        "x.part",
    ):
        (folder / name).write_bytes(b"x")
    (folder / "decisions").mkdir()
    (folder / "decisions" / "1.json").write_text("{}")
    backup(folder, tmp_path / "b.zip", MIDNIGHT)
    assert names(tmp_path / "b.zip") == [
        "decisions/1.json",
        "hot.db",
        "journal.db",
        "manifest.json",
        "rollup.db",
        "samples/2026-02-16.db",
        "samples/2026-02-17.db",
    ]


@pytest.mark.cr("4.1", "7.3")
def test_keys_and_passwords_only_when_asked_for_and_said_aloud(folder: Path, tmp_path: Path) -> None:
    (folder / "secrets").mkdir()
    (folder / "secrets" / "filler").write_text("pw")
    (folder / "pki" / "own").mkdir(parents=True)
    (folder / "pki" / "own" / "cert.der").write_bytes(b"c")
    (folder / "pki" / "trusted").mkdir()
    (folder / "pki" / "trusted" / "plc.der").write_bytes(b"t")
    (folder / "modbus.key").write_text("-----BEGIN RSA PRIVATE KEY-----\nx")
    taken = backup(folder, tmp_path / "b.zip", MIDNIGHT)
    assert taken.manifest.left_out == ("modbus.key", "pki/own/cert.der", "secrets/filler")
    assert "pki/trusted/plc.der" in names(tmp_path / "b.zip")
    assert not {*taken.manifest.left_out} & {*names(tmp_path / "b.zip")}
    whole = backup(folder, tmp_path / "c.zip", MIDNIGHT, secrets=True)
    assert (whole.manifest.left_out, whole.manifest.secrets) == ((), True)
    assert {*taken.manifest.left_out} <= {*names(tmp_path / "c.zip")}


def test_nobody_else_may_read_it_and_nothing_is_left_beside(folder: Path, tmp_path: Path) -> None:
    backup(folder, tmp_path / "b.zip", MIDNIGHT)
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "data"]


def test_nothing_is_written_over_or_into_the_folder_itself(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_text("older")
    with pytest.raises(StoreError, match="is there already"):
        backup(folder, tmp_path / "b.zip", MIDNIGHT)
    assert (tmp_path / "b.zip").read_text() == "older"
    with pytest.raises(StoreError, match="in the data folder itself"):
        backup(folder, folder / "b.zip", MIDNIGHT)
    with pytest.raises(StoreError, match="nothing was recorded"):
        backup(tmp_path / "nowhere", tmp_path / "c.zip", MIDNIGHT)


def test_a_failure_on_the_way_leaves_no_archive(folder: Path, tmp_path: Path) -> None:
    (folder / "journal.db").write_bytes(b"\xff" * 8192)
    with pytest.raises(StoreError, match="no backup was taken: the file is damaged"):
        backup(folder, tmp_path / "b.zip", MIDNIGHT)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
    (folder / "journal.db").unlink()


def test_values_sealed_while_it_is_taken_are_there_and_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seal comes right after hot.db was copied: the values are in both copies then."""
    clock = HandClock(MIDNIGHT)
    folder = tmp_path / "data"
    with closing(Store(folder, TAGS, clock)) as store:
        fill(store, clock, 5)
        put = backups._Packer._put

        def sealed_meanwhile(self: object, archive: object, path: Path, source: Path) -> None:
            put(self, archive, path, source)  # type: ignore[arg-type]
            if path.name == "hot.db":
                fill(store, clock, 2)
                store.seal().result(20)

        monkeypatch.setattr(backups._Packer, "_put", sealed_meanwhile)
        backup(folder, tmp_path / "b.zip", clock.now_ns())
    restore(tmp_path / "b.zip", tmp_path / "again", clock.now_ns(), WHO)
    again = Reader(tmp_path / "again").samples(["a.level"], 0, 2**62)[0]
    assert again.value.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0]
    with closing(Store(tmp_path / "again", TAGS, clock)) as store:  # in the same hour: new seconds get new numbers
        fill(store, clock, 3)
        assert len(Reader(tmp_path / "again").samples(["a.level"], 0, 2**62)[0]) == 10
    assert len(Reader(tmp_path / "again").samples(["a.level"], 0, 2**62)[0]) == 10
    with closing(Store(tmp_path / "again", TAGS, clock)) as store:
        store.seal().result(20)
    assert len(Reader(tmp_path / "again").samples(["a.level"], 0, 2**62)[0]) == 10


def test_a_day_that_was_not_over_is_summed_up_after_the_restore(folder: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(folder / "rollup.db")) as file, file:
        file.execute("INSERT INTO day VALUES (20501)")  # closed between the copy of the day and that of the summaries
    backup(folder, tmp_path / "b.zip", MIDNIGHT)
    restore(tmp_path / "b.zip", tmp_path / "again", MIDNIGHT + 2 * DAY, WHO)
    with closing(sqlite3.connect(tmp_path / "again" / "rollup.db")) as file:
        assert file.execute("SELECT day FROM day WHERE day >= 20501").fetchall() == []


def test_progress_goes_up_to_the_end(folder: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    backup(folder, tmp_path / "b.zip", MIDNIGHT, progress=lambda *row: told.append(row))
    done = [row[1] for row in told]
    assert done == sorted(done)
    assert done[-1] > 0
