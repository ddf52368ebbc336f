from __future__ import annotations

import dataclasses
import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.plant.modbus_addresses import Span
from hmi.core.plant.model import Modbus
from hmi.core.tags import INTEGER_TYPES, Tag
from hmi.drivers.modbus_plan import (
    MAX_BITS,
    Block,
    BlockDecoder,
    Order,
    plan,
    point_of,
    split,
    string_of,
    to_words,
    with_bit,
)

ORDERS = [Order(b, w) for b in ("big", "little") for w in ("big", "little")]
CODES = {
    "int16": "h",
    "uint16": "H",
    "int32": "i",
    "uint32": "I",
    "int64": "q",
    "uint64": "Q",
    "float32": "f",
    "float64": "d",
}


def tag(address: str, kind: str = "uint16", index: int = 0, **columns) -> Tag:
    return Tag(index, f"tag{index}", "plc", address, kind, **columns)


def device_words(kind: str, value: float, order: Order) -> list[int]:
    """Registers as a device of this order would hold a value: by struct alone, a word at a time."""
    data = struct.pack(">" + CODES[kind], value)
    words = [data[at : at + 2] for at in range(0, len(data), 2)]
    if order.word_order == "little":
        words.reverse()
    return [int.from_bytes(word, order.byte_order) for word in words]


def value_of(kind: str) -> st.SearchStrategy:
    if kind in INTEGER_TYPES:
        low, high = (int(limit) for limit in (np.iinfo(kind).min, np.iinfo(kind).max))
        return st.integers(low, high)
    return st.floats(width=32 if kind == "float32" else 64)


numbers = st.sampled_from(list(CODES)).flatmap(lambda kind: st.tuples(st.just(kind), value_of(kind)))


@given(st.lists(numbers, min_size=1, max_size=12), st.sampled_from(ORDERS), st.randoms())
def test_every_type_is_decoded_as_struct_does(chosen: list[tuple[str, float]], order: Order, random):
    tags, words, at = [], {}, 500
    for index, (kind, value) in enumerate(chosen):
        tags.append(tag(f"holding:{at}", kind, index))
        for word in device_words(kind, value, order):
            words[at] = word
            at += 1
        at += random.randrange(3)
    random.shuffle(tags)
    found = {}
    for block in plan(point_of(t) for t in tags):
        answer = np.array([words.get(n, 0xDEAD) for n in range(block.start, block.start + block.count)], np.uint16)
        for row in BlockDecoder(block, order).decode(answer, 9).rows:
            found[int(row["tag"])] = row
    for index, (kind, value) in enumerate(chosen):
        row = found[index]
        assert (row["time"], row["received"]) == (9, 9)
        if kind in INTEGER_TYPES:
            assert int(row["raw"]) == struct.unpack(">q", struct.pack(">Q", value % 2**64))[0]
        assert row["value"] == float(value) or math.isnan(value)


@given(numbers, st.sampled_from(ORDERS))
def test_what_is_written_is_what_the_device_holds(chosen: tuple[str, float], order: Order):
    kind, value = chosen
    if math.isnan(value):
        return  # which NaN is nobody's promise
    assert to_words(point_of(tag("holding:7", kind)), value, order) == device_words(kind, value, order)


def decode_one(one: Tag, answer: list[int], order: Order = ORDERS[0]):
    point = point_of(one)
    kind = bool if point.area in ("coil", "discrete") else np.uint16
    block = Block(point.area, point.start, point.count, (point,))
    return BlockDecoder(block, order).decode(np.array(answer, kind), 1)


@given(st.integers(0, 65535), st.integers(0, 15), st.sampled_from(ORDERS))
def test_bits_are_counted_in_the_value_not_on_the_wire(word: int, bit: int, order: Order):
    held = device_words("uint16", word, order)
    row = decode_one(tag(f"holding:9.{bit}", "bool"), held, order).rows[0]
    assert row["value"] == row["raw"] == word >> bit & 1
    for on in (True, False):
        changed = with_bit(held[0], bit, on, order)
        wanted = word | 1 << bit if on else word & ~(1 << bit)
        assert [changed] == device_words("uint16", wanted, order)


def test_coils_and_whole_registers_as_bool():
    assert decode_one(tag("coil:3", "bool"), [1]).rows["value"].tolist() == [1.0]
    assert decode_one(tag("holding:3", "bool"), [0x0400]).rows["value"].tolist() == [1.0]
    assert decode_one(tag("input:3", "bool"), [0]).rows["value"].tolist() == [0.0]


def test_scale_and_offset_leave_the_raw_integer_alone():
    row = decode_one(tag("input:3", "int16", scale=0.1, offset=-5.0), [65516]).rows[0]
    assert row["value"] == pytest.approx(-7.0)
    assert row["raw"] == -20
    scaled = point_of(tag("holding:3", "int16", scale=0.1, offset=-5.0))
    assert to_words(scaled, -7.0, Order()) == [65516]


