"""Places in a Modbus device."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.errors import AddressError
from hmi.core.plant.modbus_addresses import AREAS, Place, Span, check, place, places_of, span


@given(st.sampled_from(AREAS), st.integers(0, 65535))
def test_an_address_is_area_and_number(area: str, number: int) -> None:
    assert place(f"{area}:{number}") == Place(area, number)
    assert str(span(f"{area}:{number}")) == f"{area}:{number}"


def test_a_bit_of_a_register() -> None:
    assert place("holding:111.4") == Place("holding", 111, 4)
    assert place("input:0.15") == Place("input", 0, 15)


@pytest.mark.parametrize(
    "text", ["", "holding", "holding:", "holding:-1", "holding:65536", "holding:1.16", "coil:1.1", "40001", "Coil:1"]
)
def test_what_is_no_address_is_refused_by_name(text: str) -> None:
    with pytest.raises(AddressError, match=text or "''"):
        place(text)


@given(st.integers(0, 65535), st.integers(0, 65535), st.sampled_from(AREAS))
def test_a_range_is_inclusive_and_reads_back(first: int, last: int, area: str) -> None:
    if last < first:
        with pytest.raises(AddressError, match="ends before it begins"):
            span(f"{area}:{first}-{last}")
        return
    found = span(f"{area}:{first}-{last}")
    assert (found.start, found.stop, found.count) == (first, last + 1, last - first + 1)
    assert span(str(found)) == found


@pytest.mark.parametrize("text", ["", "holding", "register:1-2", "holding:1-65536", "holding:1-2-3", "holding:1.4"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        span(text)


@given(st.integers(0, 50), st.integers(1, 10), st.integers(0, 50), st.integers(1, 10))
def test_ranges_touch_where_they_have_a_place_in_common(a: int, n: int, b: int, m: int) -> None:
    one, other = Span("holding", a, a + n), Span("holding", b, b + m)
    assert one.touches(other) == other.touches(one) == bool({*range(a, a + n)} & {*range(b, b + m)})
    assert not one.touches(Span("input", b, b + m))


@pytest.mark.parametrize(
    ("address", "type_", "length", "count"),
    [
        ("coil:3", "bool", 0, 1),
        ("holding:3.4", "bool", 0, 1),
        ("holding:3", "int16", 0, 1),
        ("holding:3", "float32", 0, 2),
        ("holding:65532", "uint64", 0, 4),
        ("holding:3", "string", 5, 3),
        ("holding:3", "string", 240, 120),
    ],
)
def test_how_many_places_a_value_takes(address: str, type_: str, length: int, count: int) -> None:
    assert places_of(address, type_, length).count == count


@pytest.mark.parametrize(
    ("address", "type_", "length", "access", "what"),
    [
        ("coil:3", "int16", 0, "r", "a coil holds a bool"),
        ("holding:3.4", "int16", 0, "r", "is a bool, not int16"),
        ("holding:10", "string", 0, "r", "needs a length"),
        ("holding:10", "string", 241, "r", "needs a length"),
        ("holding:65535", "float32", 0, "r", "beyond 65535"),
        ("input:3", "int16", 0, "rw", "no way to write"),
        ("discrete:3", "bool", 0, "rw", "no way to write"),
    ],
)
def test_what_cannot_be_there_is_said(address: str, type_: str, length: int, access: str, what: str) -> None:
    with pytest.raises(AddressError, match=what):
        check(address, type_, length, access)
