"""Values as rows, each a sample: what a block holds, for tags that ask for it and for whoever expands blocks later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

import numpy as np
from psycopg import Connection, sql

from hmi.core.batch import FLAG_TEXT
from hmi.core.history import Samples
from hmi.uplink import copying

_KINDS: Final = (">i8", ">i8", ">i8", ">i4", ">i4", ">i4", ">i4", ">i4", ">f8")
_COPY: Final = sql.SQL(
    "COPY {}(at, ns, quality, tag, day, seq, nth, flags, value, text) FROM STDIN (FORMAT BINARY)"
)  # all fixed widths first: PostgreSQL reads those fastest, and so do we write them


class Filled(NamedTuple):
    """The samples of one block, with the number that its tag has on the server."""

    tag: int
    seq: int
    samples: Samples


def put_rows(db: Connection[Any], day: int, filled: Iterable[Filled]) -> int:
    """Write the samples of some blocks of one day; inside of a transaction of the caller's. Gives their number.

    The room for the day's month is made when it is needed. That a block is written once is the caller's to see to.
    """
    made = db.execute("SELECT hmi.sample_part(%s)", (day,)).fetchone()
    assert made is not None
    count = 0
    with db.cursor() as cursor, cursor.copy(_COPY.format(sql.Identifier("hmi", made[0]))) as copy:
        copy.write(copying.HEAD)
        for one in filled:
            copy.write(_encoded(one, day))
            count += len(one.samples)
        copy.write(copying.END)
    return count


def _encoded(one: Filled, day: int) -> bytes:
    found = one.samples
    at = found.received // 1000 - copying.EPOCH_US
    nth = np.arange(len(found))
    quality, flags = found.quality.astype(np.int64), found.flags.astype(np.int32)
    columns = (at, found.time, quality, one.tag, day, one.seq, nth, flags, found.value)
    if found.texts and np.count_nonzero(found.flags & FLAG_TEXT):
        return copying.encoded_with_texts(_KINDS, columns, list(_texts(found)))
    return copying.encoded(_KINDS, columns, nulls=1)


def _texts(found: Samples) -> Iterator[bytes | None]:
    """PostgreSQL keeps no zero byte, and only what UTF-8 can hold."""
    stored = [text.replace("\0", "\ufffd").encode("utf-8", "replace") for text in found.texts]
    is_text = (found.flags & FLAG_TEXT).tolist()
    for text, raw in zip(is_text, found.raw.tolist(), strict=True):
        yield stored[raw] if text else None
