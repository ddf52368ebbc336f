"""OPC UA data changes straight from their bytes into batch rows, a column at a time.

By the same rules as `opcua_values.decode`, which takes what the protocol library has decoded; times are exact to the
100 ns of the wire. What does not fit, and what is of the wrong type (which wants words), goes through that function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.batch import FLAG_NO_SOURCE_TIME, ROW, Batch, flag_times
from hmi.core.tags import INTEGER_TYPES, Tag
from hmi.drivers.opcua_layout import (
    BOOLEAN,
    FLOATS,
    HAS_SERVER,
    HAS_SOURCE,
    HAS_STATUS,
    INTEGERS,
    NULL,
    STRING,
    Group,
    Items,
    Layouts,
    OddItem,
    OneItem,
)
from hmi.drivers.rows import Decoded, with_texts

PlainWay = Callable[[Sequence[tuple[Tag, Any]], int], Decoded]

_UNIX_TICKS: Final = 116_444_736_000_000_000  # 100 ns from 1601 to 1970
_FIRST_TICK: Final = 10  # below a microsecond after 1601 is how servers write "no time"
_MOST_TICKS: Final = ((1 << 63) - 1) // 100  # from 1970, either way, that int64 ns can hold
_INT64: Final = np.iinfo(np.int64)
_UINT64_MAX: Final = (1 << 64) - 1
_FITS: Final = {
    "bool": (BOOLEAN,),
    **dict.fromkeys(INTEGER_TYPES, tuple(INTEGERS)),
    **dict.fromkeys(("float32", "float64"), (*INTEGERS, *FLOATS)),
}


class Columns:
    """Decodes the data changes of one connection's tags; client handles are tag indexes. Belongs to one thread."""

    def __init__(self, tags: Sequence[Tag], one_item: OneItem, plain_way: PlainWay) -> None:
        self.fast = self.slow = self.unknown = 0  # items decoded in columns, one by one, and of no known tag
        self._one_item = one_item
        self._plain_way = plain_way
        self._layouts = Layouts(one_item)
        self._tags = {tag.index: tag for tag in tags}
        self._size = 1 + max(self._tags, default=-1)
        # One place more than there are tags: all handles that are too big stand for it, and it is unknown.
        self._known = self._column(bool, lambda _: True)
        self._text = self._column(bool, lambda tag: tag.is_text)
        self._any_text = bool(self._text.any())
        self._scale = self._column(np.float64, lambda tag: tag.scale)
        self._offset = self._column(np.float64, lambda tag: tag.offset)
        self._scaled = self._column(bool, lambda tag: tag.scale != 1.0 or tag.offset != 0.0)
        self._any_scaled = bool(self._scaled.any())
        self._fits = {
            kind: self._column(bool, lambda tag, kind=kind: kind in _FITS.get(tag.type, ()))  # type: ignore[misc]
            for kind in (BOOLEAN, *INTEGERS, *FLOATS)
        }
        self._low = self._column(np.int64, lambda tag: _range(tag)[0], _INT64.min)
        self._high = self._column(np.int64, lambda tag: min(_range(tag)[1], _INT64.max), _INT64.max)
        self._high_unsigned = self._column(np.uint64, lambda tag: _range(tag)[1], _UINT64_MAX)

    def _column(self, dtype: Any, of: Callable[[Tag], Any], unknown: Any = 0) -> NDArray[Any]:
        column = np.full(self._size + 1, unknown, dtype)
        for index, tag in self._tags.items():
            column[index] = of(tag)
        return column

    def decode(self, body: bytes, start: int, stop: int, received_ns: int) -> Decoded:
        """The DataChangeNotification in body[start:stop]; raises opcua_layout.Declined, and nothing is counted then."""
        items = self._layouts.take_apart(body, start, stop)
        with np.errstate(all="ignore"):  # not-a-number and infinity pass through as the device sent them
            return self._rows(body, stop, items, received_ns)

    def _rows(self, body: bytes, stop: int, items: Items, received_ns: int) -> Decoded:
        rows = np.zeros(items.count, ROW)
        rows["received"] = received_ns
        texts: dict[int, str] = {}
        odd = list(items.odd)
        for group in items.groups:
            wrong = self._fill(rows, group, received_ns)
            if self._any_text:
                self._collect_texts(body, group, wrong, texts)
            if wrong.any():
                odd += self._wrong(body, stop, group, wrong)
        tags = rows["tag"]
        if self._any_scaled:
            at = self._scaled[np.minimum(tags, self._size)]
            scaled = tags[at]
            rows["value"][at] = rows["value"][at] * self._scale[scaled] + self._offset[scaled]
        mismatches = self._one_by_one(body, rows, odd, received_ns, texts) if odd else {}
        known = self._known[np.minimum(tags, self._size)]
        self._count(items.count, len(odd), known)
        if not known.all():
            # Texts are numbered in the rows, not by their place, so those of unknown handles may go.
            place = np.cumsum(known) - 1
            texts = {int(place[at]): text for at, text in texts.items() if known[at]}
            rows = rows[known]
        flag_times(rows)
        return Decoded(with_texts(rows, sorted(texts.items())) if texts else Batch(rows), mismatches)

    def _fill(self, rows: NDArray[Any], group: Group, received_ns: int) -> NDArray[np.bool_]:
        """Put a group's items into their rows; True for those that the plain way must see."""
        where, kind = group.places, group.kind
        handles = group.head["handle"]
        tags = np.minimum(handles, self._size)
        rows["tag"][where] = handles
        quality = group.tail["status"] if kind.mask & HAS_STATUS else np.zeros(len(handles), np.uint32)
        rows["quality"][where] = quality
        _fill_times(rows, group, received_ns)
        if kind.type in (NULL, STRING):
            rows["value"][where] = np.nan
            empty = group.head["value"] < 0 if kind.type == STRING else True
            wrong = ~(empty & (quality >= q.BAD))
            if kind.type == STRING:
                wrong &= ~self._text[tags]
        else:
            values = group.head["value"]
            _fill_numbers(rows, where, kind.type, values)
            wrong = ~self._fits[kind.type][tags]
            if kind.type in INTEGERS:
                wrong |= self._outside(values, tags)
        return wrong & self._known[tags]

    def _outside(self, values: NDArray[Any], tags: NDArray[Any]) -> NDArray[np.bool_]:
        if values.dtype == np.uint64:
            return np.asarray(values > self._high_unsigned[tags])
        wide = values.astype(np.int64)
        return np.asarray((wide < self._low[tags]) | (wide > self._high[tags]))

    def _collect_texts(self, body: bytes, group: Group, wrong: NDArray[np.bool_], texts: dict[int, str]) -> None:
        if group.kind.type not in (NULL, STRING):
            return
        tags = np.minimum(group.head["handle"], self._size)
        for at in np.flatnonzero(self._text[tags] & ~wrong):
            place = at if isinstance(group.places, slice) else group.places[at]
            text = ""
            if group.kind.type == STRING:
                start = int(group.offsets[at]) + group.kind.head.itemsize
                text = body[start : start + max(0, int(group.head["value"][at]))].decode("utf-8", "replace")
            texts[int(place)] = text

    def _wrong(self, body: bytes, stop: int, group: Group, wrong: NDArray[np.bool_]) -> list[OddItem]:
        found = []
        for at in np.flatnonzero(wrong):
            place = int(at if isinstance(group.places, slice) else group.places[at])
            offset = int(group.offsets[at])
            end, value = self._one_item(body, offset, stop)
            found.append(OddItem(place, offset, end, value))
        return found

    def _one_by_one(
        self, body: bytes, rows: NDArray[Any], odd: list[OddItem], received_ns: int, texts: dict[int, str]
    ) -> dict[int, str]:
        """Rows of the odd items, the plain way; gives what is wrong with the tags whose last item was wrong."""
        mismatches: dict[int, str] = {}
        wrong_at: dict[int, int] = {}
        for item in sorted(odd, key=lambda item: item.place):
            handle = int.from_bytes(body[item.offset : item.offset + 4], "little")
            rows["tag"][item.place] = handle
            tag = self._tags.get(handle)
            if tag is None:
                continue
            decoded = self._plain_way([(tag, item.value)], received_ns)
            rows[item.place] = decoded.batch.rows[0]
            if decoded.batch.texts:
                texts[item.place] = decoded.batch.texts[0]
            if decoded.mismatches:
                mismatches.update(decoded.mismatches)
                wrong_at[handle] = item.place
        return {tag: mismatches[tag] for tag, at in wrong_at.items() if not (rows["tag"][at + 1 :] == tag).any()}

    def _count(self, items: int, odd: int, known: NDArray[np.bool_]) -> None:
        unknown = items - int(np.count_nonzero(known))
        self.unknown += unknown
        self.slow += odd
        self.fast += items - odd


