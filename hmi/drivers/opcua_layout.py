"""Where the items of an OPC UA data change stand in its bytes: a fixed stride, a layout learned before, or a walk.

The size of a scalar item follows from its value mask and variant type alone (Part 6, 5.2.2.16 and 5.2.2.17), so
items of one kind are one numpy record. Every way ends in the same groups, and in each of them every single item has
been proved to stand where it is taken from: a body that does not prove right is declined, never guessed at.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

# The built-in types of Part 6, 5.1.2, by their number, and how numpy reads them.
NULL: Final = 0
BOOLEAN: Final = 1
STRING: Final = 12
INTEGERS: Final = {2: "<i1", 3: "<u1", 4: "<i2", 5: "<u2", 6: "<i4", 7: "<u4", 8: "<i8", 9: "<u8"}
FLOATS: Final = {10: "<f4", 11: "<f8"}
_SCALARS: Final = {BOOLEAN: "<u1", **INTEGERS, **FLOATS}

# Bits of a DataValue's mask.
HAS_VALUE: Final = 0x01
HAS_STATUS: Final = 0x02
HAS_SOURCE: Final = 0x04
HAS_SERVER: Final = 0x08
_HAS_SOURCE_PS: Final = 0x10
_HAS_SERVER_PS: Final = 0x20
_MASKS: Final = 0x40  # masks are smaller than this

_COUNT: Final = struct.Struct("<i")
_SMALLEST: Final = 5  # bytes of an item: handle and mask
_STRING_HEAD: Final = 10
_MOST_LAYOUTS: Final = 32  # kept; a server sends few that repeat, and one that never repeats must not fill memory

# The end of the item that begins at an offset of a body, and its value as the protocol library sees it.
OneItem = Callable[[bytes, int, int], tuple[int, Any]]


class Declined(Exception):
    """These bytes are not what is decoded here: the protocol library shall see them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the mask and the variant type of an item say of its bytes."""

    mask: int
    type: int
    head: np.dtype[Any]  # handle, mask and type as `code`, and the value (the length of a string)
    tail: np.dtype[Any]  # status and times; of a scalar the same record as `head`
    code: int


@dataclass(frozen=True, slots=True)
class Group:
    """Items of one kind: their places in the notification, and their bytes as records."""

    kind: Kind
    places: NDArray[np.intp] | slice
    offsets: NDArray[np.intp]
    head: NDArray[Any]
    tail: NDArray[Any]


@dataclass(frozen=True, slots=True)
class OddItem:
    """An item that only the protocol library can decode."""

    place: int
    offset: int
    end: int
    value: Any


@dataclass(frozen=True, slots=True)
class Items:
    """A whole notification taken apart."""

    count: int
    groups: tuple[Group, ...]
    odd: tuple[OddItem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a walk found: for each kind places, offsets, and the lengths of strings."""

    groups: tuple[tuple[Kind, NDArray[np.intp], NDArray[np.intp], NDArray[np.intp] | None], ...]
    odd: tuple[OddItem, ...]


