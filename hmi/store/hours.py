"""A day's file as hours: each tag's summaries put together, and its samples looked at where blocks overlap."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hmi.core.history import Samples
from hmi.store import codec, proof
from hmi.store.block import HOUR_NS
from hmi.store.codec_bytes import Damaged
from hmi.store.folder import day_files, day_of
from hmi.store.hot import TagRow
from hmi.store.samples import joined
from hmi.store.schema import open_to_read
from hmi.store.summary import columns_of, combine, rows_of, summarise

_PART = "SELECT * FROM block WHERE tag = (SELECT id FROM tag WHERE name = ?) AND t0 >= ? AND t0 < ? ORDER BY t0, seq"

Hour = tuple[Any, ...]  # tag, hour (ns UTC), time of the first and the last sample, then as in hmi.store.summary


class Day(NamedTuple):
    """What a day's file has to be summed up."""

    tags: list[TagRow]
    rows: list[proof.Row]  # of blocks, those that are whole, by tag and time


def read_day(path: Path) -> Day:
    """The blocks of a day. Raises sqlite3.Error."""
    with closing(open_to_read(path)) as file:
        rows = file.execute("SELECT * FROM block ORDER BY tag, t0, seq")
        return Day([*map(tuple, proof.head(file).tags)], [row for row in rows if proof.is_whole(row)])


def hours_of(rows: Sequence[proof.Row], exact: Callable[[int, int], Hour | None]) -> list[Hour]:
    """The hours that blocks come to, sorted by tag and time; `exact` gives those in which blocks overlap."""
    mixed = set(_mixed(rows))
    kept = [row for row in rows if (row[proof.TAG], row[proof.T0] // HOUR_NS * HOUR_NS) not in mixed]
    found = [hour for key in mixed if (hour := exact(*key)) is not None]
    if kept:
        found += _combined(kept)
    return sorted(found, key=lambda hour: hour[:2])


def exact_hour(paths: Sequence[Path], number: int, name: str, hour: int) -> Hour | None:
    """One hour of a tag out of all its samples in some files; None where there are none. Raises sqlite3.Error."""
    parts = [samples for path in paths for samples in _samples(path, name, hour)]
    whole = joined(name, parts)
    if whole is None or not len(whole):
        return None
    at = whole.received
    return (number, hour, int(at[0]), int(at[-1]), *summarise(whole, at))


def files_of(folder: Path, hour: int) -> list[Path]:
    """The files that may have samples of an hour: that of its day, and later ones in which some came late."""
    found = []
    for day, path in day_files(folder).items():
        if day == day_of(hour) or (day > day_of(hour) and _reaches_back(path, hour)):
            found.append(path)
    return found


def _reaches_back(path: Path, hour: int) -> bool:
    try:
        with closing(open_to_read(path)) as file:
            row = file.execute("SELECT first, late FROM span").fetchone()
    except sqlite3.Error:
        return False
    return row is not None and bool(row[1]) and row[0] < hour + HOUR_NS


def _samples(path: Path, name: str, hour: int) -> Iterator[Samples]:
    with closing(open_to_read(path)) as file:
        for row in file.execute(_PART, (name, hour, hour + HOUR_NS)).fetchall():
            try:
                if proof.is_whole(row):
                    yield _unpacked(file, row, name)
            except (Damaged, TypeError):
                continue  # what of a damaged file cannot be read is missing, here as everywhere


def _unpacked(file: sqlite3.Connection, row: proof.Row, name: str) -> Samples:
    [stamps] = file.execute("SELECT b FROM stamps WHERE id = ?", (row[proof.TSID],)).fetchone()
    at = codec.decode_times(stamps, row[proof.N])
    if row[proof.DID] is None:
        return codec.constant(name, at, row[proof.FIRST])
    [data] = file.execute("SELECT b FROM data WHERE id = ?", (row[proof.DID],)).fetchone()
    return codec.decode(data, at, name)


def _mixed(rows: Sequence[proof.Row]) -> Iterator[tuple[int, int]]:
    owner, end = None, 0
    for row in rows:
        if row[proof.TAG] == owner and row[proof.T0] <= end:
            yield row[proof.TAG], row[proof.T0] // HOUR_NS * HOUR_NS
        end = row[proof.T1] if row[proof.TAG] != owner else max(end, row[proof.T1])
        owner = row[proof.TAG]


def _combined(rows: Sequence[proof.Row]) -> list[Hour]:
    tag, t0, t1 = (np.array([row[place] for row in rows], np.int64) for place in (proof.TAG, proof.T0, proof.T1))
    hour = t0 // HOUR_NS
    heads = np.flatnonzero(np.append(True, (tag[1:] != tag[:-1]) | (hour[1:] != hour[:-1])))
    tails = np.append(heads[1:], len(rows)) - 1
    columns = columns_of([row[proof.N : proof.DID] for row in rows])
    merged = rows_of(combine(columns, t0, t1, heads))
    keys = zip(tag[heads].tolist(), (hour[heads] * HOUR_NS).tolist(), t0[heads].tolist(), strict=True)
    return [(*key, last, *row) for key, last, row in zip(keys, t1[tails].tolist(), merged, strict=True)]


def both(one: Hour, other: Hour) -> Hour | None:
    """Two parts of an hour as one; None where they lie within each other."""
    first, second = sorted((one, other), key=lambda hour: hour[2])
    if first[3] >= second[2]:
        return None
    t0, t1 = (np.array([first[place], second[place]], np.int64) for place in (2, 3))
    [merged] = rows_of(combine(columns_of([first[4:], second[4:]]), t0, t1, np.array([0])))
    return (*first[:3], second[3], *merged)
