"""One connection to the plant server: what a station sends, each batch in a transaction with how far it goes.

So a batch is there once or not at all, whatever breaks when: what is sent again after a loss is what was not there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray

from hmi.core.history import Samples
from hmi.core.outgoing import Block, NumberedGap, NumberedRecord, Place, Shipment
from hmi.uplink import copying
from hmi.uplink.connecting import asking, connected
from hmi.uplink.down import Down
from hmi.uplink.faults import COPIED, Poison
from hmi.uplink.rows import Filled, put_rows

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE: Final = (">i4", ">i4", ">i8", ">i4", ">f8", ">f8", ">f8", ">f8")
_BLOCK: Final = (
    "COPY hmi.block(station, day, seq, tag, t0, t1, n, good, worst, q0, q1, vmin, vmax, vsum, first, last, tw, twd, "
    "stamps, rows, data) FROM STDIN (FORMAT BINARY)"
)
_BLOCK_TYPES: Final = ["int4", "int4", "int4", "int4", "int8", "int8", "int4", "int4", "int8", "int8", "int8",
                       *["float8"] * 6, "int8", "int4", "bool", "bytea"]  # fmt: skip
_SENT: Final = (
    "INSERT INTO hmi.sent VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT(station, day) "
    "DO UPDATE SET seq = excluded.seq, tag = excluded.tag, t0 = excluded.t0, mark = excluded.mark"
)
_RECORD: Final = (
    "INSERT INTO hmi.record VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, "
    "%s, %s, %s, %s, %s)"
)

MinutesOf = Callable[[Sequence[bytes], NDArray[np.int64]], tuple[NDArray[Any], ...]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a station's data came, as the server has it."""

    station: int
    sent: dict[int, Place]  # day -> place
    marks: dict[int, int]  # day -> what tells the block there from another one
    record: int
    hash: bytes | None
    gap: int


