from __future__ import annotations

import math
import os
import struct

import numpy as np
import pytest
from asyncua import ua
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.batch import FLAG_NO_SOURCE_TIME, FLAG_TIME_SUSPECT
from hmi.core.tags import Tag
from hmi.drivers.opcua_columns import Columns
from hmi.drivers.opcua_layout import Declined
from hmi.drivers.opcua_values import decode
from tests.drivers.opcua_bytes import (
    NOW_NS,
    STAMP,
    TAGS,
    T,
    assert_same,
    note_of,
    notes,
    one_item,
    plainly,
    scalars,
    uniform_notes,
)

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))  # thousands, when this code or the library changes
fuzz = settings(max_examples=EXAMPLES, deadline=None)
STAMP_TICKS = 134_168_400_001_234_567  # 2026-03-01 12:00:00.1234567
STAMP_NS = 1_772_366_400_123_456_700


def columns(tags: list[Tag] = TAGS) -> Columns:
    return Columns(tags, one_item, decode)


def take(body: bytes, decoder: Columns | None = None):
    return (decoder or columns()).decode(body, 0, len(body), NOW_NS)


# ------------------------------------------------------------------------------ the same as the plain way


@fuzz
@given(notes())
def test_every_mix_decodes_as_the_plain_way_does(body: bytes):
    decoder = columns()
    expected = plainly(body)
    assert_same(take(body, decoder), expected)
    assert_same(take(body, decoder), expected)  # by the layout just learned


@fuzz
@given(uniform_notes())
def test_items_of_one_kind_decode_as_the_plain_way_does(body: bytes):
    decoder = columns()
    assert_same(take(body, decoder), plainly(body))
    assert len(decoder._layouts) == 0


@fuzz
@given(st.lists(notes(scalars), min_size=2, max_size=6))
def test_what_was_learned_of_one_body_does_not_spoil_the_next(bodies: list[bytes]):
    decoder = columns()
    for body in bodies + bodies:
        assert_same(take(body, decoder), plainly(body))


# --------------------------------------------------------------------------------------- hostile bytes


@fuzz
@given(notes(), st.data())
def test_a_spoiled_body_is_declined_or_decodes_as_the_plain_way_does(body: bytes, draw: st.DataObject):
    decoder = columns()
    take(body, decoder)  # so that there is a layout it could be mistaken for
    spoiled = bytearray(body)
    for _ in range(draw.draw(st.integers(1, 3))):
        spoiled[draw.draw(st.integers(0, len(body) - 1))] ^= draw.draw(st.integers(1, 255))
    _same_or_declined(bytes(spoiled), decoder)


@fuzz
@given(notes(), st.data())
def test_a_truncated_body_is_declined(body: bytes, draw: st.DataObject):
    decoder = columns()
    take(body, decoder)
    _same_or_declined(body[: draw.draw(st.integers(0, len(body) - 1))], decoder)


