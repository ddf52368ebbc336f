from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.batch import FLAG_NO_SOURCE_TIME, FLAG_TEXT, FLAG_TIME_SUSPECT
from hmi.core.tags import Tag
from hmi.drivers.opcua_values import INTEGER_RANGE, Learned, decode, encode, same_value, time_ns

T = ua.VariantType
STAMP = datetime(2026, 3, 1, 12, 0, 0, 250, tzinfo=UTC)
STAMP_NS = 1_772_366_400_000_250_000
NOW_NS = STAMP_NS + 5_000_000


def tag(kind: str, **columns) -> Tag:
    return Tag(3, "line1.a", "plc", "ns=2;s=A", kind, **columns)


def data(value, kind: ua.VariantType, status: int | None = 0, **times) -> ua.DataValue:
    code = None if status is None else ua.StatusCode(status)
    return ua.DataValue(ua.Variant(value, kind), code, **(times or {"SourceTimestamp": STAMP}))


def row_of(one: Tag, value: ua.DataValue):
    decoded = decode([(one, value)], NOW_NS)
    return decoded.batch.rows[0], decoded


@pytest.mark.parametrize(
    ("kind", "value", "variant", "number", "raw"),
    [
        ("bool", True, T.Boolean, 1.0, 1),
        ("int16", -7, T.SByte, -7.0, -7),
        ("uint16", 255, T.Byte, 255.0, 255),
        ("int64", 2**53 + 1, T.Int64, 2.0**53, 2**53 + 1),
        ("uint64", 2**64 - 1, T.UInt64, 2.0**64, -1),
        ("uint64", 2**63, T.UInt64, 2.0**63, -(2**63)),
        ("float64", 1e308, T.Double, 1e308, 0),
        ("float64", 12, T.Int32, 12.0, 12),
        ("float32", -0.0, T.Float, -0.0, 0),
        ("float64", math.inf, T.Double, math.inf, 0),
        ("uint32", ua.StatusCode(0x808C_0000), T.StatusCode, 0x808C_0000, 0x808C_0000),
        ("float64", STAMP, T.DateTime, 1_772_366_400.00025, 0),
    ],
)
def test_every_scalar_type_arrives_exactly(kind, value, variant, number, raw):
    row, decoded = row_of(tag(kind), data(value, variant))
    assert (row["value"], row["raw"], row["quality"], row["flags"]) == (number, raw, q.GOOD, 0)
    assert math.copysign(1, row["value"]) == math.copysign(1, number)
    assert (row["time"], row["received"], row["tag"]) == (STAMP_NS, NOW_NS, 3)
    assert decoded.mismatches == {}


def test_not_a_number_passes_as_it_is():
    row, _ = row_of(tag("float64"), data(math.nan, T.Double))
    assert math.isnan(row["value"])
    assert row["quality"] == q.GOOD


@pytest.mark.parametrize(
    ("value", "variant", "text"),
    [
        ("Löwenbräu", T.String, "Löwenbräu"),
        (None, T.String, ""),
        (ua.LocalizedText("Füller", "de"), T.LocalizedText, "Füller"),
        (b"A\xff".decode("utf-8", "surrogateescape"), T.String, "A\N{REPLACEMENT CHARACTER}"),
        (None, T.ByteString, ""),
        (b"\x00\xff", T.ByteString, "00ff"),
        (STAMP, T.DateTime, "2026-03-01T12:00:00.000250Z"),
        (ua.StatusCode(0x808C_0000), T.StatusCode, "0x808C0000 BadSensorFailure"),
    ],
)
def test_texts(value, variant, text):
    row, decoded = row_of(tag("string"), data(value, variant))
    assert row["flags"] & FLAG_TEXT
    assert math.isnan(row["value"])
    assert decoded.batch.texts == (text,)
    assert row["quality"] == q.GOOD


