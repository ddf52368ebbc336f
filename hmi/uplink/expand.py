"""Blocks that are on the plant server, made into rows there: on demand, some tags, some days, each block once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from hmi.core.history import Samples
from hmi.uplink.connecting import asking, connected
from hmi.uplink.rows import Filled, put_rows

MOST_ROWS: Final = 300_000  # of one transaction: what is repeated after a loss, at the most
_TAGS: Final = "SELECT t.id, t.name, s.name FROM hmi.tag t JOIN hmi.station s ON s.id = t.station ORDER BY t.id"
_WAITING: Final = (
    "SELECT day, tag, t0, seq, n FROM hmi.block WHERE tag = ANY(%s) AND t1 >= %s AND t0 < %s AND NOT rows "
    "ORDER BY day, tag, t0, seq"
)
# Whoever comes second waits here, and then finds that the block is there in rows.
_TAKEN: Final = (
    "SELECT b.tag, b.seq, b.n, b.first, b.data, s.data, b.t0 FROM hmi.block b "
    "JOIN unnest(%s::int[], %s::bigint[], %s::int[]) w(tag, t0, seq) ON (w.tag, w.t0, w.seq) = (b.tag, b.t0, b.seq) "
    "JOIN hmi.stamps s ON (s.station, s.day, s.id) = (b.station, b.day, b.stamps) "
    "WHERE b.day = %s AND NOT b.rows ORDER BY b.tag, b.t0, b.seq FOR UPDATE OF b"
)
_MARK: Final = (
    "UPDATE hmi.block b SET rows = true FROM unnest(%s::int[], %s::bigint[], %s::int[]) w(tag, t0, seq) "
    "WHERE (w.tag, w.t0, w.seq) = (b.tag, b.t0, b.seq) AND b.day = %s"
)

Decode = Callable[[bytes | None, bytes, int, float | None], Samples]  # data, times, samples, the only value


class TagThere(NamedTuple):
    """A tag that the plant server has history of."""

    number: int
    name: str
    station: str


class Expanding:
    """One connection to the plant server, for whoever wants rows of what was sent as blocks. Raises HmiError."""

    def __init__(self, url: str, password: str = "") -> None:
        self._db = connected(url, password, patient=True)

    def close(self) -> None:
        """Hang up."""
        self._db.close()

    def tags(self) -> list[TagThere]:
        """What there is."""
        with asking():
            return [TagThere(*row) for row in self._db.execute(_TAGS).fetchall()]

    def expand(self, tags: list[int], from_ns: int, to_ns: int, decode: Decode) -> Iterator[tuple[int, int]]:
        """Make rows of all blocks of these tags that touch the stretch; gives blocks and rows after each transaction.

        `decode` may raise ValueError for a block that cannot be read: it stays a block.
        """
        with asking():
            waiting = self._db.execute(_WAITING, (tags, from_ns, to_ns)).fetchall()
        batch: list[Any] = []
        for row in waiting:
            if batch and (batch[0][0] != row[0] or sum(one[4] for one in batch) + row[4] > MOST_ROWS):
                yield self._batch(batch, decode)
                batch = []
            batch.append(row)
        if batch:
            yield self._batch(batch, decode)

    def _batch(self, batch: list[Any], decode: Decode) -> tuple[int, int]:
        day = batch[0][0]
        with asking(), self._db.transaction():
            keys = ([row[1] for row in batch], [row[2] for row in batch], [row[3] for row in batch])
            taken = self._db.execute(_TAKEN, (*keys, day)).fetchall()
            filled, done = [], []
            for tag, seq, n, first, data, stamps, t0 in taken:
                try:
                    filled.append(Filled(tag, seq, decode(data, stamps, n, first)))
                except ValueError:
                    continue
                done.append((tag, t0, seq))
            if not done:
                return 0, 0
            count = put_rows(self._db, day, filled)
            self._db.execute(_MARK, (*(list(column) for column in zip(*done, strict=True)), day))
        return len(done), count