def _range(tag: Tag) -> tuple[int, int]:
    if tag.type not in INTEGER_TYPES:
        return int(_INT64.min), _UINT64_MAX
    limits = np.iinfo(tag.type)
    return int(limits.min), int(limits.max)


def _fill_numbers(rows: NDArray[Any], where: Any, type_: int, values: NDArray[Any]) -> None:
    if type_ == BOOLEAN:
        values = values != 0
    rows["value"][where] = values
    if type_ not in FLOATS:
        rows["raw"][where] = values.astype(np.int64)  # wraps what is beyond: two's complement


def _fill_times(rows: NDArray[Any], group: Group, received_ns: int) -> None:
    where, mask = group.places, group.kind.mask
    if mask & HAS_SOURCE:
        source = group.tail["source"]
        stamped = source >= _FIRST_TICK
        if stamped.all():
            rows["time"][where] = _ns(source)
            return
    else:
        source, stamped = np.zeros(len(group.head), np.int64), np.zeros(len(group.head), bool)
    times = np.full(len(group.head), received_ns, np.int64)
    if mask & HAS_SERVER:
        server = group.tail["server"]
        at = server >= _FIRST_TICK
        times[at] = _ns(server[at])
    times[stamped] = _ns(source[stamped])
    rows["time"][where] = times
    rows["flags"][where] = np.where(stamped, 0, FLAG_NO_SOURCE_TIME)


def _ns(ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    """FILETIME ticks, all positive, as ns UTC, clamped to what int64 holds."""
    since = ticks - _UNIX_TICKS
    ns = since * 100
    if since.max(initial=0) > _MOST_TICKS or since.min(initial=0) < -_MOST_TICKS:
        ns[since > _MOST_TICKS] = _INT64.max
        ns[since < -_MOST_TICKS] = -_INT64.max
    return ns
