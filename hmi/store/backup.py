"""A data folder as one archive, taken while the engine runs or not: a zip with a list of what is in it, and hashes.

What is not sealed is copied first, then the days, then the journal. Values that are sealed meanwhile are then in both
copies, and the day's own word on what it has sealed keeps them from counting twice; were the days copied first, such
values would be in none.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

import hmi
from hmi.core.errors import StoreError
from hmi.store.folder import DAY_NS, JOURNAL, day_files, hot_files, is_hot, words
from hmi.store.rollup import ROLLUP
from hmi.store.schema import open_to_read

MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
CHUNK: Final = 1 << 20
_PAGES: Final = 2048  # of a database, between two words on how far it is
NEVER: Final = ("lock", "link.json", "runs.json")  # of the engine that runs, not of the plant
_NEVER_ENDINGS: Final = (".log", ".part", "-wal", "-shm", "-journal", ".tmp", ".salvaged")
_SECRET_FOLDERS: Final = ("secrets/", "pki/own/")
_KEY: Final = b"PRIVATE KEY-----"
_KEY_FILE: Final = 65_536  # bytes: no larger file is looked into for a private key

Progress = Callable[[str, int, int], None]  # what is under way, bytes done, bytes in all


class Entry(msgspec.Struct, frozen=True):
    """One file of an archive."""

    name: str  # its place in the data folder, with /
    size: int
    hash: str  # BLAKE2b-256


class Manifest(msgspec.Struct, frozen=True):
    """What an archive says of itself."""

    format: int
    program: str
    taken_ns: int  # when it was begun: what came later may be in it, all before it is
    secrets: bool  # private keys and passwords are in it
    files: tuple[Entry, ...]
    left_out: tuple[str, ...] = ()  # private keys and passwords, as nobody asked for them


class Taken(NamedTuple):
    """A backup that was taken."""

    manifest: Manifest
    size: int  # of the archive


def backup(
    folder: Path, archive: Path, now_ns: int, *, secrets: bool = False, progress: Progress | None = None
) -> Taken:
    """Copy a data folder into an archive that appears only when it is whole. Raises StoreError in words."""
    if not (folder / JOURNAL).exists():
        raise StoreError(f"there is no data folder {folder}, or nothing was recorded in it: name it with --data")
    if archive.exists():
        raise StoreError(f"{archive} is there already: choose another name, or move it away")
    if archive.resolve().is_relative_to(folder.resolve()):
        raise StoreError(f"{archive} is in the data folder itself: a backup belongs on another disk")
    try:
        with tempfile.TemporaryDirectory(prefix=f".{archive.name}-", dir=archive.parent) as room:
            part = Path(room) / "archive"
            manifest = _Packer(folder, Path(room), progress).pack(part, now_ns, secrets)
            os.link(part, archive) if os.name == "posix" else part.rename(archive)  # neither takes another's place
            sync_folder(archive.parent)
            return Taken(manifest, archive.stat().st_size)
    except sqlite3.Error as error:
        raise StoreError(f"no backup was taken: {words(error)}. hmi history check says which file") from error
    except OSError as error:
        raise StoreError(f"no backup was taken: {error.filename or archive}: {error.strerror}") from error


class _Packer:
    """Puts one file after the other into an archive, with a copy of each database beside it meanwhile."""

    def __init__(self, folder: Path, room: Path, progress: Progress | None) -> None:
        self._folder = folder
        self._copy = room / "copy.db"
        self._tell = progress or (lambda *_: None)
        self._entries: list[Entry] = []
        self._done = 0
        self._whole = sum(path.stat().st_size for path in _existing(folder.rglob("*")) if path.is_file())

    def pack(self, part: Path, now_ns: int, secrets: bool) -> Manifest:
        file = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w+b") as stream:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                self._databases(archive)
                left_out = self._others(archive, secrets)
                manifest = Manifest(FORMAT, hmi.__version__, now_ns, secrets, tuple(self._entries), left_out)
                archive.writestr(_info(MANIFEST), msgspec.json.format(msgspec.json.encode(manifest), indent=1))
            stream.flush()
            os.fsync(stream.fileno())
        return manifest

    def _databases(self, archive: zipfile.ZipFile) -> None:
        for path in hot_files(self._folder):
            with suppress(FileNotFoundError):  # sealed meanwhile
                self._database(archive, path)
        days = day_files(self._folder)
        for _, path in reversed(days.items()):  # the newest first: it is the one that changes
            with suppress(FileNotFoundError):  # dropped meanwhile: it was the oldest, and too old
                self._database(archive, path)
        if (self._folder / ROLLUP).exists():
            self._database(archive, self._folder / ROLLUP, max(days, default=0))
        self._database(archive, self._folder / JOURNAL)

    def _database(self, archive: zipfile.ZipFile, path: Path, from_day: int | None = None) -> None:
        self._copy.unlink(missing_ok=True)
        self._copied(path)
        if from_day is not None:
            _forget_days(self._copy, from_day)
        self._put(archive, path, self._copy)
        self._copy.unlink()

    def _copied(self, path: Path) -> None:
        def told(_: int, left: int, total: int) -> None:
            self._tell(path.name, self._done + (total - left) * page, self._whole)

        if not path.exists():
            raise FileNotFoundError(path)
        with closing(open_to_read(path)) as source, closing(sqlite3.connect(self._copy)) as copy:
            page = int(source.execute("PRAGMA page_size").fetchone()[0])
            copy.execute("PRAGMA synchronous=OFF")  # it is read once and thrown away
            source.execute("BEGIN")  # as it is now, whatever is committed while it is copied
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(copy, pages=_PAGES, progress=told)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        self._done += self._copy.stat().st_size

    def _others(self, archive: zipfile.ZipFile, secrets: bool) -> tuple[str, ...]:
        left_out = []
        for path in _existing(sorted(self._folder.rglob("*"))):
            name = path.relative_to(self._folder).as_posix()
            if path.is_symlink() or not path.is_file() or not _belongs(name):
                continue
            try:
                if not secrets and _is_secret(name, path):
                    left_out.append(name)
                else:
                    self._put(archive, path, path)
            except FileNotFoundError:
                continue  # a decision that the engine has taken up meanwhile
        return tuple(left_out)

    def _put(self, archive: zipfile.ZipFile, path: Path, source: Path) -> None:
        name = path.relative_to(self._folder).as_posix()
        info = _info(name)
        if not is_hot(name) and not name.startswith("samples/"):  # values are packed already
            info.compress_type = zipfile.ZIP_DEFLATED
        with source.open("rb") as file:
            info.file_size = os.fstat(file.fileno()).st_size
            digest = hashlib.blake2b(digest_size=32)
            size = 0
            with archive.open(info, "w") as packed:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
                    packed.write(chunk)
                    size += len(chunk)
        self._entries.append(Entry(name, size, digest.hexdigest()))
        self._tell(name, self._done, self._whole)


def sync_folder(folder: Path) -> None:
    """See to it that names given in a folder outlast a power cut, where the system has a way to."""
    if os.name != "posix":
        return
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _forget_days(rollup: Path, from_day: int) -> None:
    """Summaries of a day that was copied before it was over would be taken for whole."""
    with closing(sqlite3.connect(rollup)) as file, file:
        file.execute("DELETE FROM day WHERE day >= ?", (from_day,))
        file.execute("DELETE FROM hour WHERE hour >= ?", (from_day * DAY_NS,))


def _belongs(name: str) -> bool:
    """Whether a file is part of the plant's data and not copied as a database; what was set aside stays behind."""
    if name in NEVER or name.endswith(_NEVER_ENDINGS) or ".damaged-" in name:
        return False
    is_day = name.startswith("samples/") and name.endswith(".db")
    return not (is_hot(name) or is_day or name in (JOURNAL, ROLLUP))


def _is_secret(name: str, path: Path) -> bool:
    if name.startswith(_SECRET_FOLDERS):
        return True
    return path.stat().st_size <= _KEY_FILE and _KEY in path.read_bytes()


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o100600 << 16
    return info


def _existing(paths: Iterable[Path]) -> Iterator[Path]:
    """Those that can be looked at: a running engine removes files."""
    for path in paths:
        if path.exists():
            yield path
