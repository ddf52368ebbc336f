"""Reading the journal, while an engine writes or without one: short-lived connections that cannot write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from hmi.core.errors import StoreError
from hmi.core.history import Gap
from hmi.core.journal import Record
from hmi.store.folder import JOURNAL, words
from hmi.store.journal import FIRST_HASH, SELECT, link_of, record_of
from hmi.store.schema import open_to_read

TAG_GAP: Final = "tag:"  # before a tag's name, where a gap is of one tag alone; no connection is called so
_CHUNK: Final = 5000
_KEPT_QUIET: Final = (("shelved", "unshelved"), ("out-of-service", "in-service"))
_LAST_OF_TWO: Final = (
    "WHERE id IN (SELECT max(id) FROM record WHERE category = 'alarm' AND event IN (?1, ?2) GROUP BY subject)"
)


class JournalReader:
    """Questions to the journal of a data folder; may be used by several threads at once. Raises StoreError in words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def gaps(self, from_ns: int, to_ns: int, connection: str | None = None, tag: str = "") -> list[Gap]:
        """Times in which nothing was recorded; with `connection`, only those that concern it, or this tag alone."""
        found = self.declared(from_ns, to_ns)
        return [gap for gap, of in found if connection is None or of in ("", connection, TAG_GAP + tag)]

    def declared(self, from_ns: int, to_ns: int) -> list[tuple[Gap, str]]:
        """The same, each with the connection that it concerns (or "tag:" and the tag), "" for all."""
        if not (self._folder / JOURNAL).exists():
            return []
        query = "SELECT from_ns, to_ns, reason, connection FROM gap WHERE to_ns > ? AND from_ns < ? ORDER BY from_ns"
        with reading(self._folder / JOURNAL) as file:
            return [(Gap(*row[:3]), row[3]) for row in file.execute(query, (from_ns, to_ns))]

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
        with reading(self._folder / JOURNAL) as file:
            rows = file.execute(SELECT + where + order, (from_ns, to_ns, category, limit)).fetchall()
        return [(row[0], record_of(row[1:-1])) for row in rows]

    def last_alarm_records(self) -> dict[str, Record]:
        """The last thing that happened to each alarm, by its id."""
        if not (self._folder / JOURNAL).exists():
            return {}
        where = "WHERE id IN (SELECT max(id) FROM record WHERE category = 'alarm' GROUP BY subject)"
        with reading(self._folder / JOURNAL) as file:
            rows = file.execute(SELECT + where).fetchall()
        return {record.subject: record for record in (record_of(row[1:-1]) for row in rows)}

    def alarms_kept_quiet(self) -> dict[str, list[Record]]:
        """Of each alarm on the shelf or out of service, the record that began it."""
        if not (self._folder / JOURNAL).exists():
            return {}
        found: dict[str, list[Record]] = {}
        with reading(self._folder / JOURNAL) as file:
            for begin, end in _KEPT_QUIET:
                rows = file.execute(SELECT + _LAST_OF_TWO, (begin, end)).fetchall()
                for record in (record_of(row[1:-1]) for row in rows):
                    if record.event == begin:
                        found.setdefault(record.subject, []).append(record)
        return found

    def verify_journal(self) -> tuple[bool, int, str]:
        """Whether the chain over all records is whole, how many were checked, and the finding in words."""
        path = self._folder / JOURNAL
        if not path.exists():
            return False, 0, f"there is no journal in {self._folder}. Name the data folder with --data"
        count, chain = 0, FIRST_HASH
        with reading(path) as file:
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


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A file of the data folder, open for one question; raises StoreError in words."""
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
