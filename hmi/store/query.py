"""Reading history and journal, while an engine writes or without one: short-lived connections that cannot write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from hmi.core.batch import Batch
from hmi.core.errors import StoreError
from hmi.core.history import Gap, Samples, Window, hold, width_of
from hmi.core.journal import Record
from hmi.store.buckets import Buckets
from hmi.store.folder import DAY_NS, JOURNAL, day_files, words
from hmi.store.journal import FIRST_HASH, SELECT, link_of, record_of
from hmi.store.rows import TIME, Row, batch_of, samples_of
from hmi.store.schema import open_to_read

_RANGE: Final = "SELECT * FROM sample WHERE tag = ? AND time >= ? AND time <= ? ORDER BY time, seq LIMIT ?"
_BEFORE: Final = "SELECT * FROM sample WHERE tag = ? AND time <= ? ORDER BY time DESC, seq DESC LIMIT 1"
_CARRIED: Final = "SELECT * FROM carried WHERE tag = ? AND time <= ?"
_TAG: Final = "SELECT id, connection FROM tag WHERE name = ?"
_SPAN: Final = "SELECT first, last FROM span"
_CHUNK: Final = 5000


@dataclass(frozen=True, slots=True)
class _Day:
    """One day's file and the times of the samples in it (None: there are none)."""

    path: Path
    start_ns: int
    first: int | None
    last: int | None

    def touches(self, from_ns: int, to_ns: int) -> bool:
        return self.first is not None and self.last is not None and self.first <= to_ns and self.last >= from_ns


