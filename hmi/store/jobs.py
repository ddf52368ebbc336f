"""Jobs out of the journal: those that are open, one as a whole, and those of a serial, lot, order or machine."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

import msgspec

from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.steps.job import Job
from hmi.core.steps.kept import INSTRUCTION, JOB, JobRow, job_of, procedure_in, row_of
from hmi.core.steps.model import Procedure
from hmi.store.journal import SELECT, record_of
from hmi.store.reading import journal_read

log = logging.getLogger(__name__)

_OF_SUBJECT: Final = "WHERE category = ?1 AND subject = ?2 ORDER BY id"
_OPEN: Final = (
    "SELECT subject FROM record WHERE id IN (SELECT max(id) FROM record WHERE category = ?1 GROUP BY subject) "
    "AND event NOT IN ('finished', 'abandoned', 'stopped') ORDER BY id"
)
_STARTS: Final = "SELECT subject, value FROM record WHERE category = ?1 AND event = 'started' ORDER BY id DESC"
_STARTED_BY: Final = "SELECT subject FROM record WHERE category = ?1 AND event = 'started' AND value LIKE ?2"
_KEY: Final = re.compile(r"[0-9a-f]{8,64}")
_NAMES: Final = "SELECT DISTINCT subject FROM record WHERE category = ?1 AND subject >= ?2 AND subject < ?3"
_LAST_FINISHED: Final = "WHERE category = ?1 AND event = 'finished' ORDER BY id"
_SCANNED: Final = "SELECT subject, value FROM record WHERE category = ?1 AND event = 'answered' AND value LIKE ?2"


class JobReader:
    """Questions about jobs to the journal of a data folder; may be used by several threads. StoreError in words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open_jobs(self) -> list[Job]:
        """The jobs that were not brought to an end, in the order of their latest events."""
        with journal_read(self._folder) as file:
            if file is None:
                return []
            names = [row[0] for row in file.execute(_OPEN, (JOB,)).fetchall()]
            return [job for name in names if (job := _readable(file, name)) is not None]

    def job(self, name: str) -> Job | None:
        """One job with all its events; None if there is none of that number."""
        with journal_read(self._folder) as file:
            return _job(file, name) if file else None

    def procedure(self, key: str) -> Procedure | None:
        """What was kept by this key."""
        with journal_read(self._folder) as file:
            return _procedure(file, key) if file else None

    def names(self, beginning: str) -> list[str]:
        """The numbers of jobs that begin so."""
        with journal_read(self._folder) as file:
            bounds = (JOB, beginning, beginning + "\U0010ffff")
            return [row[0] for row in file.execute(_NAMES, bounds).fetchall()] if file else []

    def started_by(self, key: str) -> str:
        """The job that was begun by this act; "" none was. An act that is told twice begins one job."""
        with journal_read(self._folder) as file:
            named = f'%"key":"{key}"%'
            row = file.execute(_STARTED_BY, (JOB, named)).fetchone() if file and _KEY.fullmatch(key) else None
            return str(row[0]) if row else ""

    def last_finished(self) -> dict[str, tuple[int, Record]]:
        """Of each instruction the time at which it was last carried out to its end, with that record."""
        found: dict[str, tuple[int, Record]] = {}
        with journal_read(self._folder) as file:
            if file is None:
                return found
            starts: dict[str, str] = dict(file.execute(_STARTS, (JOB,)).fetchall())
            for row in file.execute(SELECT + _LAST_FINISHED, (JOB,)).fetchall():
                record = record_of(row[1:-1])
                instruction = _instruction_in(starts.get(record.subject, ""))
                if instruction:
                    found[instruction] = (record.time_ns, record)
        return found

    def find(self, wanted: Mapping[str, str], *, state: str = "", limit: int = 200) -> list[JobRow]:
        """Jobs, the newest first: those whose context (serial, lot, ...) says what is wanted; `instruction` too."""
        rows: list[JobRow] = []
        with journal_read(self._folder) as file:
            if file is None:
                return rows
            procedures: dict[str, Procedure | None] = {}
            for name in self._candidates(file, wanted):
                job = _job(file, name)
                if job is None:
                    continue
                if job.procedure not in procedures:
                    procedures[job.procedure] = _procedure(file, job.procedure)
                row = row_of(job, procedures[job.procedure])
                if (not state or row.state == state) and _fits(row, wanted):
                    rows.append(row)
                if len(rows) >= limit:
                    break
        return rows

    def of_orders(self, orders: Collection[str]) -> dict[str, list[JobRow]]:
        """The jobs that were started for each of these orders, the newest first; one pass, whatever their number."""
        found: dict[str, list[JobRow]] = {order.casefold(): [] for order in orders}
        with journal_read(self._folder) as file:
            if file is None or not found:
                return {order: [] for order in orders}
            scanned = file.execute(_SCANNED, (JOB, '%"order"%')).fetchall()
            said = {name: _order_in(value) for name, value in file.execute(_STARTS, (JOB,)).fetchall()}
            said |= {name: order for name, value in scanned if (order := _order_in(value))}
            for name, order in said.items():
                if order in found and (job := _readable(file, name)) is not None:
                    found[order].append(row_of(job, None))
        return {order: found[order.casefold()] for order in orders}

    def _candidates(self, file: sqlite3.Connection, wanted: Mapping[str, str]) -> list[str]:
        """Jobs that may be meant, the newest first: what they were started for, or scanned later, says the words."""
        starts = file.execute(_STARTS, (JOB,)).fetchall()
        words = [word.casefold() for key, word in wanted.items() if key != "equipment" and word]
        if not words:
            return [name for name, _ in starts]
        scanned: dict[str, str] = {}
        for name, value in file.execute(_SCANNED, (JOB, '%"context"%')).fetchall():
            scanned[name] = scanned.get(name, "") + value
        texts = ((name, f"{value}{scanned.get(name, '')}".casefold()) for name, value in starts)
        return [name for name, text in texts if all(_as_json(word) in text for word in words)]


