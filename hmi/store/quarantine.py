"""Damaged history put aside: what is whole stays readable, what is lost is declared as a gap, nothing is deleted."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.store.block import HOUR_NS
from hmi.store.day import known_tags
from hmi.store.folder import DAY_NS, HOT, JOURNAL, FolderLock, day_files, hot_files, is_hot, set_aside, words
from hmi.store.hot import TagRow
from hmi.store.journal import JournalFile
from hmi.store.proof import tally_anew
from hmi.store.records import TAG_GAP
from hmi.store.rollup import ROLLUP
from hmi.store.salvage import Lost, salvage_day
from hmi.store.schema import open_to_read
from hmi.store.verify import BlockKey, Finding

_REASON: Final = "a damaged history file was set aside"
_LEFT: Final = {
    HOT: "the engine sets it aside by itself at its next start, and saves what can be read",
    JOURNAL: "it is evidence and is left as it is: compare it with a backup",
}


def put_aside(folder: Path, findings: Sequence[Finding], now_ns: int, who: tuple[str, str]) -> list[str]:
    """Move damaged files out of the way and declare what is lost; gives what was done, in words.

    Of a file in which only some blocks are damaged, all others are kept. Takes the folder for itself: StoreError while
    an engine uses it. `who` is (user, station) for the journal.
    """
    lock = FolderLock(folder)
    try:
        journal = JournalFile(folder / JOURNAL)
    except (sqlite3.Error, OSError) as error:
        lock.release()
        raise StoreError(f"the journal cannot be written ({words(error)}): nothing was set aside") from error
    try:
        return list(_put_aside(folder, findings, now_ns, who, journal))
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"not everything was set aside: {words(error)}. Run it again") from error
    finally:
        journal.close()
        lock.release()


def _put_aside(
    folder: Path, findings: Sequence[Finding], now_ns: int, who: tuple[str, str], journal: JournalFile
) -> Iterator[str]:
    for path in dict.fromkeys(finding.path for finding in findings):
        own = [finding for finding in findings if finding.path == path]
        if (left := HOT if is_hot(path.name) else path.name) in _LEFT:
            yield f"{path.name} was not moved: {_LEFT[left]}"
            continue
        blocks = [block for finding in own for block in finding.blocks]
        in_part = all(finding.blocks for finding in own)
        gaps = _gaps_of(blocks) if in_part else [] if path.name == ROLLUP else _saved(folder, path)
        for gap in gaps:  # declared first: a gap too many is honest, one too few is not
            journal.declare_gap(*gap)
        if in_part:
            _copied_without(path, blocks)
        away = _exchanged(path, now_ns)
        text = f"{path.name} was set aside as {away.name}"
        text += f"; all but {len(blocks)} blocks are kept" if in_part else "; what can be read of it is kept"
        user, station = who
        told: dict[str, Any] = {
            "user": user,
            "station": station,
            "way": "command line",
            "why": own[0].what[:500],
            "result": text,
        }
        journal.write([Record(time_ns=now_ns, category="system", event="set aside", subject=path.name, **told)])
        yield text


def _saved(folder: Path, path: Path) -> list[Lost]:
    """Put what can be read of a day's file beside it; gives what cannot."""
    day = next(day for day, known in day_files(folder).items() if known == path)
    lost = salvage_day(path, _beside(path), _tags(folder), day, (day + 1) * DAY_NS)
    return [(first, last, whom, _REASON) for first, last, whom, _ in lost]


def _tags(folder: Path) -> list[TagRow]:
    try:
        with closing(open_to_read(([folder / HOT, *hot_files(folder)])[-1])) as file:
            return file.execute("SELECT id, name, connection, type, unit, description FROM tag").fetchall()
    except sqlite3.Error:
        return known_tags(folder)


def _gaps_of(blocks: Iterable[BlockKey]) -> list[Lost]:
    """Of each tag the times it has lost, those that follow each other as one."""
    found: list[Lost] = []
    for block in sorted(blocks, key=lambda block: (block.name, block.from_ns)):
        whom = TAG_GAP + block.name
        if found and found[-1][2] == whom and block.from_ns - found[-1][1] <= HOUR_NS:
            found[-1] = (found[-1][0], max(block.to_ns, found[-1][1]), whom, _REASON)
        else:
            found.append((block.from_ns, block.to_ns, whom, _REASON))
    return found


def _copied_without(path: Path, blocks: Sequence[BlockKey]) -> None:
    """Put a copy without some blocks beside a day's file."""
    part = _beside(path)
    part.unlink(missing_ok=True)
    keys = [(block.tag, block.t0, block.seq) for block in blocks]
    with closing(open_to_read(path)) as source, closing(sqlite3.connect(part, isolation_level=None)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.execute("BEGIN")
        copy.executemany(
            "DELETE FROM data WHERE id = (SELECT did FROM block WHERE tag = ? AND t0 = ? AND seq = ?)", keys
        )
        copy.executemany("DELETE FROM block WHERE tag = ? AND t0 = ? AND seq = ?", keys)
        tally_anew(copy, {block.tag for block in blocks})
        copy.execute("COMMIT")


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _exchanged(path: Path, now_ns: int) -> Path:
    """Put what is beside a file, if anything is, in its place; gives where the file itself is now."""
    part, mode = _beside(path), stat.S_IMODE(path.stat().st_mode)
    if part.exists():
        with part.open("rb+") as file:
            os.fsync(file.fileno())
    away = set_aside(path, now_ns)
    if part.exists():
        part.replace(path)
        path.chmod(mode)
    return away