@given(st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8"), max_size=8), st.sampled_from(ORDERS))
def test_strings_survive_both_byte_orders(text: str, order: Order):
    text = text.encode()[:15].decode(errors="ignore")
    point = point_of(tag("holding:20", "string", length=15))
    words = to_words(point, text, order)
    assert len(words) == 8
    batch = decode_one(point.tag, words, order)
    assert batch.texts == (text,)
    assert math.isnan(batch.rows["value"][0])


def test_bytes_that_are_no_text_are_replaced_not_fatal():
    assert string_of(np.array([0x41FF, 0x4200], np.uint16), 4, Order()) == "A\N{REPLACEMENT CHARACTER}B"


@pytest.mark.parametrize(
    ("one", "value", "reason"),
    [
        (tag("holding:1", "uint16"), 65536, "does not fit"),
        (tag("holding:1", "int16"), math.nan, "does not fit"),
        (tag("holding:1", "float32"), 1e39, "does not fit"),
        (tag("holding:1", "float32"), "fast", "is text"),
        (tag("coil:1", "bool"), 2, "neither 0 nor 1"),
        (tag("holding:1", "string", length=4), "Weizen", "longer than the 4 bytes"),
    ],
)
def test_what_the_device_cannot_hold_is_refused(one: Tag, value: float | str, reason: str):
    with pytest.raises(ValueError, match=reason):
        to_words(point_of(one), value, Order())


@pytest.mark.parametrize(
    "one",
    [tag("coil:1", "uint16"), tag("holding:1.3", "int32"), tag("holding:65535", "float32"), tag("holding:1", "string")],
)
def test_an_address_that_cannot_hold_the_type_is_refused(one: Tag):
    with pytest.raises(ValueError, match=r"holding:|coil:"):
        point_of(one)


places = st.lists(
    st.tuples(st.sampled_from(["coil", "discrete", "input", "holding"]), st.integers(0, 4000)), max_size=60
)


def points_at(chosen: list[tuple[str, int]]):
    kinds = ("uint16", "float32", "float64")
    return [
        point_of(tag(f"{area}:{number}", "bool" if area in ("coil", "discrete") else kinds[number % 3], index))
        for index, (area, number) in enumerate(chosen)
    ]


devices = st.builds(
    Modbus,
    max_registers=st.integers(4, 125),
    max_gap=st.integers(0, 40),
    forbidden=st.lists(
        st.builds(
            lambda area, start, count: Span(area, start, start + count),
            st.sampled_from(["coil", "discrete", "input", "holding"]),
            st.integers(0, 4000),
            st.integers(1, 100),
        ),
        max_size=5,
    ).map(tuple),
)


@given(places, devices)
def test_a_plan_reads_every_point_once_within_the_device_s_limits(chosen: list[tuple[str, int]], device: Modbus):
    points = [
        point
        for point in points_at(chosen)
        if not any(Span(point.area, point.start, point.stop).touches(span) for span in device.forbidden)
    ]
    blocks = plan(points, device)
    assert sorted(p.tag.index for b in blocks for p in b.points) == sorted(p.tag.index for p in points)
    for block in blocks:
        in_bits = block.area in ("coil", "discrete")
        assert block.count <= (min(MAX_BITS, 16 * device.max_registers) if in_bits else device.max_registers)
        assert not any(Span(block.area, block.start, block.start + block.count).touches(s) for s in device.forbidden)
        assert all(
            p.area == block.area and block.start <= p.start and p.stop <= block.start + block.count
            for p in block.points
        )
        wanted = {n for p in block.points for n in range(p.start, p.stop)}
        gaps = "".join("." if n in wanted else "x" for n in range(block.start, block.start + block.count))
        assert "x" * (device.max_gap + 1) not in gaps


def test_neighbours_share_a_request():
    points = points_at([("holding", n) for n in range(0, 120, 3)])
    assert [(b.start, b.count) for b in plan(points)] == [(0, 118)]
    assert len(plan(points_at([("holding", 0), ("holding", 9)]))) == 1
    assert len(plan(points_at([("holding", 0), ("holding", 12)]))) == 2


def test_a_forbidden_place_parts_a_block_that_would_reach_over_it():
    points = points_at([("holding", 0), ("holding", 6)])
    for forbidden, count in (("holding", 2), ("input", 1)):
        assert len(plan(points, Modbus(forbidden=(Span(forbidden, 3, 4),)))) == count


@given(places, st.integers(0, 59))
def test_splitting_finds_the_one_bad_place(chosen: list[tuple[str, int]], which: int):
    points = points_at(chosen)
    if not points:
        return
    bad = points[which % len(points)]

    def refused(block: Block) -> bool:
        return block.area == bad.area and block.start <= bad.start < block.start + block.count

    waiting, missing, requests = plan(points), [], 0
    while waiting:
        block = waiting.pop()
        requests += 1
        if not refused(block):
            continue
        if len(block.points) == 1:
            missing += block.points
        else:
            waiting += split(block)
    assert bad in missing
    assert all(p.area == bad.area and p.start <= bad.start < p.stop for p in missing)
    assert requests <= 4 * len(points) + 4


def test_all_points_of_a_block_keep_their_own_scale():
    tags = [dataclasses.replace(tag(f"holding:{n}", "uint16", n), scale=1.0 + n) for n in range(4)]
    (block,) = plan(point_of(t) for t in tags)
    rows = BlockDecoder(block, Order()).decode(np.full(4, 10, np.uint16), 1).rows
    assert rows["value"].tolist() == [10.0, 20.0, 30.0, 40.0]
