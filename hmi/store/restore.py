"""A data folder made out of an archive: all of it and only if every byte is as it was, or nothing."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import sqlite3
import stat
import sys
import tempfile
import zipfile
import zlib
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.store.backup import CHUNK, FORMAT, MANIFEST, NEVER, Entry, Manifest, Progress, sync_folder
from hmi.store.folder import JOURNAL, FolderLock, day_files, hot_files, refuse_network, words
from hmi.store.hot import end_of_run, last_beat
from hmi.store.journal import JournalFile

_PLAIN: Final = re.compile(r"[^\x00-\x1f\x7f\\:*?\"<>|/]{1,200}")  # one part of a name, on every system
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # no files, on Windows
_MANIFEST_LIMIT: Final = 32 * 1024 * 1024
_FILES_LIMIT: Final = 200_000
_SPARE: Final = 50_000_000  # bytes of disk that are not filled
_MISSING: Final = "what came after the backup that was restored is not here"


def restore(
    archive: Path,
    folder: Path,
    now_ns: int,
    who: tuple[str, str],
    *,
    replace: bool = False,
    progress: Progress | None = None,
) -> tuple[Manifest, Path | None]:
    """Make a data folder out of an archive; gives what is in it, and where the folder before it is kept now.

    `who` is (user, station) for the journal. Raises StoreError: nothing has changed then.
    """
    refuse_network(folder.parent)
    with ExitStack() as held:
        _hold(folder, replace, held)
        return _restored(archive, folder, now_ns, who, held, progress or (lambda *_: None))


def _restored(
    archive: Path, folder: Path, now_ns: int, who: tuple[str, str], held: ExitStack, tell: Progress
) -> tuple[Manifest, Path | None]:
    try:
        with _opened(archive) as file:
            manifest = _manifest(file, archive)
            folder.parent.mkdir(parents=True, exist_ok=True)
            made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-restoring-", dir=folder.parent))
            try:
                _unpack(file, manifest, made, tell)
                _finish(made, manifest, archive, now_ns, who)
                return manifest, _put_in_place(made, folder, now_ns, held)
            finally:
                _remove(made)
    except sqlite3.Error as error:
        raise StoreError(
            f"nothing was restored: {archive} holds a database that cannot be used ({words(error)})"
        ) from None
    except OSError as error:
        raise StoreError(f"nothing was restored: {error.filename or archive}: {error.strerror or error}") from error


def _hold(folder: Path, replace: bool, held: ExitStack) -> None:
    """Keep engines off the folder that is to be made; raises StoreError when it must not be touched."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise StoreError(f"{folder} is not a folder: name the data folder itself with --data")
    if not folder.exists():
        return
    if not replace and any(path.name != "lock" for path in folder.iterdir()):
        raise StoreError(f"{folder} is not empty: --replace puts the backup in its place and keeps it beside")
    held.callback(FolderLock(folder).release)