class Reader:
    """Questions to a data folder; may be used by several threads at once. Raises StoreError in words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, tuple[tuple[int, int], _Day]] = {}  # of files that nobody writes to any more

    # -------------------------------------------------------------------------------------------- samples

    def samples(self, names: Sequence[str], from_ns: int, to_ns: int, limit: int = 1_000_000) -> list[Samples]:
        """Every kept value of some tags, both ends included; StoreError for more than `limit` of one tag."""
        days = [day for day in self._days() if day.touches(from_ns, to_ns)]
        return [samples_of(name, self._range(name, days, (from_ns, to_ns), limit)) for name in names]

    def window(self, names: Sequence[str], from_ns: int, to_ns: int, points: int) -> list[Window]:
        """Some tags' history in at most `points` buckets each; days that cannot be read are gaps of the window."""
        return [self._window(name, from_ns, to_ns, points) for name in names]

    def at(self, names: Sequence[str], when_ns: int) -> Batch:
        """What each tag was at a moment: a row each, `tag` its place in `names`; a tag unknown then has none."""
        found = self._before(names, self._days(), when_ns)
        kept = [(index, found[name]) for index, name in enumerate(names) if name in found]
        return batch_of([index for index, _ in kept], [row for _, row in kept])

    def gaps(self, from_ns: int, to_ns: int, connection: str | None = None) -> list[Gap]:
        """Times in which nothing was recorded; with `connection`, only those that concern it."""
        if not (self._folder / JOURNAL).exists():
            return []
        query = "SELECT from_ns, to_ns, reason, connection FROM gap WHERE to_ns > ? AND from_ns < ? ORDER BY from_ns"
        with _reading(self._folder / JOURNAL) as file:
            rows = file.execute(query, (from_ns, to_ns)).fetchall()
        return [Gap(*row[:3]) for row in rows if connection is None or row[3] in ("", connection)]

    # -------------------------------------------------------------------------------------------- journal

    def journal(
        self,
        from_ns: int | None = None,
        to_ns: int | None = None,
        limit: int = 1000,
        category: str | None = None,
        newest_first: bool = True,
    ) -> list[tuple[int, Record]]:
        """Records with their numbers, by time of recording."""
        if not (self._folder / JOURNAL).exists():
            return []
        where = (
            "WHERE (?1 IS NULL OR time_ns >= ?1) AND (?2 IS NULL OR time_ns <= ?2) AND (?3 IS NULL OR category = ?3) "
        )
        order = "ORDER BY id DESC LIMIT ?4" if newest_first else "ORDER BY id LIMIT ?4"
        with _reading(self._folder / JOURNAL) as file:
            rows = file.execute(SELECT + where + order, (from_ns, to_ns, category, limit)).fetchall()
        return [(row[0], record_of(row[1:-1])) for row in rows]

    def last_alarm_records(self) -> dict[str, Record]:
        """The last thing that happened to each alarm, by its id."""
        if not (self._folder / JOURNAL).exists():
            return {}
        where = "WHERE id IN (SELECT max(id) FROM record WHERE category = 'alarm' GROUP BY subject)"
        with _reading(self._folder / JOURNAL) as file:
            rows = file.execute(SELECT + where).fetchall()
        return {record.subject: record for record in (record_of(row[1:-1]) for row in rows)}

    def verify_journal(self) -> tuple[bool, int, str]:
        """Whether the chain over all records is whole, how many were checked, and the finding in words."""
        path = self._folder / JOURNAL
        if not path.exists():
            return False, 0, f"there is no journal in {self._folder}. Name the data folder with --data"
        count, chain = 0, FIRST_HASH
        with _reading(path) as file:
            for row in _in_chunks(file, SELECT + "WHERE id > ? ORDER BY id LIMIT ?"):
                number, columns, kept = row[0], row[1:-1], row[-1]
                chain = link_of(chain, number, columns)
                if number != count + 1 or kept != chain:
                    what = "is missing" if number != count + 1 else "was changed"
                    return (
                        False,
                        count,
                        (
                            f"the journal was tampered with or damaged: record {count + 1} {what} "
                            f"({count} records before it are whole). Keep the file as it is and compare with a backup"
                        ),
                    )
                count += 1
        return True, count, f"the journal is whole: {count} records, last hash {chain.hex()[:16]}"

    # ---------------------------------------------------------------------------------------------- files

    def _days(self) -> list[_Day]:
        """Every day there is, oldest first; one that cannot be read stands for its own 24 hours."""
        return [self._day(path, day * DAY_NS) for day, path in day_files(self._folder).items()]

    def _day(self, path: Path, start_ns: int) -> _Day:
        log = path.with_name(path.name + "-wal")
        state = path.stat()
        key = (state.st_mtime_ns, state.st_size)
        known = self._known.get(path)
        if known is not None and known[0] == key and not log.exists():
            return known[1]
        try:
            with _reading(path) as file:
                first, last = file.execute(_SPAN).fetchone() or (None, None)
        except StoreError:
            return _Day(path, start_ns, start_ns, start_ns + DAY_NS)
        day = _Day(path, start_ns, first, last)
        self._known[path] = (key, day)
        return day

    def _range(self, name: str, days: Sequence[_Day], span: tuple[int, int], limit: int) -> list[Row]:
        rows: list[Row] = []
        for day in days:
            with _reading(day.path) as file:
                tag = file.execute(_TAG, (name,)).fetchone()
                if tag is not None:
                    rows += file.execute(_RANGE, (tag[0], *span, limit + 1)).fetchall()
            if len(rows) > limit:
                raise StoreError(
                    f"{name} has more than {limit} values in that time: ask for a shorter one, or for points"
                )
        if len(days) > 1:
            rows.sort(key=lambda row: row[TIME])  # stable: late comers are in the file of the day they came
        return rows

    def _before(self, names: Sequence[str], days: Sequence[_Day], when_ns: int) -> dict[str, Row]:
        """The newest row of each tag at or before a moment, by name; a day holds what it carried over, too."""
        best: dict[str, Row] = {}
        wanted = dict.fromkeys(names)
        after = next((day for day in days if day.start_ns > when_ns), None)  # carries over what may be missing before
        for day in reversed(days):
            begun = day.start_ns <= when_ns
            late = day.first is not None and day.first <= when_ns  # has values that came days after their time
            if not wanted or not (begun or late or day is after):
                continue
            with _reading(day.path) as file:
                for name in list(wanted):
                    rows = _newest(file, name, when_ns)
                    if rows:
                        best[name] = max([best[name], *rows] if name in best else rows, key=lambda row: row[TIME])
                    if begun and rows:
                        del wanted[name]
        return best

    def _window(self, name: str, from_ns: int, to_ns: int, points: int) -> Window:
        width = width_of(from_ns, to_ns, points)
        days, unread, connection = self._days(), list[Gap](), ""
        buckets = Buckets(from_ns, to_ns, width)
        for day in days:
            if not day.touches(from_ns, to_ns):
                continue
            try:
                with _reading(day.path) as file:
                    tag = file.execute(_TAG, (name,)).fetchone()
                    if tag is not None:
                        connection = tag[1]
                        buckets.add(file, tag[0])
            except StoreError as error:
                unread.append(Gap(max(from_ns, day.start_ns), min(to_ns, day.start_ns + DAY_NS), str(error)))
        gaps = sorted([*self.gaps(from_ns, to_ns, connection), *unread])
        window = Window.of(name, (from_ns, to_ns, width), buckets.columns(), gaps)
        try:
            before = self._before([name], days, from_ns - 1).get(name)
        except StoreError:
            return window  # what was held when the window began stands in a file that cannot be read
        if before is None:
            return window
        return hold(window, np.nan if before[4] is None else before[4], before[6])


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(open_to_read(path)) as file:
            yield file
    except sqlite3.Error as error:
        raise StoreError(
            f"{path} cannot be read ({words(error)}). "
            "Move it away and put a backup in its place; other files are not affected"
        ) from error


def _in_chunks(file: sqlite3.Connection, query: str) -> Iterator[Any]:
    """Rows by number, a few thousand at a time: an open cursor would hold up the writer's log."""
    last = 0
    while rows := file.execute(query, (last, _CHUNK)).fetchall():
        yield from rows
        last = rows[-1][0]


def _newest(file: sqlite3.Connection, name: str, when_ns: int) -> list[Row]:
    tag = file.execute(_TAG, (name,)).fetchone()
    if tag is None:
        return []
    found = [file.execute(query, (tag[0], when_ns)).fetchone() for query in (_CARRIED, _BEFORE)]
    return [row for row in found if row is not None]
