"""What is not sealed as another process reads it: what of it was seen before is known, what is new is looked at."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.store.cache import Cache
from hmi.store.codec_bytes import Damaged
from hmi.store.folder import hot_files
from hmi.store.hot import Row
from hmi.store.opened import close_all
from hmi.store.schema import open_to_keep
from hmi.store.slab import EMPTY, Slab
from hmi.store.unsealed import Committed, Kept, Mark

_TAGS: Final = "SELECT id, name, connection FROM tag"
_KEYS: Final = "SELECT seq, hour, t0, t1 FROM second WHERE seq > ? ORDER BY seq"
_IS_THERE: Final = "SELECT 1 FROM second WHERE seq = ?"
_SECOND: Final = "SELECT seq, hour, t0, t1, at, n, b, crc FROM second WHERE seq = ?"

_Keys = NDArray[np.int64]


@dataclass(eq=False)
class _File:
    """One file, what is known of it, and what of it is in memory."""

    connection: sqlite3.Connection
    identity: tuple[int, int]
    version: int = -1
    last: int = -(2**63)  # the newest number that was looked at
    seconds: list[Kept] = field(default_factory=list)
    keys: _Keys = field(default_factory=lambda: np.empty((4, 0), np.int64))
    tags: dict[str, tuple[int, str]] = field(default_factory=dict)
    fetched: list[Kept] = field(default_factory=list)

    def close(self) -> None:
        """Let the file go."""
        self.connection.close()


class HotViews:
    """The files of what is not sealed, each thread with its own connections; any thread. Raises sqlite3.Error."""

    def __init__(self, folder: Path, cache: Cache) -> None:
        self._folder = folder
        self._cache = cache
        self._local = threading.local()
        self._all: set[_File] = set()
        weakref.finalize(self, close_all, self._all)

    def look(self) -> Committed:
        """What is committed now; it stands still until `leave`. Without a file nothing is committed."""
        known: dict[Path, _File] = self._local.__dict__.setdefault("known", {})
        try:
            files = self._begun(known)
        except BaseException:
            for path in list(known):  # a disk that comes back may want them opened anew
                self._let_go(known, path)
            raise
        if len(files) == 1:
            return Committed(files[0].seconds, files[0].tags, files[0].keys)
        tags = {name: tag for file in files for name, tag in file.tags.items()}
        found = {second.seq: second for file in files for second in file.seconds}  # the newest file's, if in several
        seconds = [found[seq] for seq in sorted(found)]
        return Committed(seconds, tags, _keys([(one.seq, one.hour, *one.span) for one in seconds]))

    def leave(self, sealed: Sequence[Mark]) -> None:
        """The question is answered; what is sealed is never asked for here again."""
        for file in self._local.__dict__.get("known", {}).values():
            if file.connection.in_transaction:
                file.connection.execute("ROLLBACK")
            for second in file.fetched:
                second.let_go()
            file.fetched.clear()
            left = Committed(file.seconds, {}, file.keys).less(sealed)
            assert left.keys is not None
            file.seconds, file.keys = list(left.seconds), left.keys

    def close(self) -> None:
        """Close what all threads have open; none of them may be asking just now."""
        close_all(self._all)

    def _begun(self, known: dict[Path, _File]) -> list[_File]:
        paths = hot_files(self._folder)
        for path in known.keys() - set(paths):
            self._let_go(known, path)
        files = [file for path in paths if (file := self._file(known, path)) is not None]
        for file in files:
            file.connection.execute("BEGIN")
            self._look(file)
        return files

    def _file(self, known: dict[Path, _File], path: Path) -> _File | None:
        """A file to be read; None when it is gone: all of it is sealed."""
        try:
            state = path.stat()
            identity = state.st_dev, state.st_ino
            found = known.get(path)
            if found is None or found.identity != identity or found not in self._all:
                self._let_go(known, path)
                connection, lasts = open_to_keep(path)
                found = known[path] = _File(connection, identity if lasts else (-1, -1))
                self._all.add(found)
        except (FileNotFoundError, sqlite3.OperationalError):
            if path.exists():
                raise
            return None
        return found

    def _let_go(self, known: dict[Path, _File], path: Path) -> None:
        file = known.pop(path, None)
        if file is not None:
            self._all.discard(file)
            file.close()

    def _look(self, file: _File) -> None:
        """Know what is new. Seconds are only added at the end, unless the file has another version."""
        [version] = file.connection.execute("PRAGMA user_version").fetchone()
        first = file.seconds[0].seq if file.seconds else None
        is_gone = first is not None and file.connection.execute(_IS_THERE, (first,)).fetchone() is None
        if version != file.version or is_gone:
            rows = file.connection.execute(_TAGS).fetchall()
            file.tags = {name: (number, connection) for number, name, connection in rows}
            file.version, file.last, file.seconds, file.keys = version, -(2**63), [], np.empty((4, 0), np.int64)
        fetch = partial(_fetched, self._cache, file)
        rows = file.connection.execute(_KEYS, (file.last,)).fetchall()
        whole = [row for row in rows if all(type(column) is int for column in row)]
        if rows:
            file.last = rows[-1][0]
        if whole:
            file.seconds = [*file.seconds, *(Kept(row[0], row[1], (row[2], row[3]), fetch) for row in whole)]
            file.keys = np.concatenate([file.keys, _keys(whole)], axis=1)


def _fetched(cache: Cache, file: _File, second: Kept) -> Slab:
    key = (file.identity, file.version, second.seq)
    slab: Slab | None = cache.get(key)
    if slab is None:
        row = file.connection.execute(_SECOND, (second.seq,)).fetchone()
        try:
            slab = EMPTY if row is None else Row._make(row).second().slab
        except Damaged:
            slab = EMPTY  # told by whoever has the file open for writing
        cache.put(key, slab, 32 * len(slab))
    file.fetched.append(second)
    return slab


def _keys(rows: Sequence[tuple[Any, ...]]) -> _Keys:
    return np.array(rows, np.int64).reshape(-1, 4).T
