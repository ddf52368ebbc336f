from __future__ import annotations

import struct

import numpy as np
import pytest
from asyncua import ua

from hmi.drivers.opcua_layout import INTEGERS, NULL, STRING, Declined, Layouts, kind_of
from tests.drivers.opcua_bytes import STAMP, T, note_of, one_item


def value(number, kind: ua.VariantType = T.Double, **times) -> ua.DataValue:
    return ua.DataValue(ua.Variant(number, kind), SourceTimestamp=STAMP, **times)


def places(items) -> list[int]:
    """Every place that was found, in order."""
    found = [item.place for item in items.odd]
    for group in items.groups:
        found += np.arange(items.count)[group.places].tolist()
    return sorted(found)


def handles(items) -> list[int]:
    found = np.zeros(items.count, np.uint32)
    for group in items.groups:
        found[group.places] = group.head["handle"]
    return found.tolist()


MIXED = [(i, value(float(i))) for i in range(5)] + [(i, value(i, T.Int16)) for i in range(5, 9)]


@pytest.mark.parametrize("mask", range(0x40))
def test_the_size_of_every_scalar_of_every_mask_is_the_standard_s(mask: int):
    tail = sum(size for bit, size in ((2, 4), (4, 8), (8, 8), (0x10, 2), (0x20, 2)) if mask & bit)
    if not mask & 1:
        assert kind_of(mask, NULL).head.itemsize == 5 + tail
        return
    assert kind_of(mask, NULL).head.itemsize == 6 + tail
    for kind, format_ in INTEGERS.items():
        assert kind_of(mask, kind).head.itemsize == 6 + int(format_[2]) + tail
    assert kind_of(mask, 1).head.itemsize == 7 + tail
    assert kind_of(mask, 11).head.itemsize == 14 + tail
    assert (kind_of(mask, STRING).head.itemsize, kind_of(mask, STRING).tail.itemsize) == (10, tail)


def test_items_of_one_kind_are_one_stride_and_nothing_is_learned():
    layouts = Layouts(one_item)
    body = note_of([(handle, value(1.0)) for handle in range(100)])
    items = layouts.take_apart(body, 0, len(body))
    (group,) = items.groups
    assert group.places == slice(None)
    assert handles(items) == list(range(100))
    assert np.diff(group.offsets).tolist() == [group.kind.head.itemsize] * 99
    assert len(layouts) == 0


def test_a_mix_is_walked_once_and_known_from_then_on(monkeypatch: pytest.MonkeyPatch):
    layouts = Layouts(one_item)
    body = note_of([*MIXED, (9, value("abc", T.String)), (10, ua.DataValue(None))])
    first = layouts.take_apart(body, 0, len(body))
    assert places(first) == list(range(11))
    assert handles(first) == list(range(11))

    def walked_again(*_):
        raise AssertionError

    monkeypatch.setattr(layouts, "_walk", walked_again)
    later = b"other bytes before" + body + b"and after"
    again = layouts.take_apart(later, 18, 18 + len(body))
    assert handles(again) == list(range(11))
    assert places(again) == list(range(11))


def test_as_many_items_in_as_many_bytes_may_be_laid_out_otherwise():
    layouts = Layouts(one_item)
    for order in (MIXED, MIXED[::-1], MIXED[3:] + MIXED[:3], MIXED):
        body = note_of(order)
        assert handles(layouts.take_apart(body, 0, len(body))) == [handle for handle, _ in order]
    assert len(layouts) == 1


def test_strings_of_other_lengths_are_another_layout():
    layouts = Layouts(one_item)
    for one, other in (("ab", "cdef"), ("abcd", "ef"), ("", "abcdef"), (None, "abcdef")):
        body = note_of([(1, value(one, T.String)), (2, value(other, T.String))])
        items = layouts.take_apart(body, 0, len(body))
        assert handles(items) == [1, 2]
        assert items.groups[0].head["value"].tolist() == [-1 if one is None else len(one), len(other)]


def test_a_string_that_holds_what_looks_like_an_item_is_not_mistaken_for_one():
    layouts = Layouts(one_item)
    item = struct.pack("<IBBi", 99, 0x01, STRING, 0)
    for one, other in ((b"abcd", bytes(10)), (b"abcd" + item, b"")):
        body = struct.pack("<i", 2)
        for handle, text in ((1, one), (2, other)):
            body += struct.pack("<IBBi", handle, 0x01, STRING, len(text)) + text
        items = layouts.take_apart(body + struct.pack("<i", -1), 0, len(body) + 4)
        assert handles(items) == [1, 2]
        assert items.groups[0].head["value"].tolist() == [len(one), len(other)]
    assert len(layouts) == 1


def test_a_string_of_less_than_nothing_is_declined_by_a_known_layout_too():
    layouts = Layouts(one_item)
    for length in (0, -1, -2):
        body = struct.pack("<iIBBii", 1, 5, 0x01, STRING, length, -1)
        if length == -2:
            with pytest.raises(Declined):
                layouts.take_apart(body, 0, len(body))
        else:
            assert layouts.take_apart(body, 0, len(body)).groups[0].head["value"].tolist() == [length]


def test_odd_items_are_found_between_the_others():
    layouts = Layouts(one_item)
    body = note_of([(1, value(1.0)), (2, value([1.0, 2.0])), (3, value(2.0)), (4, value(STAMP, T.DateTime))])
    for _ in range(2):
        items = layouts.take_apart(body, 0, len(body))
        assert places(items) == [0, 1, 2, 3]
        assert [(item.place, item.value.Value.VariantType) for item in items.odd] == [(1, T.Double), (3, T.DateTime)]
        assert items.odd[1].end == len(body) - 4


def test_memory_is_bounded():
    layouts = Layouts(one_item)
    for count in range(100):
        body = note_of([(0, value(1, T.Int16))] + [(1, value(1.0))] * (count + 1))
        layouts.take_apart(body, 0, len(body))
    assert len(layouts) == 32


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x01\x00\x00\x00",
        struct.pack("<ii", 1, -1),
        struct.pack("<iIBi", 1, 5, 0, 1),  # with diagnostics
        struct.pack("<iIBBi", 1, 5, 0, 0, -1),  # a byte too many
        struct.pack("<iIBBi", 1, 5, 0x41, 0, -1),  # a mask that no standard knows
        struct.pack("<iIBBii", 1, 5, 0x01, STRING, -2, -1),  # a string of less than nothing
        struct.pack("<iIBBii", 1, 5, 0x01, STRING, 2**31 - 1, -1),
        struct.pack("<iIBBi", 3, 5, 0x01, STRING, -1) + b"\0" * 9,
        struct.pack("<iIBBid", 1, 5, 0x01, 0x8B, 2**30, 0.0),  # an array longer than the body
    ],
)
def test_what_is_not_whole_is_declined(body: bytes):
    with pytest.raises(Declined):
        Layouts(one_item).take_apart(body, 0, len(body))


def test_a_place_outside_the_body_is_declined():
    body = note_of(MIXED)
    for start, stop in ((0, len(body) + 1), (-1, len(body)), (len(body), 0), (1, len(body))):
        with pytest.raises(Declined):
            Layouts(one_item).take_apart(body, start, stop)
