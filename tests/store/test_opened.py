"""A file is opened once a thread, and again when it is another one or gave trouble."""

from __future__ import annotations

import gc
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from hmi.store import opened
from hmi.store.opened import Opened
from hmi.store.schema import close_for_good


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return made(tmp_path / "file.db", 1)


def made(path: Path, number: int) -> Path:
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("CREATE TABLE a(b)")
        file.execute("INSERT INTO a VALUES (?)", (number,))
        file.commit()
    return path


def number_in(kept: Opened) -> tuple[int, int]:
    """What is in it, and which connection said so."""
    with kept.asked() as file:
        assert file is not None
        return file.execute("SELECT b FROM a").fetchone()[0], id(file)


def test_a_thread_keeps_its_own_connection(path: Path) -> None:
    kept = Opened(path)
    first = number_in(kept)
    assert number_in(kept) == first
    others: list[tuple[int, int]] = []
    thread = threading.Thread(target=lambda: others.append(number_in(kept)))
    thread.start()
    thread.join(20)
    assert others[0][0] == 1
    assert others[0][1] != first[1]
    kept.close()
    kept.close()
    assert files_open(path) == []
    assert number_in(kept)[0] == 1
    kept.close()


def test_what_nobody_refers_to_any_more_is_closed_at_once(path: Path) -> None:
    gc.disable()
    try:
        assert number_in(Opened(path))[0] == 1
        assert files_open(path) == []
    finally:
        gc.enable()


def files_open(path: Path) -> list[str]:
    """What this process has open of a file and its log."""
    links = [Path("/proc/self/fd", one.name) for one in Path("/proc/self/fd").iterdir()]
    return [str(place) for link in links if link.exists() and (place := link.readlink()).name.startswith(path.name)]


def test_a_file_in_its_place_is_another_file_and_none_is_none(path: Path, tmp_path: Path) -> None:
    kept = Opened(path)
    assert number_in(kept)[0] == 1
    made(tmp_path / "other.db", 2).replace(path)
    assert number_in(kept)[0] == 2
    path.unlink()
    with kept.asked() as file:
        assert file is None


def test_what_is_kept_open_keeps_no_log(path: Path) -> None:
    kept = Opened(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        number_in(kept)
        writer.execute("INSERT INTO a VALUES (5)")
        assert writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
        assert path.with_name("file.db-wal").stat().st_size == 0
    kept.close()
    close_for_good(sqlite3.connect(path, isolation_level=None))
    assert [one.name for one in path.parent.iterdir()] == ["file.db"]


def test_after_trouble_it_is_opened_anew(path: Path) -> None:
    kept = Opened(path)
    first = number_in(kept)
    with kept.asked() as one, pytest.raises(sqlite3.ProgrammingError):
        assert one is not None
        one.close()
        one.execute("SELECT b FROM a")
    with pytest.raises(sqlite3.ProgrammingError):
        number_in(kept)
    assert number_in(kept)[0] == first[0]
    kept.close()


def test_where_an_open_file_cannot_be_moved_it_is_closed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "_KEEPS", False)
    kept = Opened(path)
    with kept.asked() as file:
        assert file is not None
    with pytest.raises(sqlite3.ProgrammingError):
        file.execute("SELECT 1")
