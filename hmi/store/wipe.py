"""The end of a station's life: what only this station may know is overwritten and deleted; on request its records, too.

Nothing is followed out of the data folder, and what is not known as one of its files is left where it is, and named.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.store.backup import sync_folder
from hmi.store.folder import JOURNAL, FolderLock, InUse, day_files, hot_files
from hmi.store.journal import JournalFile

_CHUNK: Final = 1 << 20
_BESIDE: Final = r"(-wal|-shm|-journal|\.damaged-\d+(-wal|-shm)?|\.salvaged|\.part|\.tmp)?"
# What only this station may know, by its place in the data folder: keys, passwords, people, whom it trusts.
_SECRET: Final = re.compile(
    r"(secrets|pki|trusted-keys|crashes)(/.*)?|people\.json(\.\d+)?|link\.json(\.\d+)?|link\.sock|runs\.json(\..+)?"
    r"|verified\.json(\..+)?|engine\.log(\..+)?|plant|update-(ready|agreed)\.json(\..+)?|update-waiting\.lock"
    r"|outbox\.key"
)
_RECORDS: Final = re.compile(
    rf"((hot(-\d+)?|rollup|{JOURNAL.removesuffix('.db')})\.db{_BESIDE})|(samples|attachments|inbox)(/.*)?"
    r"|outbox\.json(\..+)?"
)
_PROOF: Final = "pki/journal.pub"  # with it whoever has the records can still tell that nobody changed them

Progress = Callable[[str, int, int], None]  # what is being erased, bytes done, bytes in all


@dataclass(slots=True)
class Wiped:
    """What was erased, and what was not."""

    files: int = 0
    size: int = 0
    shared: list[str] = field(default_factory=list)  # deleted, not overwritten: another folder has them, too
    failed: list[str] = field(default_factory=list)  # with the reason: they are still there
    left: list[str] = field(default_factory=list)  # not of a data folder, or records that were to stay


def to_wipe(folder: Path, records: bool) -> tuple[list[Path], list[Path]]:
    """What of a data folder would be erased, and what would be left; raises StoreError for a folder that is none."""
    _held(folder).release()
    return _sorted_out(folder, records)


def _held(folder: Path) -> FolderLock:
    """The data folder, so that no engine starts in it; raises StoreError."""
    if folder.is_symlink() or not folder.is_dir():
        raise StoreError(f"{folder} is not a folder: name the data folder itself with --data. Nothing was erased")
    if not _is_a_station_s(folder):
        raise StoreError(f"{folder} is not a data folder: nothing of a station is in it, and nothing was erased")
    try:
        return FolderLock(folder)
    except InUse:
        raise StoreError(f"The engine of {folder} runs: stop it first. Nothing was erased") from None
    except StoreError as error:
        raise StoreError(f"{error}. Nothing was erased") from None
    except OSError as error:
        raise StoreError(f"{folder}: {error.strerror}: nothing was erased. Use the engine's own account") from None


def _is_a_station_s(folder: Path) -> bool:
    """Also one of which some was erased before: whoever mended what stood in the way begins again."""
    named = any((folder / name).exists() for name in (JOURNAL, "people.json", "pki", "secrets"))
    return named or bool(hot_files(folder) or day_files(folder))


def _sorted_out(folder: Path, records: bool) -> tuple[list[Path], list[Path]]:
    found, left = list[Path](), list[Path]()
    for path in _inside(folder):
        name = path.relative_to(folder).as_posix()
        ours = bool(_SECRET.fullmatch(name)) and (records or name != _PROOF)
        if ours or (records and _RECORDS.fullmatch(name)):
            found.append(path)
        elif name != "lock":
            left.append(path)
    return found, left


def _inside(folder: Path) -> Iterator[Path]:
    """Every file, link and socket below a folder; no link is followed."""
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        if entry.is_dir(follow_symlinks=False):
            yield from _inside(Path(entry.path))
        else:
            yield Path(entry.path)


def wipe(folder: Path, now_ns: int, who: tuple[str, str], *, records: bool, progress: Progress | None = None) -> Wiped:
    """Erase it; where the records stay, the journal says so first. Raises StoreError while an engine has the folder."""
    lock = _held(folder)
    try:
        found, left = _sorted_out(folder, records)  # now that nothing comes to it any more
        if not records and (folder / JOURNAL).exists():
            with contextlib.suppress(StoreError, sqlite3.Error, OSError):  # a damaged journal keeps no secret alive
                _tell(folder, now_ns, who, len(found))
        done = Wiped(left=[path.relative_to(folder).as_posix() for path in left])
        whole = sum(path.lstat().st_size for path in found if os.path.lexists(path))
        for path in found:
            (progress or _silent)(path.name, done.size, whole)
            _erase(path, folder, done)
        _prune(folder)
    finally:
        lock.release()
    if records and not done.failed:
        (folder / "lock").unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # where something is left in it, or above it nothing may be changed
            folder.rmdir()
    return done


def _tell(folder: Path, now_ns: int, who: tuple[str, str], count: int) -> None:
    journal = JournalFile(folder / JOURNAL)
    try:
        user, station = who
        record = Record(
            time_ns=now_ns, category="system", event="wiped", subject="engine", user=user, station=station,
            way="command line", result=f"{count} files: keys, passwords, people and certificates; the records stay",
        )  # fmt: skip
        journal.write([record])
    finally:
        journal.close()


def _silent(_name: str, _done: int, _whole: int) -> None:
    return


def _erase(path: Path, folder: Path, done: Wiped) -> None:
    name = path.relative_to(folder).as_posix()
    try:
        facts = path.lstat()
        if stat.S_ISREG(facts.st_mode) and facts.st_nlink > 1:
            done.shared.append(name)
        elif stat.S_ISREG(facts.st_mode):
            _overwrite(path, facts.st_size)
            done.size += facts.st_size
        path.unlink()
        sync_folder(path.parent)
        done.files += 1
    except FileNotFoundError:
        return  # a log that its last reader took with it
    except OSError as error:
        done.failed.append(f"{name}: {error.strerror}")


def _overwrite(path: Path, size: int) -> None:
    """Its bytes are zeros, on the disk, before its name goes: a plain disk then holds nothing of them."""
    path.chmod(0o600)  # days that are over are read-only
    file = os.open(path, os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    try:
        nothing = bytes(min(size, _CHUNK))
        while size > 0:
            size -= os.write(file, nothing[:size])
        os.fsync(file)
    finally:
        os.close(file)


def _prune(folder: Path) -> None:
    """Folders that are empty now."""
    for place in sorted((Path(root) for root, _, _ in os.walk(folder) if Path(root) != folder), reverse=True):
        with contextlib.suppress(OSError):  # what is still in it was named
            if not any(place.iterdir()):
                place.rmdir()
