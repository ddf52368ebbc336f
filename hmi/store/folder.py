"""A data folder: who holds it, whether it is fit for a database, and what its files are called."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from hmi.core.errors import StoreError

DAY_NS: Final = 86_400_000_000_000
JOURNAL: Final = "journal.db"
HOT: Final = "hot.db"
_NETWORK: Final = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "glusterfs", "fuse.sshfs", "lustre"}
BUSY: Final = "another program holds the file"
_NOT_OURS: Final = ("no such table", "no such column", "Could not decode to UTF-8")  # our own queries fit our own files
_HOT_NAME: Final = re.compile(r"hot(?:-(\d{1,9}))?\.db")
_LOCKED_BYTE: Final = 1 << 30  # far behind the process number, which others must be able to read on Windows too


class InUse(StoreError):
    """Another engine holds the data folder."""


class FolderLock:
    """The right to write to a data folder; the system takes it back when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Raises InUse, naming the process, when another engine holds the folder; StoreError for a linked lock."""
        # Root has a folder of an engine's account, too: through a link it would cut a file of the system's to nothing.
        self._file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        if os.fstat(self._file).st_nlink > 1:
            os.close(self._file)
            raise StoreError(f"{folder / 'lock'} is another file, too: delete it, and look who put it there")
        try:
            _lock(self._file)
        except OSError:
            holder = os.read(self._file, 20).decode("ascii", "replace").strip()
            os.close(self._file)
            raise InUse(
                f"another engine (process {holder or 'unknown'}) already uses data folder {folder}. "
                "Stop it, or give this one another folder with --data"
            ) from None
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let the next one have it."""
        os.close(self._file)


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(file, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(file, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def refuse_network(folder: Path, mounts: str | None = None) -> None:
    """Raise StoreError for a network drive: SQLite's locks and its log do not work there. `mounts`: mountinfo text."""
    kind = _file_system(folder.resolve(), mounts)
    if kind in _NETWORK or str(folder).startswith(("\\\\", "//")):
        raise StoreError(
            f"data folder {folder} is on a network drive ({kind or 'share'}), where a database is not safe. "
            "Choose a folder on a disk of this computer with --data"
        )


def _file_system(folder: Path, mounts: str | None) -> str:
    table = Path("/proc/self/mountinfo")
    if mounts is None:
        mounts = table.read_text("utf-8", "replace") if table.exists() else ""
    best, kind = -1, ""
    for line in mounts.splitlines():
        place, _, rest = line.partition(" - ")
        point = place.split(" ")[4].encode().decode("unicode_escape")
        if folder.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), rest.split(" ")[0]
    return kind


def taken(folder: Path) -> FolderLock:
    """Make a data folder ours; raises StoreError: another engine has it, it is a network drive, it cannot be used."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        refuse_network(folder)
        return FolderLock(folder)
    except OSError as error:
        raise cannot_use(folder, error) from None


def cannot_use(folder: Path, error: Exception) -> StoreError:
    """What to say of a folder that nothing can be recorded in."""
    why = getattr(error, "strerror", None) or error
    return StoreError(
        f"data folder {folder} cannot be used ({why}): nothing could be recorded. "
        "Mend that, or choose another folder with --data"
    )


def day_of(now_ns: int) -> int:
    """Number of the UTC day, from 1970."""
    return now_ns // DAY_NS


def day_path(folder: Path, day: int) -> Path:
    """The file of a UTC day: samples/2026-11-22.db."""
    return folder / "samples" / f"{np.datetime64(day, 'D')}.db"


def day_files(folder: Path) -> dict[int, Path]:
    """Every day file there is, by the number of its day, oldest first."""
    place = folder / "samples"
    try:
        names = os.listdir(place)  # noqa: PTH208 - it is asked with every question: half of what Path takes
    except FileNotFoundError:
        return {}
    found = [_day_file(place, name) for name in names]
    return dict(sorted(day for day in found if day is not None))


@lru_cache(4096)
def _day_file(place: Path, name: str) -> tuple[int, Path] | None:
    try:
        day = np.datetime64(name.removesuffix(".db"), "D")
    except ValueError:
        return None  # somebody else's file
    return (int(day.astype(np.int64)), place / name) if name == f"{day}.db" != "NaT.db" else None


def hot_files(folder: Path) -> list[Path]:
    """hot.db and those that follow it (hot-1.db, ...), oldest first; only the newest is written."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - it is asked with every question: a fifth of what glob takes
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
    found = {number: name for name in names if (number := _hot_number(name)) is not None}
    return [folder / found[number] for number in sorted(found)]


def is_hot(name: str) -> bool:
    """Whether a file of that name is one of them."""
    return _hot_number(name) is not None


def next_hot_file(folder: Path) -> Path:
    """The name after all that there are, also those of which only a log was left behind."""
    names = [path.name.removesuffix("-wal").removesuffix("-shm") for path in folder.glob("hot*.db*")]
    numbers = [number for name in names if (number := _hot_number(name)) is not None]
    return folder / (f"hot-{max(numbers) + 1}.db" if numbers else HOT)


def _hot_number(name: str) -> int | None:
    match = _HOT_NAME.fullmatch(name)
    return int(match[1] or 0) if match else None


def set_aside(path: Path, now_ns: int) -> Path:
    """Move a damaged file and its log out of the way, for whoever wants to save what can be saved."""
    away = path.with_name(f"{path.name}.damaged-{now_ns}")
    while away.exists():
        now_ns += 1
        away = path.with_name(f"{path.name}.damaged-{now_ns}")
    for tail in ("-wal", "-shm", ""):
        part = path.with_name(path.name + tail)
        if part.exists():
            part.replace(path.with_name(away.name + tail))
    return away


def is_damage(error: sqlite3.Error) -> bool:
    """Whether a file itself is broken, as opposed to a disk that is full or may not be written."""
    name = str(getattr(error, "sqlite_errorname", ""))
    return name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or str(error).startswith(_NOT_OURS)


def words(error: sqlite3.Error | OSError) -> str:
    """A fault of the disk in words for an operator."""
    name = str(getattr(error, "sqlite_errorname", ""))
    known = {
        "SQLITE_FULL": "the disk is full",
        "SQLITE_IOERR_SHMSIZE": "the disk is full",  # no room for the index of the write-ahead log
        "SQLITE_READONLY": "the data folder may not be written",
        "SQLITE_CANTOPEN": "the file cannot be opened",
        "SQLITE_IOERR": "the disk reports an error",
        "SQLITE_CORRUPT": "the file is damaged",
        "SQLITE_NOTADB": "the file is damaged",
        "SQLITE_BUSY": BUSY,
    }
    for start, text in known.items():
        if name.startswith(start):
            return text
    return str(error)
