"""OPC UA data changes of every form for tests, encoded by the protocol library, and decoded the plain way beside."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary
from hypothesis import strategies as st

from hmi.core.batch import FLAG_TEXT
from hmi.core.tags import TYPES, Tag
from hmi.drivers.opcua_layout import Declined
from hmi.drivers.opcua_values import INTEGER_RANGE, decode
from hmi.drivers.rows import Decoded

T = ua.VariantType
NOW_NS = 1_772_366_405_000_000_000
STAMP = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)

# One tag of every type, plain and scaled; the indexes 3 and 17 belong to another connection.
_COLUMNS: list[dict[str, Any]] = [{}, {"scale": 0.1, "offset": -5.0}, {"scale": -2.0}]
_PLACES = [place for place in range(3 * len(TYPES) + 2) if place not in (3, 17)]
TAGS = [
    Tag(place, f"t{place}", "plc", f"ns=2;i={place}", kind, **columns)
    for place, (kind, columns) in zip(_PLACES, [(k, c) for c in _COLUMNS for k in TYPES], strict=True)
]


def one_item(body: bytes, offset: int, stop: int) -> tuple[int, ua.DataValue]:
    """One item as the protocol library decodes it."""
    buffer = Buffer(body, offset, stop - offset)
    try:
        item = struct_from_binary(ua.MonitoredItemNotification, buffer)
    except Exception as error:
        raise Declined from error
    return buffer.cur_pos, item.Value


def note_of(items: list[tuple[int, ua.DataValue]]) -> bytes:
    """A DataChangeNotification of (client handle, value)."""
    note = ua.DataChangeNotification()
    for handle, value in items:
        item = ua.MonitoredItemNotification()
        item.ClientHandle, item.Value = handle, value
        note.MonitoredItems.append(item)
    return bytes(struct_to_binary(note))


def plainly(body: bytes, tags: list[Tag] = TAGS) -> Decoded:
    """The same bytes by the protocol library and `opcua_values.decode`; raises what the library raises."""
    known = {tag.index: tag for tag in tags}
    note = struct_from_binary(ua.DataChangeNotification, Buffer(body))
    items = [(known[i.ClientHandle], i.Value) for i in note.MonitoredItems if i.ClientHandle in known]
    return decode(items, NOW_NS)


def assert_same(ours: Decoded, theirs: Decoded) -> None:
    """Equal but for times, which are finer here than the library's whole microseconds."""
    assert ours.mismatches == theirs.mismatches
    assert len(ours.batch) == len(theirs.batch)
    a, b = ours.batch.rows, theirs.batch.rows
    for column in ("tag", "raw", "quality", "flags", "received", "spare"):
        np.testing.assert_array_equal(a[column], b[column], err_msg=column)
    np.testing.assert_array_equal(a["value"], b["value"])
    np.testing.assert_array_equal(np.signbit(a["value"][a["value"] == 0]), np.signbit(b["value"][b["value"] == 0]))
    finer = [int(mine) - int(its) for mine, its in zip(a["time"], b["time"], strict=True)]
    assert all(0 <= ns < 1000 for ns in finer), finer
    texts = (a["flags"] & FLAG_TEXT) != 0
    assert [ours.batch.texts[raw] for raw in a["raw"][texts]] == [theirs.batch.texts[raw] for raw in b["raw"][texts]]


_stamps = st.one_of(
    st.none(),
    st.just(STAMP),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda t: t.replace(tzinfo=UTC)),
    st.sampled_from(
        [
            datetime(1601, 1, 1, tzinfo=UTC),
            datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=1),
            datetime(1677, 9, 21, tzinfo=UTC),
            datetime(1985, 5, 5, tzinfo=UTC),
            datetime(2262, 4, 11, 23, 47, 16, 854_775, tzinfo=UTC),
            datetime(2262, 4, 12, tzinfo=UTC),
            datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        ]
    ),
)
_picoseconds = st.one_of(st.none(), st.integers(0, 9999))
_statuses = st.one_of(
    st.none(), st.just(0), st.sampled_from([0x4093_0000, 0x808C_0000, 0x8074_0000, 0x480]), st.integers(0, 2**32 - 1)
)
_floats32 = st.floats(width=32)
_texts = st.one_of(
    st.none(), st.text(max_size=12), st.binary(max_size=6).map(lambda b: b.decode("utf-8", "surrogateescape"))
)