class PlantServer:
    """Belongs to one thread. Every method raises ServerAway, Unwelcome or WrongSchema, and then has done nothing."""

    def __init__(self, url: str, password: str = "", ca: Path | None = None) -> None:
        """`url` as plant.toml has it; several hosts may stand in it: the one that takes writes is used.

        `ca`: file of who signed its certificate; without it the url says what is asked of the server.
        """
        self._db = connected(url, password, ca)
        self._station = 0

    @property
    def where(self) -> str:
        """The host that was reached."""
        return f"{self._db.info.host}:{self._db.info.port}"

    @property
    def secured(self) -> bool:
        """Whether what is sent cannot be read on the way."""
        return self._db.info.host.startswith("/") or bool(self._db.pgconn.ssl_in_use)

    @property
    def down(self) -> Down:
        """What is there for the station that introduced itself."""
        return Down(self._db, self._station)

    def close(self) -> None:
        """Hang up."""
        self._db.close()

    def introduce(self, key: str, name: str, plant: str, program: str) -> Standing:
        """Say which station this is; `key` is its data folder's own."""
        with asking():
            row = self._one(
                "INSERT INTO hmi.station(key, name, plant, program) VALUES (%s, %s, %s, %s) ON CONFLICT(key) DO UPDATE "
                "SET name = excluded.name, plant = excluded.plant, program = excluded.program, seen = now() "
                "RETURNING id, record, hash, gap",
                (key, name, plant, program),
            )
            self._station = int(row[0])
            sent = self._db.execute("SELECT day, seq, tag, t0, mark FROM hmi.sent WHERE station = %s", (self._station,))
            rows = sent.fetchall()
        days = {day: (seq, tag, t0) for day, seq, tag, t0, _ in rows}
        marks = {row[0]: int(row[4]) for row in rows}
        return Standing(self._station, days, marks, int(row[1]), row[2], int(row[3]))

    def alive(self) -> None:
        """A sign of life of this station, and of the server."""
        with asking():
            self._db.execute("UPDATE hmi.station SET seen = now() WHERE id = %s", (self._station,))

    def put_blocks(
        self,
        shipment: Shipment,
        minutes_of: MinutesOf,
        rows: Iterable[tuple[Block, Samples]] = (),
        late: bool = False,
    ) -> int:
        """Some blocks of one day, with their times, their minutes as rows, and how far that goes.

        `rows`: the samples of those that are to be there in full, too; it is gone through once, as they are sent.
        Gives how many samples that were. `late`: others behind them were sent before, so they move nothing on.
        """
        with asking(), self._db.transaction():
            tags = self._tags(shipment)
            full, count = self._put_rows(shipment, tags, rows)
            with self._db.cursor() as cursor:
                with cursor.copy(_BLOCK) as copy:
                    copy.set_types(_BLOCK_TYPES)
                    for b in shipment.blocks:
                        copy.write_row(
                            (self._station, shipment.day, b.seq, tags[b.tag], b.t0, b.t1, b.n, b.good, b.worst, b.q0,
                             b.q1, b.vmin, b.vmax, b.vsum, b.first, b.last, b.tw, b.twd, b.stamps, b.place in full,
                             b.data)
                        )  # fmt: skip
                cursor.executemany(
                    "INSERT INTO hmi.stamps VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
                    [(self._station, shipment.day, number, data) for number, data in shipment.stamps.items()],
                )
                self._put_minutes(cursor, shipment, tags, minutes_of)
                if not late:
                    cursor.execute(_SENT, (self._station, shipment.day, *shipment.place, shipment.mark))
        return count

    def put_records(self, records: Sequence[NumberedRecord]) -> None:
        """Journal records, in their order and each once."""
        with asking(), self._db.transaction(), self._db.cursor() as cursor:
            cursor.executemany(_RECORD, [_record_row(self._station, one) for one in records])
            last = records[-1]
            moved = cursor.execute(
                "UPDATE hmi.station SET record = %s, hash = %s WHERE id = %s AND record < %s",
                (last.number, last.hash, self._station, last.number),
            )
            if moved.rowcount != 1:
                raise Poison(COPIED)

    def put_gaps(self, gaps: Sequence[NumberedGap]) -> None:
        """Gaps, in their order and each once."""
        with asking(), self._db.transaction(), self._db.cursor() as cursor:
            rows = [(self._station, g.number, _time(g.from_ns), _time(g.to_ns), g.connection, g.reason) for g in gaps]
            cursor.executemany("INSERT INTO hmi.gap VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING", rows)
            cursor.execute("UPDATE hmi.station SET gap = %s WHERE id = %s", (gaps[-1].number, self._station))

    def forget_day(self, day: int) -> None:
        """A day that the station has otherwise now, as after a restore: it is sent anew."""
        with asking(), self._db.transaction():
            self._db.execute("SET LOCAL statement_timeout = 0")  # rows have no index by station: it may take minutes
            for statement in (
                "DELETE FROM hmi.sample USING hmi.tag t WHERE sample.tag = t.id AND t.station = %s AND sample.day = %s",
                "DELETE FROM hmi.minute USING hmi.tag t WHERE minute.tag = t.id AND t.station = %s AND minute.day = %s",
                "DELETE FROM hmi.block WHERE station = %s AND day = %s",
                "DELETE FROM hmi.stamps WHERE station = %s AND day = %s",
                "DELETE FROM hmi.sent WHERE station = %s AND day = %s",
            ):
                self._db.execute(statement, (self._station, day))

    def _tags(self, shipment: Shipment) -> dict[int, int]:
        """Number in the day's file -> number on the server."""
        facts = sorted(shipment.tags.values(), key=lambda one: one.name)
        found = self._db.execute(
            "INSERT INTO hmi.tag(station, name, connection, type, unit, description) "
            "SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) "
            "ON CONFLICT(station, name) DO UPDATE SET connection = excluded.connection, type = excluded.type, "
            "unit = excluded.unit, description = excluded.description RETURNING name, id",
            (self._station, *([_text(one[at]) for one in facts] for at in range(1, 6))),
        ).fetchall()
        numbers = dict(found)
        return {one.number: numbers[_text(one.name)] for one in facts}

    def _put_minutes(
        self, cursor: psycopg.Cursor[Any], shipment: Shipment, tags: Mapping[int, int], minutes_of: MinutesOf
    ) -> None:
        kept = [block for block in shipment.blocks if block.minutes]
        if not kept:
            return
        hours = np.array([block.t0 // 3_600_000_000_000 * 3_600_000_000_000 for block in kept], np.int64)
        place, at, *columns = minutes_of([block.minutes for block in kept if block.minutes], hours)
        numbers = np.array([tags[block.tag] for block in kept])[place]
        day = np.full(len(at), shipment.day)
        with cursor.copy("COPY hmi.minute FROM STDIN (FORMAT BINARY)") as copy:
            made = copying.encoded(_MINUTE, (numbers, day, at // 1000 - copying.EPOCH_US, *columns))
            copy.write(copying.HEAD + made + copying.END)

    def _put_rows(
        self, shipment: Shipment, tags: Mapping[int, int], rows: Iterable[tuple[Block, Samples]]
    ) -> tuple[set[Place], int]:
        full: set[Place] = set()

        def filled() -> Iterator[Filled]:
            for block, samples in rows:
                full.add(block.place)
                yield Filled(tags[block.tag], block.seq, samples)

        coming = filled()
        first = next(coming, None)
        count = put_rows(self._db, shipment.day, chain((first,), coming)) if first is not None else 0
        return full, count

    def _one(self, query: str, values: Iterable[Any]) -> Any:
        return self._db.execute(query, tuple(values)).fetchone()


def _record_row(station: int, one: NumberedRecord) -> tuple[Any, ...]:
    r = one.record
    value, value_text = _number_or_text(r.value)
    old, old_text = _number_or_text(r.old)
    return (
        station, one.number, _time(r.time_ns), r.time_ns, r.category, r.event, _text(r.subject), r.occurrence,
        r.source_ns, value, value_text, old, old_text, r.limit, r.quality, r.priority, _text(r.user), _text(r.station),
        _text(r.way), _text(r.why), _text(r.result), _text(r.config), one.hash,
    )  # fmt: skip


def _number_or_text(value: float | str | None) -> tuple[float | None, str | None]:
    return (None, _text(value)) if isinstance(value, str) else (value, None)


def _text(text: Any) -> str:
    """PostgreSQL keeps no zero byte."""
    return str(text).replace("\0", "\ufffd")


def _time(ns: int) -> datetime:
    """To the microsecond, which is all that the server has; a time that no calendar knows is its edge."""
    try:
        return _EPOCH + timedelta(microseconds=ns // 1000)
    except OverflowError:
        return datetime(9999, 12, 31, tzinfo=UTC) if ns > 0 else datetime(1, 1, 1, tzinfo=UTC)