def _readable(file: sqlite3.Connection, name: str) -> Job | None:
    """A job, unless it cannot be read: one that was damaged must not keep the others from going on."""
    try:
        return _job(file, name)
    except StoreError as error:
        log.warning("%s", error)
        return None


def _job(file: sqlite3.Connection, name: str) -> Job | None:
    rows = file.execute(SELECT + _OF_SUBJECT, (JOB, name)).fetchall()
    try:
        return job_of(name, (record_of(row[1:-1]) for row in rows)) if rows else None
    except ValueError as error:
        text = f"the job {name} cannot be read from the journal ({error}). Run hmi journal verify"
        raise StoreError(text) from None


def _procedure(file: sqlite3.Connection, key: str) -> Procedure | None:
    row = file.execute(SELECT + _OF_SUBJECT + " LIMIT 1", (INSTRUCTION, key)).fetchone()
    try:
        return None if row is None else procedure_in(record_of(row[1:-1]))
    except ValueError:
        return None  # of a program newer than this: the job can be listed, not carried out


class _For(msgspec.Struct):
    context: dict[str, str] = {}


def _order_in(value: str) -> str:
    """The order that an event names, however it is written; "" none."""
    if '"order"' not in value:
        return ""
    try:
        return msgspec.json.decode(value, type=_For).context.get("order", "").casefold()
    except ValueError:
        return ""


def _instruction_in(value: str) -> str:
    start = value.partition('"instruction":"')[2]
    return start.partition('"')[0]


def _as_json(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"')


def _fits(row: JobRow, wanted: Mapping[str, str]) -> bool:
    for key, word in wanted.items():
        if not word:
            continue
        if key == "equipment":
            if word not in row.equipment:
                return False
        elif key == "instruction":
            if row.instruction != word:
                return False
        elif row.context.get(key, "").casefold() != word.casefold():
            return False
    return True