def _scalars() -> list[st.SearchStrategy[ua.Variant]]:
    def of(kind: ua.VariantType, values: st.SearchStrategy[Any]) -> st.SearchStrategy[ua.Variant]:
        return values.map(lambda value: ua.Variant(value, kind))

    return [
        of(T.Boolean, st.booleans()),
        of(T.Float, _floats32),
        of(T.Double, st.floats()),
        of(T.String, _texts),
        *(of(kind, st.integers(*limits) | st.sampled_from(limits)) for kind, limits in INTEGER_RANGE.items()),
        st.just(ua.Variant(None, T.Null)),
    ]


def _others() -> list[st.SearchStrategy[ua.Variant]]:
    """What no column holds."""
    return [
        st.builds(lambda t: ua.Variant(ua.LocalizedText(t, "de"), T.LocalizedText), st.text(max_size=5)),
        _stamps.filter(lambda stamp: stamp is not None).map(lambda stamp: ua.Variant(stamp, T.DateTime)),
        st.one_of(st.none(), st.binary(max_size=5)).map(lambda value: ua.Variant(value, T.ByteString)),
        st.integers(0, 2**128 - 1).map(lambda number: ua.Variant(uuid.UUID(int=number), T.Guid)),
        st.integers(0, 2**32 - 1).map(lambda code: ua.Variant(ua.StatusCode(code), T.StatusCode)),
        st.text(max_size=5).map(lambda name: ua.Variant(ua.NodeId(name, 2), T.NodeId)),
        st.just(ua.Variant(ua.ExpandedNodeId(5, 0, NamespaceUri="urn:x"), T.ExpandedNodeId)),
        st.text(max_size=5).map(lambda name: ua.Variant(ua.QualifiedName(name, 3), T.QualifiedName)),
        _texts.map(lambda text: ua.Variant(ua.XmlElement(text), T.XmlElement)),
        st.just(ua.Variant(ua.Variant(5, T.Int32), T.Variant)),
        st.lists(st.floats(), max_size=3).map(lambda v: ua.Variant(v, T.Double, is_array=True)),
        st.lists(st.text(max_size=3), max_size=3).map(lambda v: ua.Variant(v, T.String, is_array=True)),
        st.just(ua.Variant([[1, 2], [3, 4]], T.Int32)),
        st.just(ua.Variant(ua.Argument(Name="a"), T.ExtensionObject)),
    ]


@st.composite
def values(draw: st.DrawFn, variants: st.SearchStrategy[ua.Variant]) -> ua.DataValue:
    """A DataValue of any mask that the library writes as the standard has it."""
    variant = draw(st.one_of(st.just(None), variants, variants, variants))
    status = draw(_statuses)
    source, server = draw(_stamps), draw(_stamps)
    code = None if status is None else ua.StatusCode(status)
    value = ua.DataValue(variant, code, SourceTimestamp=source, ServerTimestamp=server)
    if variant is None:
        object.__setattr__(value, "Value", None)
    # WORKAROUND: asyncua 2.1 writes and reads source picoseconds after the server's time, against Part 6, 5.2.2.17.
    object.__setattr__(value, "SourcePicoseconds", draw(_picoseconds) if server is None else None)
    object.__setattr__(value, "ServerPicoseconds", draw(_picoseconds))
    return value


handles = st.one_of(st.sampled_from([tag.index for tag in TAGS]), st.sampled_from([3, 17, 26, 27, 2**32 - 1]))
scalars = st.one_of(_scalars())
anything = st.one_of(*_scalars(), *_others())


@st.composite
def notes(draw: st.DrawFn, variants: st.SearchStrategy[ua.Variant] = anything) -> bytes:
    """Notifications of all mixes: a few items of any form, in runs."""
    items: list[tuple[int, ua.DataValue]] = []
    for value in draw(st.lists(values(variants), max_size=8)):
        items += [(draw(handles), value) for _ in range(draw(st.integers(1, 3)))]
    return note_of(items)


@st.composite
def uniform_notes(draw: st.DrawFn) -> bytes:
    """Notifications whose items are all of one kind, as most are."""
    kind = draw(st.sampled_from([T.Boolean, T.Float, T.Double, *INTEGER_RANGE]))
    limits = INTEGER_RANGE.get(kind)
    numbers: st.SearchStrategy[Any] = st.integers(*limits) if limits else _floats32
    if kind is T.Boolean:
        numbers = st.booleans()
    found = draw(st.lists(st.tuples(handles, numbers, st.integers(0, 2**32 - 1)), min_size=1, max_size=30))
    return note_of(
        [
            (handle, ua.DataValue(ua.Variant(number, kind), ua.StatusCode(status), STAMP, STAMP))
            for handle, number, status in found
        ]
    )