@pytest.mark.parametrize(
    ("kind", "value", "variant", "reason"),
    [
        ("float64", "12", T.String, "sends String"),
        (
            "float64",
            [1.0, 2.0],
            T.Double,
            "an array of Double, the tag list says float64: for one element write index=0;",
        ),
        ("float64", None, T.Null, "no value"),
        ("float64", True, T.Boolean, "sends Boolean"),
        ("bool", 1, T.Int32, "sends Int32"),
        ("int16", 1.5, T.Double, "sends Double"),
        ("int16", 70_000, T.Int32, "which is no int16"),
        ("uint16", -1, T.Int16, "which is no uint16"),
        ("string", 5, T.Int32, "sends Int32"),
        ("string", ua.Range(0.0, 1.0), T.ExtensionObject, "sends ExtensionObject"),
        ("float32", STAMP, T.DateTime, "sends DateTime"),
        ("float32", ua.StatusCode(5), T.StatusCode, "sends StatusCode"),
        ("int32", ua.StatusCode(0x808C_0000), T.StatusCode, "which is no int32"),
        ("float64", b"x", T.ByteString, "sends ByteString"),
    ],
)
def test_another_type_is_bad_for_that_tag_alone(kind, value, variant, reason):
    good = Tag(4, "line1.b", "plc", "ns=2;s=B", "float64")
    decoded = decode([(tag(kind), data(value, variant)), (good, data(1.5, T.Double))], NOW_NS)
    first, second = decoded.batch.rows
    assert first["quality"] == q.BAD_TYPE_MISMATCH
    assert math.isnan(first["value"])
    assert (second["value"], second["quality"]) == (1.5, q.GOOD)
    assert list(decoded.mismatches) == [3]
    assert reason in decoded.mismatches[3]


def test_a_type_that_was_wrong_and_is_right_now_is_no_mismatch():
    wrong, right = (tag("float64"), data("x", T.String)), (tag("float64"), data(1.0, T.Double))
    assert decode([wrong, right], NOW_NS).mismatches == {}
    assert list(decode([right, wrong], NOW_NS).mismatches) == [3]


def test_no_time_is_no_number_and_no_text():
    zero = datetime(1601, 1, 1, tzinfo=UTC)
    row, _ = row_of(tag("float64"), data(zero, T.DateTime))
    assert math.isnan(row["value"])
    assert row_of(tag("string"), data(zero, T.DateTime))[1].batch.texts == ("",)


def test_a_number_with_a_name_is_that_name_to_a_text_and_itself_to_a_number():
    learned = Learned(names={3: {0: "Stopped", 1: "Running"}})
    for value, kind, text in ((1, T.Int32, "Running"), (7, T.Int32, "7"), (False, T.Boolean, "Stopped")):
        decoded = decode([(tag("string"), data(value, kind))], NOW_NS, learned)
        assert decoded.batch.texts == (text,)
        assert decoded.mismatches == {}
    assert decode([(tag("int16"), data(1, T.Int32))], NOW_NS, learned).batch.rows["raw"].tolist() == [1]


@pytest.mark.parametrize(
    ("value", "kind", "whole", "found", "reason"),
    [
        ([1.5], T.Double, False, 1.5, ""),  # the element alone
        ([1.5, 2.5, 3.5], T.Double, True, 3.5, ""),  # all of the array
        ([1.5, 2.5, 3.5], T.Double, False, 3.5, ""),
        ([1.5], T.Double, True, None, "1 elements, counted from 0: there is no element 2"),
        ([], T.Double, False, None, "no elements: there is no element 2"),
        (4.5, T.Double, False, None, "Double, which is no array"),
        (None, T.Null, False, None, "no value, and the address asks for element 2"),
        ([[1.0], [2.0], [3.0]], T.Double, True, None, "more than one dimension"),
        (["a", "b", "c"], T.String, True, None, "sends String, the tag list says float64"),
    ],
)
def test_one_element_of_an_array(value, kind, whole, found, reason):
    learned = Learned(elements={3: 2}, whole_arrays=whole)
    decoded = decode([(tag("float64"), data(value, kind))], NOW_NS, learned)
    (row,) = decoded.batch.rows
    if found is None:
        assert reason in decoded.mismatches[3]
        beyond = "there is no element" in reason
        assert row["quality"] == (q.BAD_INDEX_RANGE_NO_DATA if beyond else q.BAD_TYPE_MISMATCH)
        assert math.isnan(row["value"])
    else:
        assert (row["value"], row["quality"], decoded.mismatches) == (found, q.GOOD, {})