class _opened:  # noqa: N801 - used as a function
    """An archive, open to be read; what is wrong with it is raised as StoreError."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive

    def __enter__(self) -> zipfile.ZipFile:
        try:
            self._file = zipfile.ZipFile(self._archive)
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            why = getattr(error, "strerror", None) or "it is no backup, or was cut short"
            raise StoreError(f"{self._archive} cannot be read: {why}") from None
        return self._file

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _manifest(file: zipfile.ZipFile, archive: Path) -> Manifest:
    try:
        info = file.getinfo(MANIFEST)
        if info.file_size > _MANIFEST_LIMIT:
            raise ValueError
        with file.open(info) as packed:
            found = msgspec.json.decode(packed.read(_MANIFEST_LIMIT + 1), type=Manifest)
    except (KeyError, ValueError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error, EOFError):
        raise StoreError(f"{archive} is no backup of a data folder, or is damaged: nothing was restored") from None
    if found.format != FORMAT:
        raise StoreError(f"{archive} was made by a newer version ({found.program}): restore it with that one")
    _check_names(file, found, archive)
    return found


def _check_names(file: zipfile.ZipFile, manifest: Manifest, archive: Path) -> None:
    """Only what a backup of ours can hold is ever unpacked: no path that leads elsewhere, nothing twice, no surplus."""
    listed = [entry.name for entry in manifest.files]
    packed = [info.filename for info in file.infolist() if info.filename != MANIFEST]
    strange = any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in file.infolist())
    folded = {name.casefold() for name in listed}
    if strange or len(listed) > _FILES_LIMIT or len(folded) != len(listed) or sorted(listed) != sorted(packed):
        raise StoreError(f"{archive} does not hold the files that it lists: it was changed, nothing was restored")
    for name in listed:
        parts = PurePosixPath(name).parts
        plain = all(_PLAIN.fullmatch(part) and part[-1] not in ". " and not _DEVICES.fullmatch(part) for part in parts)
        if not plain or "/".join(parts) != name or name in NEVER:
            raise StoreError(f"{archive} holds a file {name!r} that would not be put into the data folder: refused")


def _unpack(file: zipfile.ZipFile, manifest: Manifest, made: Path, tell: Progress) -> None:
    whole = sum(entry.size for entry in manifest.files)
    if any(entry.size < 0 for entry in manifest.files) or whole > shutil.disk_usage(made).free - _SPARE:
        raise StoreError(f"the disk has no room for {whole / 1e6:.0f} MB: nothing was restored")
    done = 0
    for entry in manifest.files:
        tell(entry.name, done, whole)
        path = made.joinpath(*PurePosixPath(entry.name).parts)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _unpack_one(file, entry, path)
        done += entry.size


def _unpack_one(file: zipfile.ZipFile, entry: Entry, path: Path) -> None:
    digest, size = hashlib.blake2b(digest_size=32), 0
    try:
        with file.open(entry.name) as packed, open(path, "xb", opener=_private) as out:
            while size <= entry.size and (chunk := packed.read(min(CHUNK, entry.size + 1 - size))):
                size += len(chunk)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        size = -1
    if size != entry.size or digest.hexdigest() != entry.hash:
        raise StoreError(f"{entry.name} in the backup is not as it was: nothing was restored. Use another backup")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _finish(made: Path, manifest: Manifest, archive: Path, now_ns: int, who: tuple[str, str]) -> None:
    """Say in the journal what was done, declare what is missing since, close the days that are over."""
    for path in list(day_files(made).values())[:-1]:
        path.chmod(stat.S_IRUSR)
    if not (made / JOURNAL).exists():
        raise StoreError(f"{archive} holds no journal: it is not a whole backup, nothing was restored")
    journal = JournalFile(made / JOURNAL)
    try:
        started, ended = journal.last_run() or (manifest.taken_ns, None)
        since = ended or max(started, last_beat(made) or 0)
        journal.declare_gap(min(since, now_ns), now_ns, "", _MISSING)
        journal.end_run(now_ns)
        for path in hot_files(made)[-1:]:
            end_of_run(path, now_ns)
        text = f"the data folder was made out of the backup {archive.name}"
        user, station = who
        record = Record(
            time_ns=now_ns, category="system", event="restored", subject="history", source_ns=manifest.taken_ns,
            user=user, station=station, way="command line", result=text,
        )  # fmt: skip
        journal.write([record])
    finally:
        journal.close()


def _put_in_place(made: Path, folder: Path, now_ns: int, held: ExitStack) -> Path | None:
    aside = None
    for path in (made, *made.rglob("*/")):
        sync_folder(path)
    if sys.platform == "win32":
        held.close()  # nothing there can be renamed while a file in it is open
    if folder.exists():
        _give_to_owner(made, folder)
        if all(path.name == "lock" for path in folder.iterdir()):
            (folder / "lock").unlink(missing_ok=True)
            folder.rmdir()
        else:
            aside = folder.with_name(f"{folder.name}.before-restore-{now_ns // 1_000_000_000}")
            folder.rename(aside)
    try:
        made.rename(folder)
    except OSError:
        if aside is not None:
            aside.rename(folder)
        raise
    sync_folder(folder.parent)
    return aside


def _give_to_owner(made: Path, folder: Path) -> None:
    """Root has restored: it belongs to whom the folder before it belongs, else the engine's account could not open it.

    Nobody but us can have put a link into it yet.
    """
    if os.name != "posix" or os.geteuid() != 0:
        return
    before = folder.stat()
    made.chmod(stat.S_IMODE(before.st_mode))
    for path in (*made.rglob("*"), made):
        os.chown(path, before.st_uid, before.st_gid, follow_symlinks=False)


def _remove(made: Path) -> None:
    """What is left of an attempt; after one that went well there is nothing."""
    if made.exists():
        for path in made.rglob("*.db"):
            path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        shutil.rmtree(made)
