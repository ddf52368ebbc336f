"""What many tags were at one moment, out of one day's file: one statement for all blocks, two for what is in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from hmi.store import proof
from hmi.store.around import Around, Gathered
from hmi.store.blobs import listed, times_of, values_of
from hmi.store.codec_bytes import Damaged
from hmi.store.slab import Slab

_BLOCKS: Final = """SELECT
    (SELECT min(t0) FROM block AS later WHERE later.tag = wanted.value AND later.t0 > ?2), block.*
    FROM json_each(?1) AS wanted LEFT JOIN block ON block.tag = wanted.value AND (block.t0, block.seq) =
    (SELECT t0, seq FROM block AS own WHERE own.tag = wanted.value AND own.t0 <= ?2 ORDER BY t0 DESC, seq DESC LIMIT 1)
    ORDER BY wanted.key"""

Row = tuple[Any, ...]
Blobs = dict[int, bytes]


def look(file: sqlite3.Connection, numbers: Sequence[int], when_ns: int, stop_ns: int, begun: Slab | None) -> Around:
    """Some tags around a moment, good until `stop_ns` at most; `begun`: what each was when the day began.

    Only of a file in which no block came late. Raises sqlite3.Error, and Damaged where anything is not as it was
    written.
    """
    found: list[Row] = file.execute(_BLOCKS, (listed(numbers), when_ns)).fetchall()
    rows = [row[1:] for row in found if row[1] is not None]
    if not all(map(proof.is_whole, rows)):
        raise Damaged("a block's row has changed since it was written")
    stamps = times_of(file, (row[proof.TSID] for row in rows))
    data = values_of(file, (row[proof.DID] for row in rows if row[proof.DID] is not None))
    gathered = Gathered(min((row[0] for row in found if row[0] is not None), default=stop_ns))
    for place, (number, (_, *row)) in enumerate(zip(numbers, found, strict=True)):
        if row[proof.T0] is not None:
            _add(gathered, place, row, stamps, data)
        elif begun is not None:
            _add_begun(gathered, place, begun, number, when_ns)
    return Around(gathered)


def _add(gathered: Gathered, place: int, row: Sequence[Any], stamps: Blobs, data: Blobs) -> None:
    n, did, tsid = row[proof.N], row[proof.DID], row[proof.TSID]
    times, values = stamps[tsid], None if did is None else data[did]
    proof.expect_bound(row[proof.BOUND], values, times)
    gathered.add(place, row[proof.T0], (tsid, times, n), values, row[proof.FIRST])


def _add_begun(gathered: Gathered, place: int, begun: Slab, number: int, when_ns: int) -> None:
    rows = begun.rows_of(number)
    if rows.stop == rows.start + 1 and begun.at[rows.start] <= when_ns:
        gathered.add_begun(place, begun, rows.start)