def test_an_element_that_the_server_says_is_not_there_keeps_its_status():
    learned = Learned(elements={3: 2})
    decoded = decode([(tag("float64"), ua.DataValue(None, ua.StatusCode(q.BAD_INDEX_RANGE_NO_DATA)))], NOW_NS, learned)
    assert decoded.batch.rows["quality"].tolist() == [q.BAD_INDEX_RANGE_NO_DATA]
    assert decoded.mismatches == {}


@given(st.integers(0, 2**32 - 1))
def test_the_status_is_carried_as_it_is(status: int):
    row, _ = row_of(tag("float64"), data(4.5, T.Double, status))
    assert row["quality"] == status
    assert row["value"] == 4.5


def test_no_status_is_good_and_bad_without_a_value_is_no_mismatch():
    row, _ = row_of(tag("float64"), data(4.5, T.Double, None))
    assert row["quality"] == q.GOOD
    row, decoded = row_of(tag("float64"), ua.DataValue(None, ua.StatusCode(q.BAD_SENSOR_FAILURE)))
    assert row["quality"] == q.BAD_SENSOR_FAILURE
    assert math.isnan(row["value"])
    assert decoded.mismatches == {}


def test_times_that_are_absent_or_cannot_be_right():
    row, _ = row_of(tag("float64"), data(1.0, T.Double, ServerTimestamp=STAMP))
    assert (row["time"], row["flags"]) == (STAMP_NS, FLAG_NO_SOURCE_TIME)
    row, _ = row_of(tag("float64"), ua.DataValue(ua.Variant(1.0, T.Double)))
    assert (row["time"], row["flags"]) == (NOW_NS, FLAG_NO_SOURCE_TIME)
    zero = datetime(1601, 1, 1, tzinfo=UTC)
    row, _ = row_of(tag("float64"), data(1.0, T.Double, SourceTimestamp=zero, ServerTimestamp=STAMP))
    assert (row["time"], row["flags"]) == (STAMP_NS, FLAG_NO_SOURCE_TIME)
    for wrong in (datetime(1985, 5, 5, tzinfo=UTC), datetime(2026, 3, 1, 12, 5, tzinfo=UTC)):
        row, _ = row_of(tag("float64"), data(1.0, T.Double, SourceTimestamp=wrong))
        assert row["time"] == time_ns(wrong)
        assert row["flags"] == FLAG_TIME_SUSPECT


@given(st.integers(-11_644_387_200_000_000, 253_402_214_400_000_000))
def test_times_are_whole_nanoseconds_or_the_nearest_that_fits(microseconds: int):
    """From 1601-01-02 to the end of 9999, all that OPC UA can say."""
    stamp = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
    exact = microseconds * 1000
    assert time_ns(stamp) == time_ns(stamp.replace(tzinfo=None)) == max(-(2**63) + 1, min(2**63 - 1, exact))


def test_scale_and_offset_leave_the_raw_integer_alone():
    row, _ = row_of(tag("int16", scale=0.1, offset=-5), data(70, T.Int16))
    assert row["value"] == pytest.approx(2.0)
    assert row["raw"] == 70


@given(st.sampled_from(list(INTEGER_RANGE)), st.data())
def test_integers_written_come_back(kind, draw):
    low, high = INTEGER_RANGE[kind]
    value = draw.draw(st.integers(low, high))
    variant = encode(tag("float64"), value, kind)
    assert (variant.Value, variant.VariantType) == (value, kind)
    assert same_value(variant, ua.DataValue(ua.Variant(value, kind)))
    for outside in (low - 1, high + 1):
        with pytest.raises(ValueError, match="does not fit"):
            encode(tag("float64"), outside, kind)


