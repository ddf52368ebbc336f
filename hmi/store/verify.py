"""Is history as it was written? Every file by SQLite's own check, every block by unpacking it and adding it up anew."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from hmi.core.errors import StoreError
from hmi.store import backfilled, codec, minutes, proof
from hmi.store.block import HOUR_NS
from hmi.store.codec_bytes import Damaged
from hmi.store.folder import JOURNAL, day_files, hot_files, is_hot, words
from hmi.store.hot import rows_in
from hmi.store.records import JournalReader
from hmi.store.rollup import ROLLUP
from hmi.store.schema import open_to_read
from hmi.store.slab import Slab
from hmi.store.summary import Summary, summarise

_SUMS: Final = frozenset(("vsum", "m2", "up", "tw"))  # added up in another order on another processor
_CLOSE: Final = 1e-9
_SECONDS: Final = 500  # of hot.db that are read at once: an open cursor would hold up the writer's log
_SPOKEN: Final = 3  # lines of SQLite's finding that are repeated

Progress = Callable[[str, int, int], None]  # what is under way, files done, files in all


class BlockKey(NamedTuple):
    """Where a damaged block stands, and the time that is lost with it."""

    tag: int
    t0: int
    seq: int
    name: str
    from_ns: int
    to_ns: int


class Finding(NamedTuple):
    """Something that is damaged, in words."""

    path: Path
    what: str
    blocks: tuple[BlockKey, ...] = ()  # only these are damaged; empty: the file as a whole


class Checked(NamedTuple):
    """What was looked at, and what was found."""

    files: int
    blocks: int
    samples: int
    records: int
    findings: tuple[Finding, ...]
    journal: str  # the journal's chain, in words


def check(folder: Path, progress: Progress | None = None) -> Checked:
    """Look at every file of a data folder; an engine may run meanwhile. Raises StoreError when there is none."""
    if not folder.is_dir() or not (folder / JOURNAL).exists():
        raise StoreError(f"there is no data folder {folder}, or nothing was recorded in it: name it with --data")
    days = list(day_files(folder).values())
    paths = [*hot_files(folder), *(path for path in [folder / ROLLUP] if path.exists()), *days]
    tell = progress or (lambda *_: None)
    looks: dict[str, _Look] = {path.name: _hot for path in paths if is_hot(path.name)} | {ROLLUP: lambda _: (0, 0, [])}
    blocks = samples = 0
    findings: list[Finding] = []
    for number, path in enumerate(paths):
        tell(path.name, number, len(paths) + 1)
        found = _whole(path)
        if not found:
            own_blocks, own_samples, found = _looked(path, looks.get(path.name, _day))
            blocks, samples = blocks + own_blocks, samples + own_samples
        findings += found
    tell(JOURNAL, len(paths), len(paths) + 1)
    records, text, found = _journal(folder)
    return Checked(len(paths) + 1, blocks, samples, records, (*findings, *found), text)


_Look = Callable[[Path], tuple[int, int, list[Finding]]]


def _looked(path: Path, look: _Look) -> tuple[int, int, list[Finding]]:
    try:
        return look(path)
    except (sqlite3.Error, OSError) as error:
        if not path.exists():
            return 0, 0, []  # dropped meanwhile: it was too old
        return 0, 0, [Finding(path, f"cannot be read: {words(error)}")]


def _whole(path: Path) -> list[Finding]:
    """What SQLite says of the file itself."""
    try:
        with closing(open_to_read(path)) as file:
            rows = [str(row[0]) for row in file.execute("PRAGMA integrity_check").fetchall()]
    except (sqlite3.Error, OSError) as error:
        return [] if not path.exists() else [Finding(path, f"cannot be read: {words(error)}")]
    if rows == ["ok"]:
        return []
    more = f" and {len(rows) - _SPOKEN} more" if len(rows) > _SPOKEN else ""
    return [Finding(path, "the file is damaged: " + "; ".join(rows[:_SPOKEN]).replace("\n", " ") + more)]


def _journal(folder: Path) -> tuple[int, str, list[Finding]]:
    path = folder / JOURNAL
    found = _whole(path)
    try:
        intact, count, text = JournalReader(folder).verify_journal()
    except StoreError as error:
        intact, count, text = False, 0, str(error)
    return count, text, [*found, *([] if intact or found else [Finding(path, text)])]


def _hot(path: Path) -> tuple[int, int, list[Finding]]:
    bad: list[int] = []
    samples = seconds = last = 0
    with closing(open_to_read(path)) as file:
        while rows := list(rows_in(file, last, _SECONDS)):
            for row in rows:
                try:
                    samples += len(row.second().slab)
                except Damaged:
                    bad.append(row.seq)
            seconds, last = seconds + len(rows), rows[-1].seq
    what = (
        f"{len(bad)} of {seconds} seconds that are not sealed yet are damaged (the first is number {bad[0]})"
        if bad
        else ""
    )
    return 0, samples, [Finding(path, what)] if bad else []


def _day(path: Path) -> tuple[int, int, list[Finding]]:
    findings: list[Finding] = []
    bad: list[BlockKey] = []
    short: list[str] = []
    blocks = samples = 0
    why = ""
    with closing(open_to_read(path)) as file:
        head = proof.head(file)
        if orphans := _orphans(file):
            findings.append(Finding(path, f"{orphans} blocks belong to a tag that the file does not name"))
        findings += [Finding(path, what) for what in _states(file)]
        for number, name, *_ in head.tags:
            tag = _tag(file, number, name)
            blocks, samples = blocks + tag.blocks, samples + tag.samples
            bad += tag.bad
            why = why or tag.why
            short += [name] if tag.is_short else []
    if short:
        findings.append(Finding(path, f"blocks of {len(short)} tags are missing ({short[0]})"))
    if bad:
        names = len({key.name for key in bad})
        findings.append(Finding(path, f"{len(bad)} of {blocks} blocks of {names} tags are damaged ({why})", tuple(bad)))
    return blocks, samples, findings


class _Tag(NamedTuple):
    """One tag of a day's file."""

    blocks: int
    samples: int
    bad: list[BlockKey]
    why: str
    is_short: bool


