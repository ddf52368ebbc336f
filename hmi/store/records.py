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
from hmi.core.notes import CATEGORY
from hmi.store.checkpoints import EVENT as CHECKPOINT
from hmi.store.checkpoints import complaint, is_mark, public_of
from hmi.store.folder import JOURNAL, words
from hmi.store.journal import FIRST_HASH, SELECT, link_of, record_of
from hmi.store.opened import Opened
from hmi.store.schema import open_to_read

TAG_GAP: Final = "tag:"  # before a tag's name, where a gap is of one tag alone; no connection is called so
_CHUNK: Final = 5000
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
            raise _unreadable(self._journal.path, error) from error
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
            rows = file.execute(SELECT + where + order, (from_ns, to_ns, category, limit, wanted)).fetchall()
        return [(row[0], record_of(row[1:-1])) for row in rows]

    def notes(self, from_ns: int | None, to_ns: int | None, limit: int = 500) -> list[tuple[int, Record]]:
        """Notes about any of a stretch of time, whenever they were written, with their numbers, newest first."""
        if not (self._folder / JOURNAL).exists():
            return []
        with reading(self._folder / JOURNAL) as file:
            rows = file.execute(SELECT + _ABOUT, (CATEGORY, from_ns, to_ns, limit)).fetchall()
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
        public, marks, chains = public_of(self._folder), 0, dict[int, bytes]()
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
                chains[number] = chain
                if columns[2] == CHECKPOINT:
                    record = record_of(columns)
                    if is_mark(record) and (wrong := complaint(record, chains, public)):
                        text = f"the journal was tampered with: the signed mark in record {number} {wrong}"
                        return False, count, f"{text}. Keep the file as it is and compare with a backup"
                    marks, chains = marks + 1, {number: chain}
        return True, count, f"the journal is whole: {count} records, {marks} signed, last hash {chain.hex()[:16]}"

    def last_link(self) -> tuple[int, bytes] | None:
        """Number and link of the newest record; None in an empty journal."""
        if not (self._folder / JOURNAL).exists():
            return None
        with reading(self._folder / JOURNAL) as file:
            row = file.execute("SELECT id, hash FROM record ORDER BY id DESC LIMIT 1").fetchone()
        return None if row is None else (int(row[0]), bytes(row[1]))


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A file of the data folder, open for one question; raises StoreError in words."""
    try:
        with closing(open_to_read(path)) as file:
            yield file
    except sqlite3.Error as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: sqlite3.Error) -> StoreError:
    return StoreError(
        f"{path} cannot be read ({words(error)}). "
        "Move it away and put a backup in its place; other files are not affected"
    )


def _lower(text: str) -> str:
    """As SQLite's lower(): it knows the letters of ASCII alone."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)


def _in_chunks(file: sqlite3.Connection, query: str) -> Iterator[Any]:
    """Rows by number, a few thousand at a time: an open cursor would hold up the writer's log."""
    last = 0
    while rows := file.execute(query, (last, _CHUNK)).fetchall():
        yield from rows
        last = rows[-1][0]
