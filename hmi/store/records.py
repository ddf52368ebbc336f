"""Reading the journal, while an engine writes or without one: short-lived connections that cannot write."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

from hmi.core.errors import StoreError
from hmi.core.history import Gap
from hmi.core.journal import Record
from hmi.core.notes import CATEGORY
from hmi.store.chain import verdict
from hmi.store.folder import JOURNAL
from hmi.store.journal import SELECT, record_of
from hmi.store.opened import Opened
from hmi.store.reading import reading, rows_of, unreadable

TAG_GAP: Final = "tag:"  # before a tag's name, where a gap is of one tag alone; no connection is called so
_KEPT_QUIET: Final = (("shelved", "unshelved"), ("out-of-service", "in-service"))
_ABOUT: Final = (
    "WHERE category = ?1 AND (?3 IS NULL OR source_ns <= ?3) "
    "AND (?2 IS NULL OR source_ns + CAST(coalesce(value, 0) * 1000000000 AS INTEGER) >= ?2) ORDER BY id DESC LIMIT ?4"
)
_LAST_OF_TWO: Final = (
    "WHERE id IN (SELECT max(id) FROM record WHERE category = 'alarm' AND event IN (?1, ?2) GROUP BY subject)"
)


class JournalReader:
    """Questions to the journal of a data folder; may be used by several threads at once. Raises StoreError in words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._journal = Opened(folder / JOURNAL)  # for what every question asks

    def gaps(self, from_ns: int, to_ns: int, connection: str | None = None, tag: str = "") -> list[Gap]:
        """Times in which nothing was recorded; with `connection`, only those that concern it, or this tag alone."""
        found = self.declared(from_ns, to_ns)
        return [gap for gap, of in found if connection is None or of in ("", connection, TAG_GAP + tag)]

    def declared(self, from_ns: int, to_ns: int) -> list[tuple[Gap, str]]:
        """The same, each with the connection that it concerns (or "tag:" and the tag), "" for all."""
        query = "SELECT from_ns, to_ns, reason, connection FROM gap WHERE to_ns > ? AND from_ns < ? ORDER BY from_ns"
        try:
            with self._journal.asked() as file:
                rows = file.execute(query, (from_ns, to_ns)).fetchall() if file is not None else []
        except sqlite3.Error as error:
            raise unreadable(self._journal.path, error) from error
        return [(Gap(*row[:3]), row[3]) for row in rows]

    def close(self) -> None:
        """Close all files; nobody may be asking just now."""
        self._journal.close()

    def journal(
        self,
        from_ns: int | None = None,
        to_ns: int | None = None,
        limit: int = 1000,
        category: str | None = None,
        newest_first: bool = True,
        text: str | None = None,
    ) -> list[tuple[int, Record]]:
        """Records with their numbers, by time of recording; with `text`, those that say it, in letters of any size."""
        if not (self._folder / JOURNAL).exists():
            return []
        where = (
            "WHERE (?1 IS NULL OR time_ns >= ?1) AND (?2 IS NULL OR time_ns <= ?2) AND (?3 IS NULL OR category = ?3) "
            "AND (?5 IS NULL OR instr(lower(subject), ?5) OR instr(lower(why), ?5) OR instr(lower(result), ?5) "
            "OR instr(lower(user), ?5)) "
        )
        order = "ORDER BY id DESC LIMIT ?4" if newest_first else "ORDER BY id LIMIT ?4"
        with reading(self._folder / JOURNAL) as file:
            wanted = None if text is None else _lower(text)
            rows = rows_of(file, SELECT + where + order, (from_ns, to_ns, category, limit, wanted))
        return [(row[0], record_of(row[1:-1])) for row in rows]

    def notes(self, from_ns: int | None, to_ns: int | None, limit: int = 500) -> list[tuple[int, Record]]:
        """Notes about any of a stretch of time, whenever they were written, with their numbers, newest first."""
        if not (self._folder / JOURNAL).exists():
            return []
        with reading(self._folder / JOURNAL) as file:
            rows = rows_of(file, SELECT + _ABOUT, (CATEGORY, from_ns, to_ns, limit))
        return [(row[0], record_of(row[1:-1])) for row in rows]

    def last_alarm_records(self) -> dict[str, Record]:
        """The last thing that happened to each alarm, by its id."""
        if not (self._folder / JOURNAL).exists():
            return {}
        where = "WHERE id IN (SELECT max(id) FROM record WHERE category = 'alarm' GROUP BY subject)"
        with reading(self._folder / JOURNAL) as file:
            rows = rows_of(file, SELECT + where)
        return {record.subject: record for record in (record_of(row[1:-1]) for row in rows)}

    def alarms_kept_quiet(self) -> dict[str, list[Record]]:
        """Of each alarm on the shelf or out of service, the record that began it."""
        if not (self._folder / JOURNAL).exists():
            return {}
        found: dict[str, list[Record]] = {}
        with reading(self._folder / JOURNAL) as file:
            for begin, end in _KEPT_QUIET:
                rows = rows_of(file, SELECT + _LAST_OF_TWO, (begin, end))
                for record in (record_of(row[1:-1]) for row in rows):
                    if record.event == begin:
                        found.setdefault(record.subject, []).append(record)
        return found

    def verify_journal(self) -> tuple[bool, int, str]:
        """Whether the chain over all records is whole, how many are as they were written, and the finding in words."""
        return verdict(self._folder)[:3]

    def last_link(self) -> tuple[int, bytes] | None:
        """Number and link of the newest record; None in an empty journal."""
        if not (self._folder / JOURNAL).exists():
            return None
        with reading(self._folder / JOURNAL) as file:
            row = file.execute("SELECT id, hash FROM record ORDER BY id DESC LIMIT 1").fetchone()
        if row is not None and not isinstance(row[1], bytes):
            raise StoreError(f"the newest record of {self._folder / JOURNAL} was changed: hmi journal verify names it")
        return None if row is None else (int(row[0]), row[1])


def _lower(text: str) -> str:
    """As SQLite's lower(): it knows the letters of ASCII alone."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)