class Layouts:
    """Takes notifications apart, and remembers how those that repeat are laid out. Belongs to one thread."""

    def __init__(self, one_item: OneItem) -> None:
        self._one_item = one_item
        self._learned: dict[tuple[int, int], _Layout] = {}

    def __len__(self) -> int:
        return len(self._learned)

    def take_apart(self, body: bytes, start: int, stop: int) -> Items:
        """The items of the DataChangeNotification that fills body[start:stop]; raises Declined."""
        if not 0 <= start <= stop - 8 or stop > len(body):
            raise Declined
        count = _COUNT.unpack_from(body, start)[0]
        diagnostics = _COUNT.unpack_from(body, stop - 4)[0]
        first, stop = start + 4, stop - 4
        if diagnostics > 0 or count > (stop - first) // _SMALLEST:
            raise Declined
        if count <= 0:
            if first != stop:
                raise Declined
            return Items(0, ())
        return (
            self._same_kind(body, first, stop, count)
            or self._as_learned(body, first, stop, count)
            or self._walk(body, first, stop, count)
        )

    def _same_kind(self, body: bytes, first: int, stop: int, count: int) -> Items | None:
        """Every item of the kind of the first: a fixed stride."""
        kind = _FIXED.get(_code(body, first))
        if kind is None or count * kind.head.itemsize != stop - first:
            return None
        records = np.frombuffer(body, kind.head, count, first)
        if not (records["code"] == kind.code).all():
            return None
        offsets = np.arange(first, stop, kind.head.itemsize)
        return Items(count, (Group(kind, slice(None), offsets, records, records),))

    def _as_learned(self, body: bytes, first: int, stop: int, count: int) -> Items | None:
        """Laid out like an earlier notification of as many items and bytes."""
        layout = self._learned.get((count, stop - first))
        if layout is None:
            return None
        groups = []
        for kind, places, offsets, lengths in layout.groups:
            group = _gather(body, kind, places, offsets + first, lengths)
            if not (group.head["code"] == kind.code).all():
                return None
            if lengths is not None and not _has_lengths(group, lengths):
                return None
            groups.append(group)
        odd = []
        for item in layout.odd:
            try:
                end, value = self._one_item(body, item.offset + first, stop)
            except Declined:
                return None
            if end != item.end + first:
                return None
            odd.append(OddItem(item.place, item.offset + first, end, value))
        return Items(count, tuple(groups), tuple(odd))

    def _walk(self, body: bytes, first: int, stop: int, count: int) -> Items:
        """Item by item from the first to the last, and the layout learned for the next time."""
        at = first
        offsets: list[int] = []
        codes: list[bytes] = []
        odd: list[OddItem] = []
        sizes = _SIZES
        for place in range(count):
            offsets.append(at)
            code = body[at + 4 : at + 6]
            size = sizes.get(code)
            if size is None:
                code, end, value = self._odd(body, at, stop)
                if code == _ODD:
                    odd.append(OddItem(place, at, end, value))
                at = end
            else:
                at += size
            codes.append(code)
        if at != stop:
            raise Declined
        layout = _grouped(np.array(offsets, np.intp), np.frombuffer(b"".join(codes), "<u2"), body)
        groups = tuple(_gather(body, *one) for one in layout)
        self._learn(count, stop - first, first, layout, odd)
        return Items(count, groups, tuple(odd))

    def _odd(self, body: bytes, at: int, stop: int) -> tuple[bytes, int, Any]:
        """An item whose size does not follow from its first two bytes: code, end, and the value if it is not ours."""
        if at + _SMALLEST > stop or body[at + 4] >= _MASKS:
            raise Declined
        mask = body[at + 4]
        if not mask & HAS_VALUE:
            return bytes((mask, 0)), at + kind_of(mask, NULL).head.itemsize, None
        if body[at + 5 : at + 6] == _STRING_CODE:
            return body[at + 4 : at + 6], at + _string_size(body, at, stop), None
        end, value = self._one_item(body, at, stop)
        if not at + _SMALLEST <= end <= stop:
            raise Declined
        return _ODD, end, value

    def _learn(self, count: int, length: int, first: int, groups: _Groups, odd: list[OddItem]) -> None:
        if len(self._learned) >= _MOST_LAYOUTS:
            del self._learned[next(iter(self._learned))]
        self._learned[count, length] = _Layout(
            tuple((kind, places, offsets - first, lengths) for kind, places, offsets, lengths in groups),
            tuple(replace(item, offset=item.offset - first, end=item.end - first, value=None) for item in odd),
        )


_Groups = tuple[tuple[Kind, NDArray[np.intp], NDArray[np.intp], NDArray[np.intp] | None], ...]


