"""What of the seconds that are not sealed is missing, and what can still be read of files that are damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from hmi.store.codec_bytes import Damaged
from hmi.store.hot import ALL, TAG_ROWS, Row, TagRow
from hmi.store.schema import open_to_read
from hmi.store.unsealed import Mark, Second

_TAG: Final = (int, str, str, str, str, str)
_NAMES: Final = "SELECT id, name FROM tag INDEXED BY sqlite_autoindex_tag_1"  # the file has them twice

UNDER_WAY_NS: Final = 1_000_000_000  # so long before a commit values may have been made that are in the next one
Span = tuple[int, int]  # between two times, ns UTC


class Salvaged(NamedTuple):
    """What could be read of files that are damaged."""

    tags: list[TagRow]
    seconds: list[Second]
    lost: list[Span]  # between which times something is missing


def salvage(
    paths: Sequence[Path], sealed: Sequence[Mark], known: Sequence[TagRow], since_ns: int, now_ns: int
) -> Salvaged:
    """What is not sealed and can be read, from both ends of each file; of tags whose numbers are sure.

    `known`: the tags as the days have them; `since_ns`: nothing before this can be missing.
    """
    tags = {row[0]: row for row in known}
    rows: dict[int, tuple[Second, int]] = {}
    for path in paths:
        tags = _with_those_of(path, tags)
        for query in (ALL, ALL + " DESC"):
            rows |= _whole(_readable(path, query))
    numbers = np.array(sorted(tags), np.uint32)
    found, unsure = [], set[int]()
    for seq in sorted(rows):
        second = rows[seq][0]
        if any(mark.covers(second) for mark in sealed):
            continue
        sure = np.isin(second.slab.tag, numbers)
        if not sure.all():
            unsure.add(seq)
            second = Second(seq, second.hour, second.slab.pick(np.flatnonzero(sure)))
        if len(second.slab):
            found.append(second)
    at = {seq: at for seq, (_, at) in rows.items() if seq not in unsure}
    floor = max((mark.seq for mark in sealed), default=0)
    return Salvaged([*tags.values()], found, lost(at, unsure, floor, 2**63 - 1, (since_ns, now_ns)))


def _with_those_of(path: Path, tags: Mapping[int, TagRow]) -> dict[int, TagRow]:
    """Tags by their numbers, with those of a damaged file; without any of which it says two names itself."""
    found: dict[int, TagRow] = {row[0]: row for row in _readable(path, TAG_ROWS) if tuple(map(type, row)) == _TAG}
    other_names = dict(_readable(path, _NAMES))
    unsure = {number for number, row in found.items() if other_names.get(number, row[1]) != row[1]}
    known = {n: row for n, row in tags.items() if n not in unsure or row[1] in (found[n][1], other_names[n])}
    return known | {number: row for number, row in found.items() if number not in unsure}


def lost(at: Mapping[int, int], damaged: Collection[int], floor: int, last: int, span: Span) -> list[Span]:
    """Between which times seconds are missing: those that are damaged, and numbers between `floor` and `last`.

    `at` has the times of commit of those that are whole; nothing is missing that is not within `span`. One commit may
    have several seconds, and what it has came in since the commit before.
    """
    found: list[Span] = []
    before, before_ns, commit_ns = 0, span[0], span[0]  # the last one that is there; the commits before it, and of it
    for seq in sorted(at):
        if seq - 1 > max(before, floor) or any(before < number < seq for number in damaged):
            found.append(_ordered(before_ns, at[seq]))
        if at[seq] != commit_ns:
            before_ns, commit_ns = commit_ns - UNDER_WAY_NS, at[seq]
        before = seq
    if last > max(before, floor) or any(number > before for number in damaged):
        found.append(_ordered(before_ns, span[1]))
    return found


def _ordered(one: int, other: int) -> Span:
    return min(one, other), max(one, other)  # a clock that went back


def _whole(rows: Sequence[tuple[Any, ...]]) -> dict[int, tuple[Second, int]]:
    found = {}
    for row in map(Row._make, rows):
        try:
            found[row.seq] = row.second(), row.at
        except Damaged:
            continue
    return found


def _readable(path: Path, query: str) -> list[Any]:
    """The rows that a damaged file gives before it gives no more."""
    found = []
    try:
        with closing(open_to_read(path)) as file:
            for row in file.execute(query):
                found.append(row)  # noqa: PERF402 - one by one: those before the damage are kept
    except (sqlite3.Error, OSError):
        pass  # so far, and no further
    return found