def test_writing_follows_the_node_s_own_type():
    assert encode(tag("float64", scale=0.1, offset=1.0), 3.0, T.Int16).Value == 20
    assert encode(tag("bool"), 1.0, T.Boolean).Value is True
    assert encode(tag("string"), "A2", T.LocalizedText).Value.Text == "A2"
    for kind, value, reason in (
        (T.Boolean, 2, "neither 0 nor 1"),
        (T.Double, "fast", "is text"),
        (T.Int32, math.nan, "does not fit"),
        (T.DateTime, 1e300, "is no time"),
        (T.ExtensionObject, 1.0, "cannot be written"),
        (T.ExpandedNodeId, "i=5", "cannot be written"),
        (T.Guid, "seven", "is no Guid such as"),
        (T.ByteString, "0g", "is no ByteString such as 00ff80"),
    ):
        with pytest.raises(ValueError, match=reason):
            encode(tag("float64"), value, kind)


def test_states_are_written_by_their_names_or_numbers():
    names = {0: "Stopped", 1: "Running"}
    assert encode(tag("string"), "Running", T.Int32, names).Value == 1
    assert encode(tag("string"), "0", T.Int32, names).Value == 0
    assert encode(tag("bool"), 1.0, T.Boolean, names).Value is True
    assert encode(tag("uint16"), 1.0, T.UInt16, names).Value == 1
    for value in ("Flying", 5.0):
        with pytest.raises(ValueError, match="is no state of it: it has 0 Stopped, 1 Running"):
            encode(tag("string"), value, T.Int32, names)


def test_moments_and_status_codes_are_written_as_numbers_or_text():
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert encode(tag("float64"), 1_772_366_400.0, T.DateTime).Value == moment
    assert encode(tag("string"), "2026-03-01T13:00:00+01:00", T.DateTime).Value == moment
    assert encode(tag("uint32"), 0x808C_0000, T.StatusCode).Value == ua.StatusCode(0x808C_0000)
    assert encode(tag("string"), "BadSensorFailure", T.StatusCode).Value == ua.StatusCode(0x808C_0000)
    assert encode(tag("string"), "0x808C0000", T.StatusCode).Value == ua.StatusCode(0x808C_0000)


def test_one_element_is_read_back_alone():
    wanted = ua.Variant([4.5], T.Double, is_array=True)
    assert same_value(wanted, data([4.5], T.Double))
    for other in ([4.5, 1.0], [1.0], []):
        assert not same_value(wanted, data(other, T.Double))
    assert not same_value(wanted, data(4.5, T.Double))


def test_a_moment_may_come_back_in_milliseconds_and_an_empty_text_as_none():
    wanted = encode(tag("string"), "2026-03-01T12:00:00.000900Z", T.DateTime)
    assert same_value(wanted, data(datetime(2026, 3, 1, 12, tzinfo=UTC), T.DateTime))
    assert not same_value(wanted, data(datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC), T.DateTime))
    assert same_value(encode(tag("string"), "", T.String), data(None, T.String))
    assert not same_value(encode(tag("string"), "a", T.String), data(None, T.String))


def test_what_is_read_back_may_be_rounded_as_the_node_rounds():
    wanted = encode(tag("float32"), 33.3, T.Float)
    assert same_value(wanted, data(33.29999923706055, T.Float))
    assert not same_value(wanted, data(33.3001, T.Float))
    assert not same_value(encode(tag("float64"), 33.3, T.Double), data(33.29999923706055, T.Double))
    assert not same_value(wanted, data(33.3, T.Float, q.BAD))
    assert not same_value(wanted, ua.DataValue(None))
    assert same_value(encode(tag("float32"), math.nan, T.Float), data(math.nan, T.Float))