@cache
def kind_of(mask: int, type_: int) -> Kind:
    """The records of items with this mask and variant type, as packed numpy types."""
    # Without a value the byte after the mask belongs to what follows, so it cannot be part of the code.
    head: list[tuple[str, str]] = [("handle", "<u4"), ("code", "<u2" if mask & HAS_VALUE else "<u1")]
    if type_ == STRING:
        head.append(("value", "<i4"))
    elif type_ != NULL:
        head.append(("value", _SCALARS[type_]))
    tail = [("status", "<u4")] if mask & HAS_STATUS else []
    for bit, name, format_ in (
        (HAS_SOURCE, "source", "<i8"),
        (_HAS_SOURCE_PS, "source_ps", "<u2"),
        (HAS_SERVER, "server", "<i8"),
        (_HAS_SERVER_PS, "server_ps", "<u2"),
    ):
        if mask & bit:
            tail.append((name, format_))
    code = mask | type_ << 8
    if type_ == STRING:
        return Kind(mask, type_, np.dtype(head), np.dtype(tail), code)
    both = np.dtype(head + tail)
    return Kind(mask, type_, both, both, code)


_STRING_CODE: Final = bytes((STRING,))
_ODD: Final = b"\xff\xff"  # no mask has this form
_FIXED: Final = {
    **{mask | type_ << 8: kind_of(mask, type_) for mask in range(1, _MASKS, 2) for type_ in (NULL, *_SCALARS)},
    **{mask: kind_of(mask, NULL) for mask in range(0, _MASKS, 2)},
}
_SIZES: Final = {
    code.to_bytes(2, "little"): kind.head.itemsize for code, kind in _FIXED.items() if kind.mask & HAS_VALUE
}


def _code(body: bytes, at: int) -> int:
    mask = body[at + 4]
    return mask | body[at + 5] << 8 if mask & HAS_VALUE and at + 5 < len(body) else mask


def _string_size(body: bytes, at: int, stop: int) -> int:
    if at + _STRING_HEAD > stop:
        raise Declined
    length = _COUNT.unpack_from(body, at + 6)[0]
    if length < -1:
        raise Declined
    return int(_STRING_HEAD + max(0, length) + kind_of(body[at + 4], STRING).tail.itemsize)


def _has_lengths(group: Group, lengths: NDArray[np.intp]) -> bool:
    found = group.head["value"]
    return bool((found >= -1).all()) and np.array_equal(np.maximum(found, 0), lengths)


def _grouped(offsets: NDArray[np.intp], codes: NDArray[np.uint16], body: bytes) -> _Groups:
    found = []
    for code in np.unique(codes):
        if code == 0xFFFF:
            continue
        kind = kind_of(int(code) & 0xFF, int(code) >> 8)
        places = np.flatnonzero(codes == code)
        at = offsets[places]
        lengths = None
        if kind.type == STRING:
            lengths = np.maximum(_taken(body, kind.head, at)["value"], 0).astype(np.intp)
        found.append((kind, places, at, lengths))
    return tuple(found)


def _gather(
    body: bytes,
    kind: Kind,
    places: NDArray[np.intp],
    offsets: NDArray[np.intp],
    lengths: NDArray[np.intp] | None,
) -> Group:
    head = _taken(body, kind.head, offsets)
    if lengths is None:
        return Group(kind, places, offsets, head, head)
    if not kind.tail.itemsize:
        return Group(kind, places, offsets, head, np.empty(len(offsets), kind.tail))
    return Group(kind, places, offsets, head, _taken(body, kind.tail, offsets + _STRING_HEAD + lengths))


def _taken(body: bytes, dtype: np.dtype[Any], offsets: NDArray[np.intp]) -> NDArray[Any]:
    """The records that begin at these offsets: one gather out of a view with a record at every byte.

    As mere bytes until they are gathered, since numpy copies records field by field, which costs seven times as much.
    """
    size = dtype.itemsize
    everywhere = np.ndarray((len(body) - size + 1,), f"V{size}", body, strides=(1,))
    return everywhere[offsets].view(dtype)