def _tag(file: sqlite3.Connection, number: int, name: str) -> _Tag:
    file.execute("BEGIN")  # a tag at a time: a seal may come between
    try:
        first, last, late = proof.head(file).span or (0, -1, 0)
        doubt = proof.doubt(file, number, (first, last, late))
        rows = file.execute(proof.BLOCKS, (number,)).fetchall() if doubt is None else doubt.rows
        broken = [] if doubt is None else doubt.broken
        bad = [BlockKey(number, one.row[1], one.row[2], name, one.from_ns, one.to_ns) for one in broken]
        why = f"{name}: its row has changed" if broken else ""
        for row, what in _judged(file, name, rows):
            bad.append(BlockKey(number, row[proof.T0], row[proof.SEQ], name, row[proof.T0], row[proof.T1] + 1))
            why = why or f"{name}: {what}"
    finally:
        file.execute("ROLLBACK")
    samples = sum(row[proof.N] for row in rows)
    return _Tag(len(rows) + len(broken), samples, bad, why, doubt is not None and doubt.is_short)


def _orphans(file: sqlite3.Connection) -> int:
    return int(file.execute("SELECT count(*) FROM block WHERE tag NOT IN (SELECT id FROM tag)").fetchone()[0])


def _states(file: sqlite3.Connection) -> Iterator[str]:
    for which, blob in file.execute("SELECT at, b FROM state").fetchall():
        try:
            Slab.unpack(blob)
        except (Damaged, TypeError):
            of_values = f"what each tag's value was at its {which}"
            yield f"{'what of it was backfilled' if which == backfilled.STATE else of_values} is damaged"


def _judged(file: sqlite3.Connection, name: str, rows: Sequence[Any]) -> Iterator[tuple[Any, str]]:
    """Rows of blocks that are not as they were written, with what is wrong."""
    for row in rows:
        try:
            what = _difference(file, name, row)
        except (Damaged, ValueError, TypeError, OverflowError) as error:
            what = str(error)
        if what:
            yield row, what


def _difference(file: sqlite3.Connection, name: str, row: Any) -> str:
    """How a block differs from its summary; "" when it does not. Raises Damaged."""
    _, t0, _, t1, n = row[:5]
    did, tsid, mini, tied, _ = row[proof.DID :]
    stamps = _blob(file, "SELECT b FROM stamps WHERE id = ?", tsid)
    at = codec.decode_times(stamps, n)
    if not n or (int(at[0]), int(at[-1])) != (t0, t1):
        return "its times are not those of its summary"
    if did is None:
        data = None
        samples = codec.constant(name, at, row[proof.FIRST])
    else:
        data = _blob(file, "SELECT b FROM data WHERE id = ?", did)
        samples = codec.decode(data, at, name)
    proof.expect_bound(tied, data, stamps)
    stored, found = Summary._make(row[proof.N : proof.DID]), summarise(samples, at)
    for field, one, other in zip(Summary._fields, stored, found, strict=True):
        if one != other and not _rounded(field, one, other, found):
            return f"its summary says {field} {one}, its values {other}"
    if mini is not None:
        thin = minutes.unpack([mini], np.array([t0 // HOUR_NS * HOUR_NS]))
        if int(thin.count.sum()) != found.good:
            return "its minutes do not add up to its values"
    return ""


def _rounded(field: str, one: float | None, other: float | None, found: Summary) -> bool:
    """Whether two sums of the same values differ by no more than the order in which they were added up."""
    if field not in _SUMS or one is None or other is None or found.vmin is None or found.vmax is None:
        return False
    largest = max(abs(found.vmin), abs(found.vmax))
    reach = {"m2": found.n * largest * largest, "tw": found.twd * 1e-9 * largest}.get(field, found.n * largest)
    return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=_CLOSE * reach)


def _blob(file: sqlite3.Connection, query: str, number: int) -> bytes:
    row = file.execute(query, (number,)).fetchone()
    if row is None or not isinstance(row[0], bytes):
        raise Damaged("its values or times are not in the file")
    return row[0]