@fuzz
@given(st.binary(max_size=80))
def test_any_bytes_are_declined_or_decode_as_the_plain_way_does(body: bytes):
    _same_or_declined(body, columns())
    _same_or_declined(struct.pack("<i", len(body) // 12) + body, columns())


def _same_or_declined(body: bytes, decoder: Columns) -> None:
    counts = decoder.fast, decoder.slow, decoder.unknown
    try:
        ours = take(body, decoder)
    except Declined:
        assert (decoder.fast, decoder.slow, decoder.unknown) == counts
        return
    assert_same(ours, plainly(body))


def test_a_count_of_thousands_of_millions_costs_nothing():
    for count in (2**31 - 1, -1, -(2**31)):
        with pytest.raises(Declined):
            take(struct.pack("<i", count) + bytes(40))


# ------------------------------------------------------------------------------------------ the rules


def _double(handle: int, value: float, ticks: int | None, server: int | None = None, status: int = 0) -> bytes:
    mask = 0x03 | (0 if ticks is None else 4) | (0 if server is None else 8)
    times = b"".join(struct.pack("<q", t) for t in (ticks, server) if t is not None)
    return struct.pack("<IBBdI", handle, mask, 11, value, status) + times


def _note(*items: bytes) -> bytes:
    return struct.pack("<i", len(items)) + b"".join(items) + struct.pack("<i", -1)


FLOAT = next(tag.index for tag in TAGS if tag.type == "float64")


def test_times_keep_the_hundred_nanoseconds_of_the_wire():
    rows = take(_note(_double(FLOAT, 1.5, STAMP_TICKS))).batch.rows
    assert (rows["time"][0], rows["flags"][0], rows["value"][0]) == (STAMP_NS, 0, 1.5)


def test_without_a_source_time_the_server_s_stands_in_and_without_both_the_receipt():
    rows = take(
        _note(
            _double(FLOAT, 1.0, None, STAMP_TICKS),
            _double(FLOAT, 2.0, 0, STAMP_TICKS),
            _double(FLOAT, 3.0, 0, 0),
            _double(FLOAT, 4.0, None),
            _double(FLOAT, 5.0, -5, -5),
            _double(FLOAT, 6.0, STAMP_TICKS, 0),
            _double(FLOAT, 7.0, 9, STAMP_TICKS),  # less than a microsecond after 1601 is no time either
        )
    ).batch.rows
    assert rows["time"].tolist() == [STAMP_NS, STAMP_NS, NOW_NS, NOW_NS, NOW_NS, STAMP_NS, STAMP_NS]
    assert rows["flags"].tolist() == [FLAG_NO_SOURCE_TIME] * 5 + [0, FLAG_NO_SOURCE_TIME]
    assert rows["value"].tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]


def test_every_byte_but_zero_is_true():
    switch = next(tag.index for tag in TAGS if tag.type == "bool")
    body = _note(*(struct.pack("<IBBB", switch, 1, 1, byte) for byte in (0, 1, 2, 255)))
    assert take(body).batch.rows["value"].tolist() == [0.0, 1.0, 1.0, 1.0]
    assert_same(take(body), plainly(body))


def test_times_that_int64_cannot_hold_are_clamped_and_flagged():
    rows = take(_note(_double(FLOAT, 1.0, 10), _double(FLOAT, 1.0, 2**63 - 1))).batch.rows
    assert rows["time"].tolist() == [-(2**63) + 1, 2**63 - 1]
    assert rows["flags"].tolist() == [FLAG_TIME_SUSPECT] * 2


def test_picoseconds_stand_where_the_standard_has_them():
    """Part 6, 5.2.2.17: each after its time. The library puts the source's after the server's time."""
    both = struct.pack("<IBBdI", FLOAT, 0x3F, 11, 7.5, q.UNCERTAIN) + struct.pack("<qHqH", 0, 9, STAMP_TICKS, 8)
    rows = take(_note(both, both)).batch.rows
    assert rows["time"].tolist() == [STAMP_NS, STAMP_NS]
    assert rows["quality"].tolist() == [q.UNCERTAIN, q.UNCERTAIN]


def test_values_of_unknown_handles_are_dropped_and_counted():
    decoder = columns()
    text = next(tag.index for tag in TAGS if tag.is_text)
    items = [
        (handle, ua.DataValue(ua.Variant(value, kind), SourceTimestamp=STAMP))
        for handle, value, kind in (
            (3, 1.0, T.Double),
            (99, "lost", T.String),
            (text, "kept", T.String),
            (2**32 - 1, [1], T.Int32),
            (FLOAT, 2.0, T.Double),
        )
    ]
    decoded = take(note_of(items), decoder)
    assert decoded.batch.rows["tag"].tolist() == [text, FLOAT]
    assert decoded.batch.texts == ("kept",)
    assert (decoder.unknown, decoder.slow, decoder.fast) == (3, 1, 4)


def test_only_what_does_not_fit_goes_the_slow_way():
    decoder = columns()
    items = [(FLOAT, ua.DataValue(ua.Variant(float(i), T.Double), SourceTimestamp=STAMP)) for i in range(20)]
    items.insert(7, (FLOAT, ua.DataValue(ua.Variant([1.0], T.Double))))
    items.insert(9, (FLOAT, ua.DataValue(ua.Variant("12", T.String))))
    decoded = take(note_of(items), decoder)
    assert (decoder.fast, decoder.slow) == (20, 2)
    assert decoded.mismatches == {}  # the last is right again
    numbers = [value for value in decoded.batch.rows["value"] if not math.isnan(value)]
    assert numbers == list(range(20))
    assert np.flatnonzero(decoded.batch.rows["quality"] == q.BAD_TYPE_MISMATCH).tolist() == [7, 9]


def test_an_empty_notification_is_an_empty_batch():
    for count in (0, -1):
        decoded = take(struct.pack("<ii", count, -1))
        assert len(decoded.batch) == 0
        assert decoded.mismatches == {}
