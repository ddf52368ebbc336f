"""A data folder: one writer at a time, no network drive, and names of days that sort and parse."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from hmi.core.errors import StoreError
from hmi.store.folder import (
    DAY_NS,
    FolderLock,
    day_files,
    day_of,
    day_path,
    is_damage,
    refuse_network,
    set_aside,
    taken,
    words,
)

_MOUNTS = """22 1 8:1 / / rw - ext4 /dev/sda1 rw
30 22 0:40 / /srv/plant\\040data rw - nfs4 server:/x rw
31 30 0:41 / /srv/plant\\040data/local rw - xfs /dev/sdb rw
32 22 0:42 / /home rw master:1 - cifs //server/home rw
"""


def test_the_lock_is_one_process_s_and_given_back(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    with pytest.raises(StoreError, match=rf"process {os.getpid()}.*--data"):
        FolderLock(tmp_path)
    lock.release()
    FolderLock(tmp_path).release()


def test_the_system_takes_the_lock_back_from_the_dead(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from hmi.store.folder import FolderLock; "
        "lock = FolderLock(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(StoreError, match=f"process {holder.pid}"):
        FolderLock(tmp_path)
    holder.kill()
    holder.communicate()
    FolderLock(tmp_path).release()


@pytest.mark.parametrize("place", ["/srv/plant data", "/srv/plant data/x/y", "/home/anna/hmi"])
def test_a_network_drive_is_refused(place: str) -> None:
    with pytest.raises(StoreError, match=r"network drive.*--data"):
        refuse_network(Path(place), _MOUNTS)


@pytest.mark.parametrize("place", ["/srv/plant data/local/x", "/var/lib/hmi", "/homestead"])
def test_a_disk_of_this_computer_is_taken(place: str) -> None:
    refuse_network(Path(place), _MOUNTS)


def test_this_machine_s_mounts_can_be_read(tmp_path: Path) -> None:
    refuse_network(tmp_path)


def test_days_are_named_found_and_sorted(tmp_path: Path) -> None:
    assert day_path(tmp_path, 20_779).name == "2026-11-22.db"
    assert day_of(20_779 * DAY_NS) == 20_779
    assert day_of(20_779 * DAY_NS - 1) == 20_778
    (tmp_path / "samples").mkdir()
    for name in ("2026-11-22.db", "2025-01-01.db", "notes.db", "2026-11-22.db-wal", "2026-11-21.db.damaged-5"):
        (tmp_path / "samples" / name).touch()
    assert [path.name for path in day_files(tmp_path).values()] == ["2025-01-01.db", "2026-11-22.db"]
    assert list(day_files(tmp_path))[1] == 20_779
    assert day_files(tmp_path / "never") == {}


def test_a_damaged_file_goes_aside_with_its_log(tmp_path: Path) -> None:
    for name in ("a.db", "a.db-wal"):
        (tmp_path / name).write_text(name)
    away = set_aside(tmp_path / "a.db", 5)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.db.damaged-5", "a.db.damaged-5-wal"]
    assert away.read_text() == "a.db"


def test_faults_have_words(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_bytes(b"x" * 5000)
    file = sqlite3.connect(tmp_path / "a.db")
    with pytest.raises(sqlite3.DatabaseError) as damaged:
        file.execute("SELECT 1 FROM sqlite_master").fetchall()
    file.close()
    assert is_damage(damaged.value)
    assert words(damaged.value) == "the file is damaged"
    with pytest.raises(sqlite3.OperationalError) as missing:
        sqlite3.connect(tmp_path / "no" / "a.db")
    assert not is_damage(missing.value)
    assert words(missing.value) == "the file cannot be opened"
    assert words(OSError("anything else")) == "anything else"


def test_no_room_for_the_index_of_a_log_is_a_full_disk_too() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_SHMSIZE"
    assert words(error) == "the disk is full"
    error.sqlite_errorname = "SQLITE_IOERR_READ"
    assert words(error) == "the disk reports an error"


def test_the_lock_is_no_link_to_a_file_of_somebody_else(tmp_path):
    """Root, asked to restore or to check, would otherwise cut it to nothing."""
    system = tmp_path / "shadow"
    system.write_text("root:secret")
    (tmp_path / "lock").symlink_to(system)
    with pytest.raises(OSError, match="symbolic links"):
        FolderLock(tmp_path)
    with pytest.raises(StoreError, match="symbolic links"):
        taken(tmp_path)
    (tmp_path / "lock").unlink()
    os.link(system, tmp_path / "lock")
    with pytest.raises(StoreError, match="is another file, too"):
        FolderLock(tmp_path)
    assert system.read_text() == "root:secret"
