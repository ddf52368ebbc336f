from __future__ import annotations

from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.drivers.opcua_envelope import read_envelope


def response(*data, sequence: int = 7, available: tuple[int, ...] = (), results: tuple[int, ...] = ()):
    made = ua.PublishResponse()
    made.Parameters.SubscriptionId = 5
    made.Parameters.AvailableSequenceNumbers = list(available)
    made.Parameters.NotificationMessage.SequenceNumber = sequence
    made.Parameters.NotificationMessage.NotificationData = list(data)
    made.Parameters.Results = [ua.StatusCode(code) for code in results]
    return made


def data_change(count: int) -> ua.DataChangeNotification:
    note = ua.DataChangeNotification()
    for handle in range(count):
        item = ua.MonitoredItemNotification()
        item.ClientHandle, item.Value = handle, ua.DataValue(ua.Variant(1.0, ua.VariantType.Double))
        note.MonitoredItems.append(item)
    return note


@given(
    st.lists(st.integers(0, 3), max_size=3),
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 2**32 - 1), max_size=4),
    st.lists(st.integers(0, 2**32 - 1), max_size=4),
)
def test_data_changes_and_keep_alives_are_found_where_they_stand(counts, sequence, available, results):
    notes = [data_change(count) for count in counts]
    body = struct_to_binary(response(*notes, sequence=sequence, available=available, results=results))
    envelope = read_envelope(body)
    assert (envelope.subscription, envelope.sequence) == (5, sequence)
    found = [struct_from_binary(ua.DataChangeNotification, Buffer(body[a:b])) for a, b in envelope.parts]
    assert found == notes


def test_other_forms_are_left_to_the_library():
    change = ua.StatusChangeNotification(Status=ua.StatusCode(5))
    events = ua.EventNotificationList()
    assert read_envelope(struct_to_binary(response(change))) is None
    assert read_envelope(struct_to_binary(response(data_change(1), events))) is None
    refused = response()
    refused.ResponseHeader.ServiceResult = ua.StatusCode(ua.StatusCodes.BadNoSubscription)
    assert read_envelope(struct_to_binary(refused)) is None
    told = response()
    told.ResponseHeader.StringTable = ["something"]
    assert read_envelope(struct_to_binary(told)) is None
    assert read_envelope(struct_to_binary(ua.RepublishResponse())) is None


def test_an_additional_header_that_is_none_may_be_written_in_four_bytes():
    body = struct_to_binary(response(data_change(2)))
    assert body[25:28] == bytes(3)
    longer = body[:25] + b"\x01\x00\x00\x00\x00" + body[28:]
    (start, stop), *_ = read_envelope(body).parts
    assert read_envelope(longer).parts == ((start + 2, stop + 2),)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 3), st.data())
def test_truncated_and_spoiled_bodies_are_read_as_the_library_does_or_not_at_all(count: int, draw: st.DataObject):
    body = struct_to_binary(response(data_change(count), available=(1, 2), results=(0,)))
    assert read_envelope(body[: draw.draw(st.integers(0, len(body) - 1))]) is None
    spoiled = bytearray(body)
    spoiled[draw.draw(st.integers(0, len(body) - 1))] ^= draw.draw(st.integers(1, 255))
    envelope = read_envelope(bytes(spoiled))
    if envelope is None:
        return
    start = envelope.parts[0][0] if envelope.parts else len(spoiled)
    ours = bytes(spoiled[:start]) + body[start:]  # what is inside the notification is judged elsewhere
    theirs = struct_from_binary(ua.PublishResponse, Buffer(ours)).Parameters
    assert envelope.subscription == theirs.SubscriptionId
    assert envelope.sequence == theirs.NotificationMessage.SequenceNumber
    assert len(envelope.parts) == len(theirs.NotificationMessage.NotificationData or [])


def test_counts_of_thousands_of_millions_cost_nothing():
    body = bytearray(struct_to_binary(response(data_change(1))))
    for at in range(len(body) - 4):
        spoiled = bytes(body[:at]) + b"\xff\xff\xff\x7f" + bytes(body[at + 4 :])
        read_envelope(spoiled)
